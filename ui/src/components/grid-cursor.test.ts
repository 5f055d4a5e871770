import { expect, test } from "vitest";
import { GridCursor } from "./grid-cursor.svelte";

const cursorOn = (names: string[], find?: (key: string) => number) => {
  const rows = { names };
  return { rows, cursor: new GridCursor<string>({ rows: () => rows.names, keyOf: (name) => name, find }) };
};

test("one stays on the same row where others come above it", () => {
  const { rows, cursor } = cursorOn(["a", "b", "c"]);
  cursor.go(1);
  rows.names = ["new", "a", "b", "c"];
  cursor.go(cursor.current);
  expect(cursor.key).toBe("b");
});

test("after removal one is on the next row, or the last", () => {
  const { rows, cursor } = cursorOn(["a", "b", "c"]);
  cursor.go(2);
  rows.names = ["a", "b"];
  expect(cursor.current).toBe(1);
});

test("a row that is not here is none, and keys go on from its place", () => {
  const { cursor } = cursorOn(["a", "b", "c"], () => -1);
  cursor.stand("elsewhere");
  expect([cursor.current, cursor.item]).toEqual([-1, undefined]);
});

test("a stretch is chosen from where Shift was first held", () => {
  const { cursor } = cursorOn(["a", "b", "c", "d"]);
  cursor.go(1);
  expect(cursor.span(2)).toEqual(["b", "c"]);
  cursor.go(2);
  expect(cursor.span(0)).toEqual(["a", "b"]);
});
