import { expect, test } from "vitest";
import type { Fetch } from "../api/run";
import { sampleFetch } from "../test-samples";
import { barsOf, crossOf, ended, endOf, fetchAt, fetchTowards, isWorthDrawing, lookOf, panned, place, rowHeight, showing, ticksOf, zoomed, type BarStyle, type Span } from "./timeline";

const crates = (): BarStyle => ({ look: "crates", saves: false, isRunning: false });
function laid(fetches: Fetch[]): Fetch[][] {
  const [lanes, rows]: [number[], Fetch[][]] = [[], []];
  for (const fetch of fetches) place(fetch, lanes, rows);
  return rows;
}
const names = (rows: Fetch[][]): string[][] => rows.map((row) => row.map(({ name }) => name));
const close = (span: Span | null, from: number, to: number): void => {
  expect(span?.from).toBeCloseTo(from, 9);
  expect(span?.to).toBeCloseTo(to, 9);
};
/** Lanes that are full: one thing after the other. */
const many = (lanes: number, each: number, seconds: number): Fetch[][] =>
  laid(Array.from({ length: lanes * each }, (_, at) => sampleFetch(`c${at}`, at % lanes, Math.floor(at / lanes) * seconds, seconds)));

test("where a fetch comes from is what it is coloured by", () => {
  const check = (from: string, expected: string, version: string | null = "1.0.0"): void =>
    expect(lookOf(sampleFetch("a", 0, 0, 1, { from, version }), "local/main/upstream")).toBe(expected);
  check("local/main/upstream", "crates");
  check("crates.io", "crates");
  check("local/main/internal", "ours");
  check("sparse+https://feeds.test/index/", "other");
  check("local/main/upstream", "index", null);
  expect(lookOf(sampleFetch("a", 0, 0, 1, { refused: true }), null)).toBe("refused");
});

test("lanes are in order, and what they hold is in the order it began in", () => {
  const rows = laid([sampleFetch("d", 7, 0, 1), sampleFetch("b", 2, 3, 1), sampleFetch("a", 2, 0, 1), sampleFetch("c", 2, 5, 1)]);
  expect(names(rows)).toEqual([["a", "b", "c"], ["d"]]);
});

test("what began in a lane at the same moment is the same, and gives way", () => {
  const rows = laid([sampleFetch("a", 0, 0, 1), sampleFetch("b", 0, 1, 0.2), sampleFetch("c", 1, 1, 1), sampleFetch("d", 0, 2, 1), sampleFetch("b", 0, 1, 0.9)]);
  expect(rows.map((row) => row.map(({ name, seconds }) => [name, seconds]))).toEqual([[["a", 1], ["b", 0.9], ["d", 1]], [["c", 1]]]);
});

test("rows share the room, and none is too thin or too thick", () => {
  expect([rowHeight(1), rowHeight(16), rowHeight(64), rowHeight(16, 112)]).toEqual([18, 11, 3, 7]);
});

test("under 200 ms there is nothing to draw", () => {
  expect([isWorthDrawing(1, 1.19), isWorthDrawing(1, 1.25), isWorthDrawing(Infinity, 0)]).toEqual([false, true, false]);
});

test("the axis ends soon after the last fetch, and with the run where that is near", () => {
  expect([endOf(4.4, 4.4), endOf(4.5, 5.2), endOf(1, 60), endOf(0.3, 0)]).toEqual([4.5, 5.5, 1.75, 0.3].map((each) => expect.closeTo(each, 6)));
});

test("ticks are round moments that leave room for their words", () => {
  const at = (from: number, to: number, width: number): number[] => ticksOf({ from, to }, width).at.map((each) => Number(each.toFixed(4)));
  expect(at(0, 4.5, 784)).toEqual([0, 1, 2, 3, 4]);
  expect(at(1.31, 1.52, 784)).toEqual([1.35, 1.4, 1.45, 1.5]);
  expect(at(0, 120, 784)).toEqual([0, 20, 40, 60, 80, 100, 120]);
  expect(at(0, 5, 0).length).toBeLessThan(3);
});

test("a bar for each fetch of the stretch", () => {
  const rows = laid([sampleFetch("a", 0, 0, 1), sampleFetch("b", 0, 1, 1, { saves: true }), sampleFetch("c", 1, 4, 0, { refused: true })]);
  const style = (fetch: Fetch): BarStyle => ({ look: lookOf(fetch, null), saves: fetch.saves, isRunning: fetch.name === "a" });
  expect(barsOf(rows, { from: 0, to: 5 }, 500, style)).toEqual([
    { row: 0, x: 0, width: 100, look: "crates", saves: false, isRunning: true },
    { row: 0, x: 100, width: 100, look: "crates", saves: true, isRunning: false },
    { row: 1, x: 400, width: 1, look: "refused", saves: false, isRunning: false },
  ]);
  expect(barsOf(rows, { from: 1.5, to: 3 }, 150, crates).map(({ row, x, width }) => [row, x, width])).toEqual([[0, -50, 100]]);
});

