import { expect, test } from "vitest";
import { installRecorded, type Stage } from "../api/recorded";
import { RecordedLogs } from "../api/recorded-logs";
import type { LogLine } from "../api/run";
import { RunLog } from "./run-log.svelte";

const line = (number: number, text: string, level: LogLine["level"] = "info"): LogLine => ({
  number,
  at: "2026-11-22T14:02:11.800Z",
  source: "cargo",
  level,
  text,
});

/** A log that is kept whole, as one looks at it. */
function logOf(...lines: LogLine[]): { log: RunLog; stage: Stage } {
  const stage = installRecorded([{ command: "run_lines", answers: [{ ok: lines }] }]);
  const log = new RunLog();
  log.id = "run-1";
  const logs = new RecordedLogs();
  logs.start("run-1");
  const told = logs.sent({ type: "lines", lines });
  log.rows.watch();
  if (told.type === "logged") log.hear(told.log);
  log.rows.want(0, 30);
  return { log, stage };
}
const asked = (stage: Stage, command: string): number => stage.asked.filter((each) => each.command === command).length;

test("filters by level and finds lines by row", async () => {
  const { log } = logOf(line(1, "one"), line(2, "careful", "warning"), line(3, "broken", "error"));
  expect([log.count("all"), log.count("warning"), log.count("error"), log.longest]).toEqual([3, 1, 1, 7]);
  await expect.poll(() => log.at(2)?.text).toBe("broken");
  log.show("error");
  expect(log.shown).toBe(1);
  await expect.poll(() => log.at(0)?.text).toBe("broken");
});

test("find keeps all lines, counts hits and goes round", async () => {
  const { log } = logOf(line(1, "serde"), line(2, "tokio"), line(3, "Serde again"));
  const { search } = log;
  expect(await search.find("serde")).toBe(0);
  expect([search.count, search.current]).toEqual([2, 0]);
  expect(await search.step(1)).toBe(2);
  expect(await search.step(1)).toBe(0);
  expect(await search.step(-1)).toBe(2);
  expect([search.current, search.row]).toEqual([1, 2]);
  expect(await search.find("")).toBeNull();
  expect([search.count, search.row]).toEqual([0, null]);
});

test("each key asks, and answers to earlier ones are dropped", async () => {
  const { log, stage } = logOf(line(1, "serde"), line(2, "tokio"));
  const { search } = log;
  const [first, second] = await Promise.all([search.find("serde"), search.find("tokio")]);
  expect([first, second, search.row, asked(stage, "run_find")]).toEqual([null, 1, 1, 2]);
});

test("hits are rows of what is shown", async () => {
  const { log } = logOf(line(1, "a"), line(2, "a", "error"), line(3, "b", "error"), line(4, "a", "error"));
  await log.search.find("a");
  expect(log.search.count).toBe(3);
  log.show("error");
  await expect.poll(() => log.search.count).toBe(2);
  expect(await log.search.step(1)).toBe(2);
});

test("a log that grows is looked through again now and then", async () => {
  const { log, stage } = logOf(line(1, "a"));
  await log.search.find("a");
  const grown = { lines: 9, warnings: 0, errors: 0, longest: 1 };
  for (let time = 0; time < 20; time++) log.hear(grown);
  expect(asked(stage, "run_find")).toBe(1);
  await expect.poll(() => asked(stage, "run_find")).toBe(2);
});

test("the next error comes round, also among errors alone", async () => {
  const { log } = logOf(line(1, "a"), line(2, "b", "error"), line(3, "c"), line(4, "d", "error"));
  expect([await log.errorAfter(null), await log.errorAfter(1), await log.errorAfter(3)]).toEqual([1, 3, 1]);
  log.show("error");
  expect([await log.errorAfter(null), await log.errorAfter(0), await log.errorAfter(1)]).toEqual([0, 1, 0]);
});

test("the row that names a crate is the one that says it is here, else the first", async () => {
  const { log } = logOf(
    line(1, "ring 0.17.14: trying again", "warning"),
    line(2, "Fetched ring 0.17.1 (crates.io)"),
    line(3, "Fetched spring 0.17.14 (crates.io)"),
    { ...line(4, "Fetched ring 0.17.14 (crates.io)"), source: "download" },
    line(5, "Left to cargo: `x v1.0.0` is too large"),
  );
  expect([await log.rowNaming("ring", "0.17.14"), await log.rowNaming("x", "1.0.0"), await log.rowNaming("y", "1.0.0")]).toEqual([3, 4, null]);
});

test("all that is shown is copied in pages, unless it is too much", async () => {
  const lines = Array.from({ length: 1200 }, (_, at) => line(at + 1, `line ${at}`));
  const { log, stage } = logOf(...lines);
  await expect.poll(() => log.at(0)?.text).toBe("line 0");
  const before = asked(stage, "run_lines");
  const text = await log.text(({ text }) => text);
  expect([text?.length, text?.[1199], asked(stage, "run_lines") - before]).toEqual([1200, "line 1199", 3]);
  log.hear({ lines: 20_001, warnings: 0, errors: 0, longest: 9 });
  expect(await log.text(({ text }) => text)).toBeNull();
});
