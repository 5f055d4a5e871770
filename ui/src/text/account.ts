import type { Account } from "../api/account";
import type { SignInHow } from "../api/sign-in";
import { dayOf, plural } from "./units";

export const account = {
  local: "This computer",
  azureDevOps: "Azure DevOps",
  kinds: { local: "Feeds on this computer", services: "Azure DevOps organization", server: "Azure DevOps Server" },
  how: {
    browser: "with the browser",
    deviceCode: "with a code",
    azureCli: "by the Azure CLI",
    token: "with a token",
    environment: "with the environment’s token",
  } satisfies Record<SignInHow, string>,
  until: (iso: string): string => `until ${dayOf(iso)}`,
  newFeed: "New feed…",
  keeping: { keychain: "kept in the keychain", passphrase: "kept with a passphrase", thisRun: "until Granary closes" },
  preferred: "used for cargo",
  menu: (name: string): string => `More for ${name}`,
  signInAgain: "Sign in again",
  useForCargo: "Use for cargo",
  signOut: "Sign out",
  remove: "Remove from the list",
  gone: "This account is not here any more",
  noFeedsTitle: (name: string): string => `**${name}** has no feeds you can see yet`,
  noFeedsLocalTitle: (name: string): string => `${name} has no feeds yet`,
  expected: "Expected to see feeds? They may be in a project you are not a member of.",
  lookElsewhere: "Look in another organization",
  noFeedsText:
    "A feed keeps crates for your company: copies from crates.io, and the crates you publish. Start with a pair, one for each.",
  createPair: "Create a pair of feeds…",
  createOne: "Create one feed…",
  feeds: "Feeds",
  columns: { name: "Feed", account: "Account", role: "You are", where: "Belongs to", fedBy: "Fed by", what: "What it is for" },
  ownOnly: "our own crates only",
  footer: (n: number): string => plural(n, "feed", "feeds"),
  deleted: "Deleted feeds…",
  openProject: "Open a project…",
};

/** How an account is called: this computer has no name of its own. */
export const titleOf = (known: Account | null, id: string): string =>
  known?.kind === "local" ? account.local : (known?.title ?? id);
