import { expect, test } from "vitest";
import type { LogLine, LogSource } from "./bindings";
import { RecordedLogs } from "./recorded-logs";

test("the row that tells of a crate is the one that says it came, also where it was saved by that", () => {
  const logs = new RecordedLogs();
  const line = (source: LogSource, level: LogLine["level"], text: string): LogLine => ({ number: 1, at: "", source, level, text });
  logs.start("run-1");
  logs.sent({
    type: "lines",
    lines: [
      line("retry", "warning", "ring 0.17.14: breaks off; trying again in 0.1 s, try 2"),
      line("retry", "warning", "zerocopy 0.8.28: breaks off; trying again in 0.1 s, try 2"),
      line("download", "info", "Fetched ring 0.17.14 (contoso/upstream), 17408 bytes in 140 ms"),
      line("save", "info", "First fetched zerocopy 0.8.28 (contoso/upstream), 17408 bytes in 140 ms"),
      line("retry", "warning", "syn 2.0.1: breaks off; trying again in 0.1 s, try 2"),
      line("download", "info", "  Downloaded libc v0.2.177"),
    ],
  });
  const rowOf = (name: string, version: string): unknown => logs.answer("run_row_of", { id: "run-1", name, version }, null, () => []);
  expect([rowOf("ring", "0.17.14"), rowOf("zerocopy", "0.8.28"), rowOf("syn", "2.0.1"), rowOf("libc", "0.2.177")]).toEqual([2, 3, 4, 5]);
});
