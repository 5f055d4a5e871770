import { expect, test } from "vitest";
import type { CrateRow, Origin } from "../api/crate";
import type { Feed } from "../api/feed";
import { sampleFeed, sampleRow } from "../test-samples";
import type { LockedOrigin, Project } from "../api/project";
import { dependencyLine, lockedLine } from "./dependency-line";

const feed = (name: string, includesCratesIo: boolean): Feed => sampleFeed(name, { includesCratesIo });
const crate = (origin: Origin, latest = "1.2.3"): CrateRow => sampleRow("serde", origin, latest);

test("a crate of a feed as a dependency", () => {
  const check = (origin: Origin, from: Feed, expected: string): void => expect(dependencyLine(crate(origin), from)).toBe(expected);
  check({ kind: "cratesIo", saved: true }, feed("upstream", true), 'serde = "1.2.3"');
  check({ kind: "ours" }, feed("internal", false), 'serde = { version = "1.2.3", registry = "internal" }');
  check({ kind: "ours" }, feed("mixed", true), 'serde = { version = "1.2.3", registry = "mixed" }');
  check({ kind: "otherFeed", feed: "shared", saved: true }, feed("internal", false), 'serde = { version = "1.2.3", registry = "internal" }');
  expect(dependencyLine(crate({ kind: "cratesIo", saved: true }, "1.2.3+4.5"), feed("upstream", true))).toBe('serde = "1.2.3"');
});

test("a locked crate as a dependency", () => {
  const registries = [{ name: "ours", indexUrl: "sparse+http://a/", feed: "local/main/internal" }];
  const project = { connection: { registries, cratesIoThrough: null } } as unknown as Project;
  const check = (origin: LockedOrigin, expected: string | null): void =>
    expect(lockedLine({ name: "a", version: "0.1.0", origin, size: null, held: null }, project)).toBe(expected);
  check({ kind: "cratesIo", through: null }, 'a = "0.1.0"');
  check({ kind: "feed", feed: "local/main/internal" }, 'a = { version = "0.1.0", registry = "ours" }');
  check({ kind: "registry", url: "sparse+http://a/" }, 'a = { version = "0.1.0", registry = "ours" }');
  check({ kind: "registry", url: "sparse+http://b/" }, null);
  check({ kind: "path" }, null);
});
