import { expect, test } from "vitest";
import type { Fetch } from "../api/run";
import { lookOf } from "../state/timeline";
import { sampleFetch } from "../test-samples";
import { timeline } from "./timeline";

test("what a bar says", () => {
  const check = (more: Partial<Fetch>, expected: string, isRunning = false): void => {
    const fetch = sampleFetch("ring", 0, 0, 1.9, { from: "contoso/upstream", ...more });
    const style = { look: lookOf(fetch, "contoso/upstream"), saves: fetch.saves, isRunning };
    expect(timeline.told(fetch, style).join(", ")).toBe(expected);
  };
  check({}, "ring 1.0.0, 1.0 kB in 1.9 s, crates.io");
  check({ saves: true, retries: 2 }, "ring 1.0.0, 1.0 kB in 1.9 s, crates.io, saved by this run, asked for again 2 times");
  check({ from: "contoso/internal" }, "ring 1.0.0, 1.0 kB in 1.9 s, ours, internal");
  check({ version: null }, "Index of ring, 1.0 kB in 1.9 s, upstream");
  check({ version: null, name: "config.json" }, "config.json, 1.0 kB in 1.9 s, upstream");
  check({ bytes: 0, refused: true, seconds: 0.12, retries: 1 }, "ring 1.0.0, refused after 120 ms, upstream, asked for again once");
  check({ bytes: 0, saves: true }, "ring 1.0.0, 1.9 s so far, crates.io", true);
});

test("all of a timeline in a sentence", () => {
  const none = { index: 0, crates: 0, ours: 0, other: 0, refused: 0 };
  expect(timeline.summary({ ...none, index: 2, crates: 3, ours: 1, refused: 2 }, 1, 4, 2.5, sampleFetch("ring", 0, 0, 1.9))).toBe(
    "2 index files and 4 crates in 2.5 s, 4 at a time. 3 crates.io and 1 ours, 1 saved by this run. 2 refused. Slowest: ring 1.0.0, 1.9 s. The table beneath has the same.",
  );
  expect(timeline.summary(none, 0, 4, 0.3, null)).toBe("0 index files and 0 crates in 300 ms, 4 at a time.");
  expect([timeline.noCrates(0), timeline.noCrates(1)]).toEqual(["only the index was asked, no crate was downloaded", "no crate was downloaded"]);
});
