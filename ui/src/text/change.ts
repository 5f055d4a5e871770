import type { ChangeKind } from "../api/project";
import { feedName } from "./check";
import { inToml } from "./config";
import { listed, moment, plural } from "./units";

const feed = (reference: string): string => `\`${feedName(reference)}\``;
const from = (reference: string | null): string => (reference === null ? "crates.io" : feed(reference));

/** A change as one sentence. */
export function changeSays(change: ChangeKind): string {
  switch (change.kind) {
    case "connect": {
      const feeds = [change.cratesIoFeed, change.ownFeed].filter((each) => each !== null).map(feed);
      return `Connect to ${listed(feeds)}${{ committed: "", mine: ", for you alone", ci: ", in CI alone" }[change.mode]}`;
    }
    case "disconnect":
      return change.feed === null ? "Disconnect from all feeds" : `Disconnect from ${feed(change.feed)}`;
    case "add":
      return `Add \`${change.name}\` from ${from(change.feed)}`;
    case "update":
      return `Require \`${change.requirement}\` of \`${change.name}\``;
    case "remove":
      return `Take \`${change.name}\` out of the manifests`;
    case "move":
      return `Take \`${change.name}\` from ${from(change.feed)}`;
    case "publishTo":
      return `Publish to ${feed(change.feed)}`;
    case "clearTokens": {
      const of = change.registries.length > 0 ? listed(change.registries.map((each) => `\`${each}\``)) : "feeds";
      return `Take the tokens of ${of} out of cargo’s files`;
    }
    case "setConfig":
      return change.to === null ? `Remove \`${change.key}\`` : `Set \`${change.key}\` to \`${inToml(change.to)}\``;
    case "provider":
      return change.isUsed ? "Have cargo ask Granary for tokens" : "Have cargo no longer ask Granary for tokens";
    case "several":
      return plural(change.changes.length, "change", "changes");
  }
}

/** What a deed was, by its verb. */
const deeds: Record<string, string> = {
  connect: "connecting to feeds",
  disconnect: "disconnecting",
  add: "adding a crate",
  update: "requiring another version",
  remove: "taking a crate out",
  move: "taking a crate from elsewhere",
  "publish-to": "where crates are published",
  "clear-tokens": "taking tokens out",
  config: "the change of config",
  provider: "the change of who gives tokens",
  fix: "the fixes",
};

export const review = {
  fixes: (n: number): string => `Review ${plural(n, "fix", "fixes")}`,
  open: (n: number): string => `Review ${plural(n, "fix", "fixes")}…`,
  disconnect: "Disconnect from all feeds",
  disconnectMore: "Disconnect…",
  undoMore: "Undo last change…",
  undoTitle: (verb: string | null): string => `Undo ${(verb && deeds[verb]) ?? "the last change"}`,
  undoDone: (at: string, now: number): string => `done ${moment(at, now)}`,
  undoes: { apply: "Undo", applying: "Undoing", nothing: "Nothing is written before you undo." },
  undoAlready: "The files are as they were before. Nothing would change.",
  changes: "Changes",
  preview: "Preview of the change",
  planning: "Looking at what would change",
  nothingChosen: "Choose at least one change to see what it would write.",
  already: "It is so already. Nothing would change.",
  stale: "A file changed while you looked. The preview is made again.",
  filesChange: (n: number): string => (n === 1 ? "1 file changes" : `${n} files change`),
  applies: { apply: "Apply", applying: "Applying", nothing: "Nothing is written before you apply. Undo stays possible, also tomorrow." },
  copyPatch: "Copy patch",
  patchCopied: "The patch is copied",
};
