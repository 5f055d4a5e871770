import type { ErrorCode } from "../api/bindings";
import { common } from "./en";

/** What a failure's button does; the engine owns the words, the window owns the buttons. */
export type Remedy = "retry" | "openFolder" | "signIn" | "none";

const remedies: Record<ErrorCode, Remedy> = {
  internal: "retry",
  precondition: "none",
  notFound: "retry",
  alreadyExists: "none",
  invalidInput: "none",
  notSignedIn: "signIn",
  noKeychain: "retry",
  // Where it can be said, a form stands in the failure's place.
  passphraseNeeded: "none",
  // Its note has buttons of its own: a message for an administrator, and the Azure CLI.
  consentNeeded: "none",
  forbidden: "retry",
  unreachable: "retry",
  portTaken: "retry",
  planStale: "retry",
  notAProject: "openFolder",
  cargoMissing: "retry",
  projectRunsPrograms: "none",
};

export const remedyOf = (code: ErrorCode): Remedy => remedies[code];

export const remedyLabel: Record<Exclude<Remedy, "none">, string> = {
  retry: common.tryAgain,
  openFolder: "Open another folder…",
  signIn: "Sign in again",
};

/** "Not possible now" is a notice; the rest broke. */
export const isNotice = (code: ErrorCode): boolean =>
  code === "precondition" || code === "projectRunsPrograms" || code === "planStale" || code === "consentNeeded";
