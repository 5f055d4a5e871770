import { SvelteMap } from "svelte/reactivity";
import { createFeed, createPair, listFeeds, type Feed, type FeedDraft, type PairDraft, type PairOutcome } from "../api/feed";
import { Loaded } from "./loaded.svelte";

/** The feeds of every account. */
export class Feeds {
  readonly #lists = new SvelteMap<string, Loaded<Feed[]>>();

  of(account: string): Feed[] {
    return this.#lists.get(account)?.value ?? [];
  }

  listing(account: string): Loaded<Feed[]> | null {
    return this.#lists.get(account) ?? null;
  }

  get all(): Feed[] {
    return [...this.#lists.values()].flatMap((list) => list.value ?? []);
  }

  find(reference: string): Feed | null {
    return this.all.find((feed) => feed.reference === reference) ?? null;
  }

  async load(account: string): Promise<void> {
    let list = this.#lists.get(account);
    if (!list) {
      list = new Loaded<Feed[]>();
      this.#lists.set(account, list);
    }
    await list.load(() => listFeeds(account));
  }

  /** What an account showed is not shown without it. */
  forget(account: string): void {
    this.#lists.delete(account);
  }

  async create(draft: FeedDraft): Promise<Feed> {
    const feed = await createFeed(draft);
    await this.load(draft.account);
    return feed;
  }

  async createPair(draft: PairDraft): Promise<PairOutcome> {
    const outcome = await createPair(draft);
    await this.load(draft.account);
    return outcome;
  }
}
