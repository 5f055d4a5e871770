import { expect, test } from "vitest";
import type { LogLine } from "../api/run";
import { RunLog } from "./run-log.svelte";

const line = (number: number, text: string, level: LogLine["level"] = "info"): LogLine => ({
  number,
  at: "2026-11-22T14:02:11.800Z",
  source: "cargo",
  level,
  text,
});

test("filters by level and finds lines by row", () => {
  const log = new RunLog();
  log.append([line(1, "one"), line(2, "careful", "warning"), line(3, "broken", "error")]);
  expect([log.count("all"), log.count("warning"), log.count("error")]).toEqual([3, 1, 1]);
  log.show("error");
  expect(log.shown).toBe(1);
  expect(log.at(0)?.text).toBe("broken");
});

test("find keeps all lines, marks hits and goes round", () => {
  const log = new RunLog();
  log.append([line(1, "serde"), line(2, "tokio"), line(3, "Serde again")]);
  log.find("serde");
  expect([log.shown, log.hitCount, log.hitRow]).toEqual([3, 2, 0]);
  log.step(1);
  expect(log.hitRow).toBe(2);
  log.step(1);
  expect(log.hitRow).toBe(0);
  log.append([line(4, "serde_json")]);
  expect(log.hitCount).toBe(3);
});

test("hits are rows of what is shown, also while lines arrive", () => {
  const log = new RunLog();
  log.append([line(1, "a"), line(2, "a", "error")]);
  log.show("error");
  log.find("a");
  log.append([line(3, "a"), line(4, "a", "error"), line(5, "b", "error")]);
  expect(log.hitCount).toBe(2);
  log.step(1);
  expect(log.hitRow).toBe(1);
});

test("a hundred thousand lines in batches of 500", () => {
  const log = new RunLog();
  log.find("99999");
  for (let batch = 0; batch < 200; batch++)
    log.append(Array.from({ length: 500 }, (_, at) => line(batch * 500 + at, `line ${batch * 500 + at}`)));
  expect([log.shown, log.hitCount, log.at(99_999)?.text]).toEqual([100_000, 1, "line 99999"]);
});

test("the next error comes round", () => {
  const log = new RunLog();
  log.append([line(1, "a"), line(2, "b", "error"), line(3, "c"), line(4, "d", "error")]);
  expect([log.errorAfter(-1), log.errorAfter(1), log.errorAfter(3)]).toEqual([1, 3, 1]);
});

test("the row that names a crate is the one that says it is here, else the first", () => {
  const log = new RunLog();
  log.append([
    line(1, "ring v0.17.14: trying again", "warning"),
    line(2, "Fetched ring v0.17.1 (crates.io)"),
    line(3, "Fetched spring v0.17.14 (crates.io)"),
    { ...line(4, "Fetched ring v0.17.14 (crates.io)"), source: "download" },
    line(5, "Left to cargo: `x v1.0.0` is too large"),
  ]);
  expect([log.rowNaming("ring", "0.17.14"), log.rowNaming("x", "1.0.0"), log.rowNaming("y", "1.0.0")]).toEqual([3, 4, null]);
});
