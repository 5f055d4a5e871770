import type { Fix } from "../api/check";
import { fixes as words } from "../text/check";
import type { Workspace } from "./workspace.svelte";

export type FixAct = { label: string; act: () => void };

/** What the button of a fix says and does; null where only a person can mend it. `then` is what an applied change leads to. */
export function fixAct(fix: Fix, folder: string, space: Workspace, then?: "restore"): FixAct | null {
  const { navigation } = space;
  switch (fix.kind) {
    case "change": {
      const changes = [fix.change];
      const review = { kind: "changes" as const, title: words.review, changes, ...(then && { then }) };
      return {
        label: then ? words.changeAndRestore : words.change(fix.change),
        act: () => navigation.go({ at: "review", folder, review }),
      };
    }
    case "connect":
      return { label: words.connect, act: () => navigation.go({ at: "connect", folder, feed: fix.feed }) };
    case "signIn":
      return { label: words.signIn, act: () => signIn(fix.place, space) };
    case "serve":
      return { label: words.serve, act: () => void space.useLocal(true).then(() => space.checks.run(folder)) };
    case "restore":
      return { label: then ? words.restoreAgain : words.restore, act: () => void space.restore(folder) };
    case "toolchain":
      return { label: words.toolchain, act: () => void space.copy(words.install(fix.name), words.commandCopied) };
    case "unset":
      return { label: words.unset, act: () => void space.copy(words.unsetVariable(fix.variable), words.commandCopied) };
    case "askForRole":
      return { label: words.askForRole, act: () => void space.copy(words.message(fix), words.messageCopied) };
    case "byHand":
      return null;
  }
}

/** A place is an account, or the address of a feed's index. */
function signIn(place: string, { accounts, feeds, signIns }: Workspace): void {
  const account = accounts.find(place) ?? accounts.find(feeds.all.find((each) => each.indexUrl === place)?.account ?? "");
  if (account) signIns.again(account);
  else signIns.add();
}
