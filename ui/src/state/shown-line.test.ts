import { expect, test } from "vitest";
import type { LogLine } from "../api/run";
import { hasText, shownLine } from "./shown-line";

const line = (source: LogLine["source"], text: string): LogLine => ({ number: 1, at: "", source, level: "info", text });

test("lines as they are drawn", () => {
  const check = (source: LogLine["source"], text: string, shown: string, registry: string | null = null): void =>
    expect(shownLine(line(source, text))).toEqual({ text: shown, registry });
  check("download", "  Downloaded serde v1.0.229 (registry `upstream`)", "serde 1.0.229", "upstream");
  check("download", "  Downloaded serde v1.0.229", "serde 1.0.229");
  check("download", "  Downloaded 118 crates (11.3MiB) in 0.85s", "Downloaded 118 crates (11.3MiB) in 0.85s");
  check("index", "    Updating `upstream` index", "Updating `upstream` index");
  check("cargo", "  Downloaded serde v1.0.229", "Downloaded serde v1.0.229");
  check("granary", "  as it is", "  as it is");
});

test("both what was said and what is drawn can be found", () => {
  const one = line("download", "  Downloaded serde v1.0.229 (registry `upstream`)");
  expect(["serde 1.0", "serde v1.0", "downloaded", "upstream", "tokio"].map((text) => hasText(one, text))).toEqual([true, true, true, true, false]);
});
