import { commands, type About, type Account } from "./bindings";
import { value } from "./transport";

export type { About, Account };

export const about = (): Promise<About> => value(commands.appAbout());
export const listAccounts = (): Promise<Account[]> => value(commands.accountList());
export const useLocal = (): Promise<Account> => value(commands.accountUseLocal());
