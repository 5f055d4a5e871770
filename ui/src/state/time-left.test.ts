import { expect, test } from "vitest";
import { timeLeft, type TimeLeft } from "./time-left";

/** What is shown of each estimate, by how old the run is when it comes. */
function shownOf(estimates: [age: number, seconds: number | null][]): (number | null)[] {
  let shown: TimeLeft | null = null;
  return estimates.map(([age, seconds]) => (shown = timeLeft(shown, seconds, age))?.seconds ?? null);
}

test("nothing is told before the run is three seconds old, nor while it is not known", () => {
  expect(shownOf([[1, 8], [2.9, 7], [3, 6.4], [5, null], [7, 90]])).toEqual([null, null, 6, null, 90]);
});

test("it is told in whole seconds, once a second, and never as none", () => {
  expect(shownOf([[3, 8.6], [3.4, 8.1], [4, 7.4], [4.9, 2], [5, 0.2]])).toEqual([9, 9, 7, 7, 1]);
});

test("it falls as it likes, and never rises by more than half", () => {
  expect(shownOf([[3, 40], [4, 10], [5, 600], [6, 600], [7, 12]])).toEqual([40, 10, 15, 22, 12]);
  expect(shownOf([[3, 1], [4, 50], [5, 50], [6, 50], [7, 50]])).toEqual([1, 2, 3, 4, 6]);
});
