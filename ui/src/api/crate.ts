import {
  commands,
  type BatchOutcome,
  type CrateChange,
  type CrateDetails,
  type CrateFeature,
  type CratePage,
  type CrateQuery,
  type CrateRow,
  type CrateSort,
  type CrateVersion,
  type DeletedVersion,
  type Dependency,
  type NameWatch,
  type Origin,
  type OriginCounts,
  type OriginFilter,
  type RefusedVersion,
  type Upstreaming,
  type UsedBy,
  type VersionDetails,
  type VersionReference,
} from "./bindings";
import { value } from "./transport";

export type {
  BatchOutcome,
  CrateChange,
  CrateDetails,
  CrateFeature,
  CratePage,
  CrateQuery,
  CrateRow,
  CrateSort,
  CrateVersion,
  DeletedVersion,
  Dependency,
  NameWatch,
  Origin,
  OriginCounts,
  OriginFilter,
  RefusedVersion,
  Upstreaming,
  UsedBy,
  VersionDetails,
  VersionReference,
};

export const cratePage = (feed: string, query: CrateQuery, offset: number, limit: number): Promise<CratePage> =>
  value(commands.cratePage(feed, query, offset, limit));
export const lookUpCrates = (feed: string, names: string[]): Promise<CrateRow[]> => value(commands.crateLookUp(feed, names));
export const showCrate = (feed: string, name: string): Promise<CrateDetails> => value(commands.crateShow(feed, name));
export const showVersion = (feed: string, version: VersionReference): Promise<VersionDetails> =>
  value(commands.versionShow(feed, version));
export const changeCrates = (feed: string, change: CrateChange, versions: VersionReference[]): Promise<BatchOutcome> =>
  value(commands.crateChange(feed, change, versions));
export const cratesUsedBy = (feed: string, versions: VersionReference[]): Promise<UsedBy[]> =>
  value(commands.crateUsedBy(feed, versions));
export const listDeletedCrates = (feed: string): Promise<DeletedVersion[]> => value(commands.deletedCrateList(feed));
export const emptyDeletedCrates = (feed: string): Promise<null> => value(commands.deletedCrateEmpty(feed));
export const watchNames = (feed: string): Promise<NameWatch[]> => value(commands.nameWatch(feed));
export const setUpstreaming = (feed: string, name: string, upstreaming: Upstreaming): Promise<null> =>
  value(commands.upstreamingSet(feed, name, upstreaming));
