import {
  commands,
  type About,
  type Account,
  type AccountKind,
  type AzureProject,
  type NamedPlace,
  type SignedOut,
} from "./bindings";
import { value } from "./transport";

export type { About, Account, AccountKind, AzureProject, NamedPlace, SignedOut };

export const about = (): Promise<About> => value(commands.appAbout());
export const listAccounts = (): Promise<Account[]> => value(commands.accountList());
export const useLocal = (): Promise<Account> => value(commands.accountUseLocal());
export const preferAccount = (id: string): Promise<Account[]> => value(commands.accountPrefer(id));
export const signOut = (id: string): Promise<SignedOut> => value(commands.accountSignOut(id));
export const namePlace = (text: string): Promise<NamedPlace> => value(commands.placeNamed(text));
export const listAzureProjects = (account: string): Promise<AzureProject[]> =>
  value(commands.azureProjectList(account));
/** Takes Granary's lines out of cargo's config, as they were previewed. */
export const removeProvider = (fingerprint: string): Promise<unknown> => value(commands.providerRemove(fingerprint));
