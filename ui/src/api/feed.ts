import {
  commands,
  type CrateSummary,
  type Feed,
  type FeedDraft,
  type FeedOutcome,
  type Origin,
  type PairDraft,
  type PairOutcome,
} from "./bindings";
import { value } from "./transport";

export type { CrateSummary, Feed, FeedDraft, FeedOutcome, Origin, PairDraft, PairOutcome };

export const listFeeds = (account: string): Promise<Feed[]> => value(commands.feedList(account));
export const createFeed = (draft: FeedDraft): Promise<Feed> => value(commands.feedCreate(draft));
export const createPair = (draft: PairDraft): Promise<PairOutcome> =>
  value(commands.feedCreatePair(draft));
export const listCrates = (feed: string): Promise<CrateSummary[]> => value(commands.crateList(feed));
