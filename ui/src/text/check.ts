import type { Evidence, Fix, Verdict } from "../api/check";
import type { ChangeKind } from "../api/project";
import { roles } from "./people";
import { ago } from "./units";

/** The last part of a feed's reference. */
export const feedName = (reference: string): string => reference.split("/").at(-1) ?? reference;

const changeLabels: { [Kind in ChangeKind["kind"]]?: (change: Extract<ChangeKind, { kind: Kind }>) => string } = {
  provider: () => "Add Granary as provider…",
  connect: () => "Connect…",
  clearTokens: () => "Take the token out…",
  move: ({ feed }) => (feed === null ? "Take it from crates.io…" : `Take it from ${feedName(feed)}…`),
  setConfig: ({ to }) => (to === null ? "Remove the key…" : "Set it right…"),
};

export const fixes = {
  change: (change: ChangeKind): string =>
    (changeLabels[change.kind] as ((of: ChangeKind) => string) | undefined)?.(change) ?? "Show the change…",
  changeAndRestore: "Apply the fix and restore…",
  review: "Review the fix",
  connect: "Connect…",
  signIn: "Sign in…",
  serve: "Start the feeds here",
  restore: "Restore",
  restoreAgain: "Try again",
  toolchain: "Copy the rustup command",
  unset: "Copy the command",
  askForRole: "Copy a message to an owner",
  commandCopied: "The command is copied",
  messageCopied: "The message is copied",
  install: (name: string | null): string => (name === null ? "rustup update" : `rustup toolchain install ${name}`),
  unsetVariable: (variable: string): string => `unset ${variable}`,
  message: ({ feed, role }: Extract<Fix, { kind: "askForRole" }>): string =>
    `Could you give me the role ${roles.names[role as keyof typeof roles.names] ?? role} in the feed ${feed}? cargo needs it to build with crates from there.`,
};

export const checks = {
  title: "Checks",
  stop: (n: number): string => (n === 1 ? "1 stops cargo" : `${n} stop cargo`),
  toLookAt: (n: number): string => `${n} to look at`,
  summary: (problems: number, warnings: number): string =>
    [problems > 0 && checks.stop(problems), warnings > 0 && checks.toLookAt(warnings)].filter(Boolean).join(", "),
  marks: { problem: "stops cargo", warning: "to look at", unknown: "cannot be told", ok: "passed", skipped: "not looked at" } satisfies Record<Verdict, string>,
  again: "Check again",
  checking: "Checking",
  list: "What was found",
  passed: (n: number): string => `${n} passed`,
  skipped: (n: number): string => `${n} not looked at`,
  /** What was read or asked, as a piece of a line. */
  evidence: (of: Evidence, now: number): string => {
    switch (of.kind) {
      case "file":
        return `\`${of.display}${of.line === null ? "" : `:${of.line}`}\``;
      case "variable":
        return `\`${of.name}\` is set`;
      case "request": {
        const sent = of.authorization === null ? "no token sent" : `sent \`${of.authorization}\``;
        return `\`${of.asked}\`, ${sent}, ${of.status === null ? "no answer" : `answered ${of.status}`}`;
      }
      case "catalogue":
        return of.at === null ? `nothing is kept of **${feedName(of.feed)}** yet` : `kept of **${feedName(of.feed)}**, ${ago(of.at, now)}`;
      case "account":
        return `account **${of.id}**`;
      case "said":
        return `cargo said: ${of.line}`;
    }
  },
};
