import { SvelteMap } from "svelte/reactivity";
import { createFeed, createPair, keptFeeds, listFeeds, showFeed, updateFeed, type Feed, type FeedChange, type FeedDraft, type PairDraft, type PairOutcome } from "../api/feed";
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
    await this.#list(account).load(() => listFeeds(account));
  }

  /** Shows what was seen last, then asks; an answer that is here already stays. */
  async loadKept(account: string): Promise<void> {
    const list = this.#list(account);
    const asked = this.load(account);
    try {
      const { feeds, at } = await keptFeeds(account);
      if (at !== null && list.value === null) list.keep(feeds);
    } catch {
      // What is kept is only there to be quick.
    }
    await asked;
  }

  /** Looks at one feed anew: its role, and how its upstreams do. */
  async see(reference: string): Promise<void> {
    try {
      this.put(await showFeed(reference));
    } catch {
      // What hangs on it is told where the feed is brought up to date.
    }
  }

  /** Throws the refusal. */
  async update(feed: Feed, change: FeedChange): Promise<Feed> {
    const now = await updateFeed(feed.reference, change);
    this.put(now, feed.reference);
    return now;
  }

  /** Puts a feed in the place of what was known of it. */
  put(feed: Feed, reference = feed.reference): void {
    const list = this.#lists.get(feed.account);
    if (!list?.value) return;
    list.value = list.value.map((each) => (each.reference === reference ? feed : each));
  }
  /** Takes a feed out of the list. */
  drop(feed: Feed): void {
    const list = this.#lists.get(feed.account);
    if (list?.value) list.value = list.value.filter((each) => each.reference !== feed.reference);
  }

  #list(account: string): Loaded<Feed[]> {
    let list = this.#lists.get(account);
    if (!list) {
      list = new Loaded<Feed[]>();
      this.#lists.set(account, list);
    }
    return list;
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
