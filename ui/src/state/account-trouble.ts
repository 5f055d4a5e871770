import type { Account } from "../api/account";
import type { IpcFailure } from "../api/transport";

/** What stands between an account and its feeds. */
export type Trouble = "signIn" | "locked" | "offline" | null;

/** What is known without asking counts as much as what the last answer was. */
export function troubleOf(account: Account | null, failure: IpcFailure | null): Trouble {
  switch (failure?.code) {
    case "notSignedIn":
      return "signIn";
    case "passphraseNeeded":
    case "noKeychain":
      return "locked";
    case "unreachable":
      return account?.kind === "local" ? null : "offline";
  }
  return account?.state.kind === "refused" ? "signIn" : null;
}
