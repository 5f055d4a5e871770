import { about, listAccounts, useLocal, type About, type Account } from "../api/account";
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

  async load(): Promise<void> {
    await Promise.all([this.about.load(about), this.list.load(listAccounts)]);
  }

  /** Starts the feeds on this computer; answers the account, or null when that failed. */
  async useLocal(): Promise<Account | null> {
    const account = await this.starting.load(useLocal);
    if (account) this.list.set([...this.all.filter((each) => each.id !== account.id), account]);
    return account;
  }
}
