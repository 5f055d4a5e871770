import { expect, test } from "vitest";
import type { LogLine } from "../api/run";
import { crateOf, hasText, shownLine } from "./shown-line";

const line = (source: LogLine["source"], text: string): LogLine => ({ number: 1, at: "", source, level: "info", text });

test("lines as they are drawn", () => {
  const check = (source: LogLine["source"], text: string, shown: string, registry: string | null = null): void =>
    expect(shownLine(line(source, text))).toEqual({ text: shown, registry });
  check("download", "  Downloaded serde v1.0.229 (registry `upstream`)", "serde 1.0.229", "upstream");
  check("download", "  Downloaded serde v1.0.229", "serde 1.0.229");
  check("download", "Fetched serde v1.0.229 (local/main/upstream)", "serde 1.0.229", "upstream");
  check("download", "Fetched serde v1.0.229 (crates.io)", "serde 1.0.229", "crates.io");
  check("download", "Fetched serde v1.0.229 (sparse+https://feeds.test/x/index/)", "serde 1.0.229", "feeds.test");
  check("download", "  Downloaded 118 crates (11.3MiB) in 0.85s", "Downloaded 118 crates (11.3MiB) in 0.85s");
  check("index", "    Updating `upstream` index", "Updating `upstream` index");
  check("cargo", "  Downloaded serde v1.0.229", "Downloaded serde v1.0.229");
  check("granary", "  as it is", "  as it is");
});

test("both what was said and what is drawn can be found", () => {
  const one = line("download", "  Downloaded serde v1.0.229 (registry `upstream`)");
  expect(["serde 1.0", "serde v1.0", "downloaded", "upstream", "tokio"].map((text) => hasText(one, text))).toEqual([true, true, true, true, false]);
});

test("the crate a line is about", () => {
  const check = (text: string, crate: string | null): void => {
    const found = crateOf(line("granary", text));
    expect(found && `${found.name} ${found.version}`).toBe(crate);
  };
  check("Fetched serde_json v1.0.229 (local/main/upstream)", "serde_json 1.0.229");
  check("ring v0.17.14: connection closed after 1.1 MB, trying again (2 of 3)", "ring 0.17.14");
  check("error: failed to get `tokio` as a dependency of package `relay v0.4.0`", "relay 0.4.0");
  check("Fetched wasi v0.11.0+wasi-snapshot-preview1 (crates.io).", "wasi 0.11.0+wasi-snapshot-preview1");
  check("a v2.0.0-rc.1.", "a 2.0.0-rc.1");
  check("    Updating `upstream` index", null);
});
