import { deleteFeed, recoverFeed, type Feed, type FeedChange } from "../api/feed";
import { changes, deleteFeed as words, feed as feedWords } from "../text/en";
import type { Workspace } from "./workspace.svelte";

/** What is done to a whole feed, where the list, the page and the toast move together. */
export class FeedActs {
  constructor(private readonly space: Workspace) {}

  /** Changes what a feed is; where its name changes, the page goes with it. Throws the refusal. */
  async update(feed: Feed, change: FeedChange): Promise<Feed> {
    const { feeds, navigation } = this.space;
    const now = await feeds.update(feed, change);
    const { place } = navigation;
    if (now.reference !== feed.reference && place.at === "feed" && place.feed === feed.reference) navigation.replace({ ...place, feed: now.reference });
    return now;
  }

  /** Goes on with a feed that somebody else gave another name, under that name. */
  async follow(feed: Feed): Promise<void> {
    const { feeds, navigation, notices } = this.space;
    await feeds.load(feed.account);
    const now = feeds.of(feed.account).find((each) => each.id === feed.id);
    const { place } = navigation;
    if (!now || now.reference === feed.reference || place.at !== "feed" || place.feed !== feed.reference) return;
    navigation.replace({ ...place, feed: now.reference });
    notices.show(feedWords.renamed(feed.name, now.name));
  }

  /** Moves a feed to the recycle bin, from where it can come back. Throws the refusal. */
  async remove(feed: Feed): Promise<void> {
    const { feeds, navigation, notices } = this.space;
    await deleteFeed(feed.reference);
    feeds.drop(feed);
    const { place } = navigation;
    if (place.at === "feed" && place.feed === feed.reference) navigation.replace({ at: "account", account: feed.account });
    notices.show(words.done(feed.name), { label: changes.undo, run: () => void this.#recover(feed) });
  }

  async #recover(feed: Feed): Promise<void> {
    try {
      const back = await recoverFeed(feed.reference);
      await this.space.feeds.load(back.account);
      this.space.navigation.go({ at: "feed", feed: back.reference });
    } catch (thrown) {
      this.space.tell(thrown);
    }
  }
}
