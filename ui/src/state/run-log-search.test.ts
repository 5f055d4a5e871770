import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LogHit } from "../api/run";
import { RunLogSearch } from "./run-log-search.svelte";

const nothing: LogHit = { count: 0, hit: 0, row: null };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A log of which the engine answers the last question alone: what was asked before is told of no hits. */
function searchOf(rows: number[]) {
  let settle: (wanted: boolean) => void = () => undefined;
  const search = new RunLogSearch((_, hit) => {
    settle(false);
    return new Promise((tell) => (settle = (wanted) => tell(wanted ? { count: rows.length, hit, row: rows[hit] ?? null } : nothing)));
  });
  const answer = async (): Promise<void> => {
    settle(true);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { search, answer };
}

test("what one asks is not overtaken by a look at what grew", async () => {
  const { search, answer } = searchOf([3, 7]);
  const found = search.find("a");
  search.grew();
  await vi.advanceTimersByTimeAsync(700);
  await answer();
  expect([await found, search.count]).toEqual([3, 2]);
});

test("a look that was put off comes once one has the answer", async () => {
  const rows = [3, 7];
  const { search, answer } = searchOf(rows);
  void search.find("a");
  search.grew();
  await vi.advanceTimersByTimeAsync(700);
  await answer();
  rows.push(9);
  await vi.advanceTimersByTimeAsync(700);
  await answer();
  expect([search.count, search.row]).toEqual([3, 3]);
});

test("the answer to a look is dropped where one goes on meanwhile", async () => {
  const { search, answer } = searchOf([3, 7]);
  void search.find("a");
  await answer();
  search.grew();
  await vi.advanceTimersByTimeAsync(700);
  const next = search.step(1);
  expect([search.count, search.current]).toEqual([2, 1]);
  await answer();
  expect([await next, search.count, search.current]).toEqual([7, 2, 1]);
});

test("a refusal is kept until an answer comes or nothing is looked for, and is not taken for no hits", async () => {
  let refuses = true;
  const search = new RunLogSearch((_, hit) => (refuses ? Promise.reject(new Error("too long")) : Promise.resolve({ count: 1, hit, row: 4 })));
  expect(await search.find("long")).toBeNull();
  const first = search.failure;
  expect(first).toEqual(new Error("too long"));
  await search.find("longer");
  expect(search.failure).toBe(first);
  search.again();
  await search.find("");
  expect(search.failure).toBeNull();
  await search.find("long");
  refuses = false;
  expect([await search.find("a"), search.failure]).toEqual([4, null]);
});
