import type { Account } from "../api/account";
import type { Project } from "../api/project";
import type { IpcFailure } from "../api/transport";
import { troubleOf } from "./account-trouble";
import { isConnected } from "./projects.svelte";
import { lacksTrust, type Verb } from "./programs";
import type { Workspace } from "./workspace.svelte";

/** A run that is wanted, whatever is still missing on the way to it. */
export type Intent = Verb & { folder: string };

/** What is missing next; a start where that is nothing. */
export type Next = { at: "signIn"; account: string } | { at: "serve" } | { at: "connect" } | { at: "trust" } | { at: "start" };

/** What is known of the way without asking anybody. */
export type Known = { project: Project | null; accounts: Account[]; failureOf: (account: string) => IpcFailure | null };

const keyOf = (next: Next): string => (next.at === "signIn" ? `signIn ${next.account}` : next.at);

const accountIn = (feed: string): string => feed.split("/")[0] ?? feed;

/** The accounts whose feeds a project names, each once. */
function accountsOf({ connection }: Project): string[] {
  const feeds = [...connection.registries, connection.cratesIoThrough].flatMap((each) => (each?.feed ? [each.feed] : []));
  return [...new Set(feeds.map(accountIn))];
}

function lackOf(id: string, { accounts, failureOf }: Known): Next | null {
  const account = accounts.find((each) => each.id === id) ?? null;
  if (account === null) return id === "local" ? { at: "serve" } : { at: "signIn", account: id };
  return troubleOf(account, failureOf(id)) === "signIn" ? { at: "signIn", account: id } : null;
}

/** The next thing that is missing; what was gone through already is not asked for twice, whatever came of it. */
export function nextOf({ verb }: Verb, known: Known, gone: readonly string[] = []): Next {
  const { project } = known;
  if (project === null) return { at: "start" };
  const lacks = accountsOf(project).flatMap((id) => lackOf(id, known) ?? []);
  const steps: Next[] = [...lacks, ...(isConnected(project) ? [] : [{ at: "connect" } as const])];
  const step = steps.find((each) => !gone.includes(keyOf(each)));
  return step ?? { at: lacksTrust(project, verb) ? "trust" : "start" };
}

/** One press of *Restore*: goes through what is missing, and gives it up as soon as one goes elsewhere. */
export class OneClick {
  #wanted = $state.raw<{ intent: Intent; visit: number } | null>(null);
  #gone: string[] = [];

  constructor(private readonly space: Workspace) {}

  /** What follows once the page one is on has done its part. */
  get intent(): Intent | null {
    const wanted = this.#wanted;
    return wanted?.visit === this.space.navigation.visit ? wanted.intent : null;
  }

  async begin(intent: Intent): Promise<void> {
    this.#gone = [];
    if (!this.space.projects.of(intent.folder)?.value) await this.space.projects.read(intent.folder);
    await this.#go(intent);
  }

  /** The page has done its part: leaves it, and goes on. */
  async goOn(leave: () => void): Promise<void> {
    const { intent } = this;
    if (!intent) return;
    leave();
    await this.#go(intent);
  }

  /** Starts at once, without what is still missing. */
  async goOnWithout(): Promise<void> {
    const { intent } = this;
    if (intent) await this.#start(intent);
  }

  #next({ folder, ...verb }: Intent): Next {
    const { accounts, feeds, projects } = this.space;
    const known = { project: projects.of(folder)?.value ?? null, accounts: accounts.all, failureOf: (id: string) => feeds.listing(id)?.failure ?? null };
    return nextOf(verb, known, this.#gone);
  }

  async #go(intent: Intent): Promise<void> {
    const { folder, ...verb } = intent;
    const next = this.#next(intent);
    this.#gone = [...this.#gone, keyOf(next)];
    switch (next.at) {
      case "serve":
        return this.#serve(intent);
      case "signIn":
        this.#signIn(next.account);
        break;
      case "connect":
        this.space.navigation.go({ at: "connect", folder, feed: null });
        break;
      case "trust":
        this.#wanted = null;
        return this.space.trust.ask(folder, verb);
      case "start":
        return this.#start(intent);
    }
    this.#wanted = { intent, visit: this.space.navigation.visit };
  }

  /** Takes nobody's attention, so it is done without a word. */
  async #serve(intent: Intent): Promise<void> {
    const { navigation } = this.space;
    const { visit } = navigation;
    await this.space.useLocal(true);
    const failure = this.space.accounts.starting.failure;
    if (failure) this.space.tell(failure);
    else if (navigation.visit === visit) await this.#go(intent);
  }

  #signIn(id: string): void {
    const { accounts, navigation, signIns } = this.space;
    const account = accounts.find(id);
    if (account) return signIns.again(account);
    signIns.current.cancel();
    navigation.go({ at: "signIn", again: id, way: null });
  }

  #start({ folder, ...verb }: Intent): Promise<void> {
    this.#wanted = null;
    return this.space.run(folder, verb);
  }
}