test("of many, those thinner than a pixel become one", () => {
  const rows = many(4, 1000, 0.001);
  expect(barsOf(rows, { from: 0, to: 1 }, 500, crates)).toEqual([0, 1, 2, 3].map((row) => ({ row, x: 0, width: 500, ...crates() })));
  // Zoomed in, each is by itself again.
  expect(barsOf(rows, { from: 0, to: 0.1 }, 500, crates).length).toBeGreaterThanOrEqual(400);
  // Of several kinds in a pixel one is drawn.
  let turn = 0;
  const mixed = barsOf(rows, { from: 0, to: 1 }, 300, () => ({ ...crates(), look: turn++ % 2 ? "ours" : "crates" }));
  expect(mixed.length).toBeLessThanOrEqual(4 * 300);
  // What is under way is no part of what ended.
  const last = rows.flatMap((row) => row.at(-1) ?? []);
  const [bar] = barsOf(rows, { from: 0, to: 10 }, 500, (fetch) => ({ ...crates(), isRunning: last.includes(fetch) }));
  expect(bar).toEqual({ row: 0, x: 0, width: 50, ...crates() });
});

test("5,000 are laid out in no time", () => {
  const rows = many(64, 80, 0.05);
  const began = performance.now();
  for (let turn = 0; turn < 10; turn++) barsOf(rows, { from: 0, to: 4 }, 1200, crates);
  expect((performance.now() - began) / 10).toBeLessThan(30);
});

test("a cross lies in the middle of its bar, and nowhere where that is too thin", () => {
  expect(crossOf({ x: 10, y: 20, width: 40, height: 9 })).toBe("M27 21.5l6 6m0 -6l-6 6");
  expect(crossOf({ x: 0, y: 0, width: 5.5, height: 9 })).toBe("M1.25 3l3 3m0 -3l-3 3");
  expect([crossOf({ x: 0, y: 0, width: 2, height: 9 }), crossOf({ x: 0, y: 0, width: 40, height: 2 })]).toEqual(["", ""]);
});

test("what lies under the pointer, or next to it", () => {
  const row = [sampleFetch("a", 0, 0, 1), sampleFetch("b", 0, 1.02, 1), sampleFetch("c", 0, 3, 0)];
  const at = (x: number): string | undefined => fetchAt(row, { from: 0, to: 5 }, 500, x)?.name;
  expect([50, 101, 103, 250, 302, 310].map(at)).toEqual(["a", "a", "b", undefined, "c", undefined]);
  expect(fetchAt(row, { from: 0, to: 5 }, 0, 0)).toBeNull();
});

test("arrows lead along a lane and to the nearest of the next, and stay at the edge", () => {
  const rows = laid([sampleFetch("a", 0, 0, 1), sampleFetch("b", 0, 1, 1), sampleFetch("c", 1, 0, 0.4), sampleFetch("d", 1, 1.3, 0.9)]);
  const all = rows.flat();
  const from = (key: string, name: string): string | undefined => {
    const fetch = all.find((each) => each.name === name);
    return fetch && fetchTowards(key, rows, fetch)?.name;
  };
  expect([from("ArrowRight", "a"), from("ArrowLeft", "a"), from("ArrowDown", "b"), from("ArrowUp", "d"), from("ArrowUp", "a"), from("ArrowDown", "c")]).toEqual(["b", "a", "d", "b", "a", "c"]);
  expect([from("Home", "d"), from("End", "a"), from("x", "a")]).toEqual(["a", "d", undefined]);
});

test("zooming keeps the moment under the pointer, stays within the whole, and ends with all of it", () => {
  close(zoomed({ from: 0, to: 4 }, 4, 2, 1), 0.5, 2.5);
  close(zoomed({ from: 0, to: 4 }, 4, 2, 4), 2, 4);
  close(zoomed({ from: 1, to: 2 }, 4, 0.5, 1), 0.5 + 0.5, 3);
  expect(zoomed({ from: 0, to: 2 }, 4, 0.5, 1)).toBeNull();
  const nearest = zoomed({ from: 0, to: 4 }, 4, 1e9, 1);
  expect((nearest?.to ?? 0) - (nearest?.from ?? 0)).toBeCloseTo(0.02, 9);
});

test("panning stops at both ends, and goes no farther than a fetch needs to be seen", () => {
  close(panned({ from: 1, to: 2 }, 4, -3), 0, 1);
  close(panned({ from: 1, to: 2 }, 4, 9), 3, 4);
  const span = { from: 1, to: 2 };
  const seen = sampleFetch("a", 0, 1.2, 0.3);
  expect(showing(span, 4, seen)).toBe(span);
  const late = sampleFetch("b", 0, 3, 0.5);
  close(showing(span, 4, late), ended(late) + 0.05 - 1, ended(late) + 0.05);
  close(showing(span, 4, sampleFetch("c", 0, 0.5, 3)), 0.45, 1.45);
});
