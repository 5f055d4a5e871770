import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LogLine } from "../api/run";
import { held, RunLogRows, stretch } from "./run-log-rows.svelte";

const line = (row: number): LogLine => ({ number: row + 1, at: "", source: "cargo", level: "info", text: `line ${row}` });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A log of so many lines that answers when it is told to. */
function rowsOf(here: () => number, follows = false) {
  const asked: [number, number][] = [];
  const waiting: (() => void)[] = [];
  const rows = new RunLogRows(
    async (from, count) => {
      asked.push([from, count]);
      await new Promise<void>((go) => waiting.push(go));
      return Array.from({ length: Math.max(0, Math.min(count, here() - from)) }, (_, at) => line(from + at));
    },
    () => follows,
  );
  rows.watch();
  const answer = async (): Promise<void> => {
    while (waiting.length > 0) {
      waiting.splice(0).forEach((go) => go());
      await vi.advanceTimersByTimeAsync(100);
    }
  };
  return { rows, asked, answer };
}

test("a million lines: what is looked at is asked for, and what is far is let go of", async () => {
  const { rows, asked, answer } = rowsOf(() => 1_000_000);
  rows.grow(1_000_000);
  expect(rows.length).toBe(1_000_000);
  for (let at = 0; at < 1_000_000; at += 5000) {
    rows.want(at, at + 30);
    await answer();
    expect(rows.at(at)?.text).toBe(`line ${at}`);
  }
  expect(rows.held).toBeLessThanOrEqual(held * stretch);
  expect(asked.every(([, count]) => count <= stretch)).toBe(true);
  expect(rows.at(0)).toBeUndefined();
  rows.want(0, 30);
  await answer();
  expect(rows.at(0)?.text).toBe("line 0");
});

test("a stretch is asked for once at a time, and the rest of a short one when the log grew", async () => {
  let here = 50;
  const { rows, asked, answer } = rowsOf(() => here);
  rows.grow(50);
  rows.want(0, 30);
  rows.want(1, 31);
  expect(asked).toEqual([[0, stretch]]);
  await answer();
  rows.want(2, 32);
  expect(asked).toHaveLength(1);
  here = 80;
  rows.grow(80);
  await answer();
  expect(asked.slice(1)).toEqual([[50, stretch - 50]]);
  expect(rows.at(79)?.text).toBe("line 79");
});

test("a stretch that stays short is not asked for over and over", async () => {
  const { rows, asked, answer } = rowsOf(() => 10);
  rows.grow(30);
  rows.want(0, 30);
  await answer();
  rows.want(1, 30);
  await answer();
  expect(asked).toEqual([[0, stretch]]);
  expect([rows.at(9)?.text, rows.at(10)]).toEqual(["line 9", undefined]);
});

test("one who follows sees the list grow when its end is here", async () => {
  let here = 1000;
  const { rows, asked, answer } = rowsOf(() => here, true);
  rows.grow(1000);
  expect(rows.length).toBe(0);
  here = 1100;
  rows.grow(1100);
  await answer();
  expect([rows.length, rows.at(1099)?.text, rows.at(1080)?.text]).toEqual([1100, "line 1099", "line 1080"]);
  expect(asked.every(([from]) => from >= 800)).toBe(true);
});

test("a row that who follows has not been shown yet can be gone to at once", async () => {
  const { rows, answer } = rowsOf(() => 1100, true);
  rows.grow(1000);
  await answer();
  rows.grow(1100);
  expect(rows.length).toBe(1000);
  rows.reach(1050);
  expect(rows.length).toBe(1100);
  rows.reach(1104);
  expect(rows.length).toBe(1105);
  await answer();
  expect(rows.length).toBe(1105);
});

test("an answer to an earlier question is dropped", async () => {
  const { rows, answer } = rowsOf(() => 100);
  rows.grow(100);
  rows.want(0, 30);
  rows.begin(0);
  await answer();
  expect(rows.at(0)).toBeUndefined();
  expect(rows.length).toBe(0);
});

test("a refusal leaves the place empty, and is asked again when one looks again", async () => {
  let refuse = true;
  const rows = new RunLogRows(
    (from, count) => (refuse ? Promise.reject(new Error("no")) : Promise.resolve(Array.from({ length: Math.min(count, 20) }, (_, at) => line(from + at)))),
    () => false,
  );
  rows.watch();
  rows.grow(20);
  rows.want(0, 20);
  await vi.advanceTimersByTimeAsync(1);
  expect(rows.at(0)).toBeUndefined();
  const first = rows.failure;
  expect(first).toEqual(new Error("no"));
  rows.want(0, 20);
  await vi.advanceTimersByTimeAsync(1);
  expect(rows.failure).toBe(first);
  refuse = false;
  rows.want(0, 20);
  await vi.advanceTimersByTimeAsync(1);
  expect([rows.at(0)?.text, rows.failure]).toEqual(["line 0", null]);
});

test("nobody looks: nothing is asked, and nothing is held", async () => {
  const { rows, asked, answer } = rowsOf(() => 400);
  rows.watch()();
  rows.grow(400);
  rows.want(0, 30);
  await answer();
  expect([asked, rows.length, rows.held]).toEqual([[], 400, 0]);
});
