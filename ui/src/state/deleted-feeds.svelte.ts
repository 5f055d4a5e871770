import { listDeletedFeeds, purgeFeed, recoverFeed, type Feed } from "../api/feed";
import { asFailure, type IpcFailure } from "../api/transport";
import { Loaded } from "./loaded.svelte";

/** The feeds of an account that were deleted and can still come back. */
export class DeletedFeeds {
  readonly list = new Loaded<Feed[]>();
  working = $state<string | null>(null);
  failure = $state.raw<IpcFailure | null>(null);

  constructor(readonly account: string) {}

  get all(): Feed[] {
    return this.list.value ?? [];
  }

  async load(): Promise<void> {
    await this.list.load(() => listDeletedFeeds(this.account));
  }

  /** Answers the feed that is back, or null with the refusal told. */
  recover(feed: Feed): Promise<Feed | null> {
    return this.#act(feed, () => recoverFeed(feed.reference));
  }

  async purge(feed: Feed): Promise<boolean> {
    return (await this.#act(feed, async () => (await purgeFeed(feed.reference), feed))) !== null;
  }

  async #act(feed: Feed, act: () => Promise<Feed>): Promise<Feed | null> {
    if (this.working) return null;
    this.working = feed.reference;
    this.failure = null;
    try {
      const done = await act();
      this.list.set(this.all.filter((each) => each.reference !== feed.reference));
      return done;
    } catch (thrown) {
      this.failure = asFailure(thrown);
      return null;
    } finally {
      this.working = null;
    }
  }
}
