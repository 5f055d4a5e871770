import type { CratePage, CrateRow, Origin } from "./api/crate";
import type { Feed } from "./api/feed";
import type { Fetch, RunEntry, RunSummary } from "./api/run";
import { Run } from "./state/runs.svelte";

/** A feed as the shell gives it, for tests. */
export const sampleFeed = (name: string, more: Partial<Feed> = {}): Feed => ({
  reference: `local/main/${name}`,
  account: "local",
  project: "main",
  id: name,
  name,
  description: null,
  indexUrl: `sparse+${name}/`,
  upstreams: [],
  includesCratesIo: false,
  upstreamsEnabled: true,
  role: "owner",
  isPublic: false,
  hidesDeleted: true,
  badges: false,
  defaultView: null,
  underMaintenance: false,
  deletedAt: null,
  purgedAt: null,
  ...more,
});

export const sampleRow = (name: string, origin: Origin = { kind: "ours" }, latest = "1.0.0"): CrateRow => ({
  name,
  latest,
  origin,
  isMixed: false,
  versionCount: 3,
  publishedAt: null,
  downloads: null,
  description: null,
  yanked: null,
  onBothSides: null,
  neededBy: 0,
});

/** A stretch of a list of `total` crates called `{prefix}0`, `{prefix}1` … */
export const samplePage = (prefix: string, total: number, offset: number, limit: number, at = "2026-11-22T14:00:00Z"): CratePage => ({
  total,
  offset,
  rows: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, index) => sampleRow(`${prefix}${offset + index}`)),
  counts: { all: total, ours: total, cratesIo: 0, otherFeed: 0, notSaved: 0 },
  kept: { at, isComplete: true, saved: total, notSaved: 0 },
});

/** A crate that was fetched. */
export const sampleFetch = (name: string, lane: number, began: number, seconds: number, more: Partial<Fetch> = {}): Fetch => ({
  name,
  version: "1.0.0",
  from: "crates.io",
  lane,
  began,
  seconds,
  bytes: 1000,
  retries: 0,
  refused: false,
  saves: false,
  ...more,
});

/** A run that was just started. */
export const sampleRun = (folder = "/p", cratesIo: string | null = null): Run =>
  new Run({ key: "run-1", request: { folder, locked: false, offline: false }, projectName: "p", startedAt: "2026-11-22T14:00:00Z", cratesIo });

export const sampleSummary = (more: Partial<RunSummary> = {}): RunSummary => ({
  verb: "fetch",
  state: "done",
  seconds: 1,
  downloaded: 4,
  bytes: 9,
  alreadyHere: 0,
  locked: 4,
  feeds: [],
  phases: [],
  slowest: null,
  saved: 0,
  retries: 0,
  leftToCargo: [],
  cargoAloneSeconds: null,
  seeded: null,
  verified: null,
  failure: null,
  ...more,
});

/** A run that is kept. */
export const sampleEntry = (id: string, startedAt: string, more: Partial<RunEntry> = {}): RunEntry => ({
  id,
  folder: "/p",
  project: "p",
  request: { folder: "/p", verb: "fetch", release: false, locked: false, offline: false },
  command: "cargo fetch",
  startedAt,
  cratesIo: null,
  state: "done",
  log: { lines: 0, warnings: 0, errors: 0, longest: 0 },
  summary: sampleSummary(),
  ...more,
});
