import { expect, test } from "vitest";
import type { CrateSummary, Origin } from "../api/feed";
import { compareVersions, Crates } from "./crates.svelte";

const crate = (name: string, origin: Origin, latest = "1.0.0", publishedAt: string | null = null): CrateSummary => ({
  name,
  latest,
  origin,
  versionCount: name.length,
  publishedAt,
  description: name === "serde" ? "A serialization framework" : null,
});

function filled(): Crates {
  const crates = new Crates("local/main/upstream");
  crates.list.set([
    crate("tokio", { kind: "cratesIo", saved: true }, "1.48.0", "2026-11-20T00:00:00Z"),
    crate("serde", { kind: "cratesIo", saved: false }, "1.0.228"),
    crate("relay", { kind: "ours" }, "0.10.0", "2026-11-21T00:00:00Z"),
    crate("lints", { kind: "otherFeed", feed: "shared", saved: true }, "0.9.0"),
  ]);
  return crates;
}
const names = (crates: Crates): string[] => crates.shown.map((each) => each.name);

test("search looks at names and descriptions, and counts follow it", () => {
  const crates = filled();
  crates.query = "ser";
  expect(names(crates)).toEqual(["serde"]);
  crates.query = "FRAMEWORK";
  expect(names(crates)).toEqual(["serde"]);
  expect(crates.counts).toEqual({ all: 1, ours: 0, cratesIo: 1, other: 0 });
});

test("filters by origin", () => {
  const crates = filled();
  expect(crates.counts).toEqual({ all: 4, ours: 1, cratesIo: 2, other: 1 });
  crates.filter = "ours";
  expect(names(crates)).toEqual(["relay"]);
});

test("sorts, newest first when a date is chosen", () => {
  const crates = filled();
  expect(names(crates)).toEqual(["lints", "relay", "serde", "tokio"]);
  crates.sortBy("published");
  expect(names(crates).slice(0, 2)).toEqual(["relay", "tokio"]);
  crates.sortBy("latest");
  expect(names(crates)).toEqual(["lints", "relay", "serde", "tokio"]);
  crates.sortBy("latest");
  expect(names(crates)[0]).toBe("tokio");
});

test("versions compare by number, pre-releases first", () => {
  const sorted = ["1.10.0", "1.2.0", "1.10.0-rc.2", "1.10.0-rc.10", "1.10.0+meta"].sort(compareVersions);
  expect(sorted).toEqual(["1.2.0", "1.10.0-rc.2", "1.10.0-rc.10", "1.10.0", "1.10.0+meta"]);
});
