import { Channel } from "@tauri-apps/api/core";
import {
  commands,
  type Feed,
  type FeedAddress,
  type FeedAddresses,
  type FeedChange,
  type FeedDraft,
  type FeedOutcome,
  type Kept,
  type KeptFeeds,
  type PairDraft,
  type PairOutcome,
  type RefreshEvent,
  type Refreshed,
  type Role,
  type Upstream,
  type UpstreamChange,
} from "./bindings";
import { value } from "./transport";

export type {
  Feed,
  FeedAddress,
  FeedAddresses,
  FeedChange,
  FeedDraft,
  FeedOutcome,
  Kept,
  KeptFeeds,
  PairDraft,
  PairOutcome,
  RefreshEvent,
  Refreshed,
  Role,
  Upstream,
  UpstreamChange,
};

export const listFeeds = (account: string): Promise<Feed[]> => value(commands.feedList(account));
export const keptFeeds = (account: string): Promise<KeptFeeds> => value(commands.feedKept(account));
export const createFeed = (draft: FeedDraft): Promise<Feed> => value(commands.feedCreate(draft));
export const createPair = (draft: PairDraft): Promise<PairOutcome> => value(commands.feedCreatePair(draft));
export const showFeed = (feed: string): Promise<Feed> => value(commands.feedShow(feed));
export const updateFeed = (feed: string, change: FeedChange): Promise<Feed> => value(commands.feedUpdate(feed, change));
export const changeUpstream = (feed: string, change: UpstreamChange): Promise<Feed> =>
  value(commands.feedUpstreamChange(feed, change));
export const deleteFeed = (feed: string): Promise<null> => value(commands.feedDelete(feed));
export const listDeletedFeeds = (account: string): Promise<Feed[]> => value(commands.feedDeletedList(account));
export const recoverFeed = (feed: string): Promise<Feed> => value(commands.feedRecover(feed));
export const purgeFeed = (feed: string): Promise<null> => value(commands.feedPurge(feed));
export const feedAddresses = (feed: string): Promise<FeedAddresses> => value(commands.feedAddresses(feed));
export const feedUsedBy = (feed: string): Promise<string[]> => value(commands.feedUsedBy(feed));

/** Brings what is kept up to date, and hands on what is told meanwhile. */
export function refreshFeed(feed: string, hear: (event: RefreshEvent) => void): Promise<Refreshed> {
  const events = new Channel<RefreshEvent>();
  events.onmessage = hear;
  return value(commands.feedRefresh(feed, events));
}
