import { expect, test } from "vitest";
import type { Fetch } from "../api/run";
import { sampleFetch, sampleRun, sampleSummary } from "../test-samples";
import { RunFetches } from "./run-fetches.svelte";
import { ended, isWorthDrawing } from "./timeline";

const named = (fetches: RunFetches): string[][] => fetches.rows.map((row) => row.map(({ name }) => name));
const running = (fetches: RunFetches): string[] => fetches.rows.flat().filter((fetch) => fetches.style(fetch).isRunning).map(({ name }) => name);
const asked = (name: string, lane: number, began: number, seconds = 0.01, more: Partial<Fetch> = {}): Fetch => sampleFetch(name, lane, began, seconds, { bytes: 0, ...more });

test("what is under way is in its lane from the start, and counts for nothing", () => {
  const fetches = new RunFetches();
  fetches.begin([asked("a", 3, 1), asked("b", 0, 1.1)]);
  expect([named(fetches), running(fetches)]).toEqual([[["b"], ["a"]], ["b", "a"]]);
  expect([fetches.all, fetches.saves, fetches.slowest, fetches.listed(9)]).toEqual([0, 0, null, []]);
  expect(fetches.of("a", "1.0.0")?.lane).toBe(3);
});

test("it lasts until now, which is worth drawing after 200 ms", () => {
  const fetches = new RunFetches();
  fetches.begin([asked("a", 0, 1), asked("b", 1, 1.1, 0.05)]);
  expect(isWorthDrawing(fetches.first, fetches.last)).toBe(false);
  fetches.reach(1.5);
  expect(fetches.rows.flat().map(ended)).toEqual([1.5, 1.5]);
  expect(isWorthDrawing(fetches.first, fetches.last)).toBe(true);
  // No clock takes back what was told.
  fetches.reach(1.2);
  expect(fetches.last).toBe(1.5);
  fetches.append([sampleFetch("c", 2, 1, 0.9)]);
  expect(fetches.of("a", "1.0.0")?.seconds).toBeCloseTo(0.9, 9);
});

test("what ended takes the place it had while it was under way", () => {
  const fetches = new RunFetches();
  fetches.begin([asked("a", 0, 1), asked("b", 1, 1)]);
  fetches.append([sampleFetch("a", 0, 1, 0.4), sampleFetch("c", 0, 1.5, 0.2)]);
  expect([named(fetches), running(fetches)]).toEqual([[["a", "c"], ["b"]], ["b"]]);
  expect([fetches.all, fetches.slowest?.name, fetches.of("a", "1.0.0")?.bytes]).toEqual([2, "a", 1000]);
  expect(fetches.listed(9).map(({ name }) => name)).toEqual(["a", "c"]);
});

test("what was refused is counted by itself, and is never the slowest", () => {
  const fetches = new RunFetches();
  fetches.append([sampleFetch("a", 0, 0, 1), asked("b", 1, 0, 9, { refused: true }), asked("config.json", 2, 0, 0.1, { refused: true, version: null })]);
  expect([fetches.counts, fetches.all, fetches.slowest?.name]).toEqual([{ index: 0, crates: 1, ours: 0, other: 0, refused: 2 }, 3, "a"]);
});

test("what was refused is listed first, however short it was", () => {
  const fetches = new RunFetches();
  fetches.append([sampleFetch("a", 0, 0, 1), sampleFetch("b", 1, 0, 2), asked("c", 2, 0, 0.01, { refused: true })]);
  expect([2, 9].map((most) => fetches.listed(most).map(({ name }) => name))).toEqual([["c", "b"], ["c", "b", "a"]]);
});

test("a look is drawn as soon as one of it is under way", () => {
  const fetches = new RunFetches("local/main/upstream");
  expect(fetches.drawn).toEqual({ looks: [], saves: false });
  fetches.begin([asked("a", 0, 0, 0.01, { version: null }), asked("b", 1, 0, 0.01, { from: "local/main/internal" })]);
  expect(fetches.drawn).toEqual({ looks: ["index", "ours"], saves: false });
  fetches.begin([asked("c", 2, 0, 0.01, { from: "local/main/upstream", saves: true })]);
  expect(fetches.drawn).toEqual({ looks: ["index", "crates", "ours"], saves: true });
  // What never ends is drawn no more.
  fetches.append([asked("a", 0, 0, 0.2, { version: null, refused: true })]);
  fetches.end();
  expect(fetches.drawn).toEqual({ looks: ["refused"], saves: false });
});

test("what is chosen stays so while it grows and when it ended", () => {
  const fetches = new RunFetches();
  const one = asked("a", 0, 1);
  fetches.begin([one, asked("b", 1, 1)]);
  fetches.chosen = one;
  fetches.reach(2);
  expect(fetches.chosen?.seconds).toBe(1);
  fetches.append([sampleFetch("a", 0, 1, 1.2)]);
  expect([fetches.chosen?.bytes, fetches.latest(one) === fetches.chosen, fetches.rows[0]?.[0] === fetches.chosen]).toEqual([1000, true, true]);
  fetches.chosen = null;
  expect(fetches.chosen).toBeNull();
});

test("a run that is over takes what never ended with it, and its lane where nothing else was", () => {
  const run = sampleRun();
  const { fetches } = run;
  run.hear({ type: "fetching", fetches: [asked("a", 0, 1), asked("b", 1, 1), asked("c", 2, 1)] });
  run.hear({ type: "fetched", fetches: [sampleFetch("a", 0, 1, 0.4)] });
  run.hear({ type: "fetching", fetches: [asked("d", 0, 1.5)] });
  fetches.chosen = fetches.of("d", "1.0.0");
  expect(named(fetches)).toEqual([["a", "d"], ["b"], ["c"]]);
  run.hear({ type: "ended", summary: sampleSummary({ state: "cancelled" }) });
  expect([named(fetches), running(fetches), fetches.last]).toEqual([[["a"]], [], 1.4]);
  expect([fetches.chosen, fetches.of("d", "1.0.0"), fetches.of("a", "1.0.0")?.name]).toEqual([null, null, "a"]);
  const { version } = fetches;
  fetches.reach(3);
  expect(fetches.version).toBe(version);
});
