import { about, listAccounts, preferAccount, signOut, useLocal, type About, type Account, type SignedOut } from "../api/account";
import { Loaded } from "./loaded.svelte";

/** Who is signed in, and what this app is. */
export class Accounts {
  readonly about = new Loaded<About>();
  readonly list = new Loaded<Account[]>();
  readonly starting = new Loaded<Account>();

  get all(): Account[] {
    return this.list.value ?? [];
  }

  find(id: string): Account | null {
    return this.all.find((account) => account.id === id) ?? null;
  }

  /** Others at the same place: of two identities there, cargo is given one's token. */
  besides(account: Account): Account[] {
    const place = (each: Account): string => `${each.kind} ${each.url.toLowerCase()}`;
    return this.all.filter((each) => each.id !== account.id && place(each) === place(account));
  }

  async load(): Promise<void> {
    await Promise.all([this.about.load(about), this.refresh()]);
  }

  async refresh(): Promise<void> {
    await this.list.load(listAccounts);
  }

  /** Starts the feeds on this computer; answers the account, or null when that failed. */
  async useLocal(): Promise<Account | null> {
    const account = await this.starting.load(useLocal);
    if (account) this.list.set([...this.all.filter((each) => each.id !== account.id), account]);
    return account;
  }

  /** Has cargo given this account's token; throws the refusal. */
  async prefer(id: string): Promise<void> {
    this.list.set(await preferAccount(id));
  }

  /** Throws the refusal. */
  async signOut(id: string): Promise<SignedOut> {
    const left = await signOut(id);
    this.list.set(left.accounts);
    return left;
  }
}
