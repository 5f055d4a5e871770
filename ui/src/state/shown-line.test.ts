import { expect, test } from "vitest";
import type { LogLine } from "../api/run";
import { crateOf, shownLine } from "./shown-line";

const line = (source: LogLine["source"], text: string): LogLine => ({ number: 1, at: "", source, level: "info", text });
const E = "\u001b";

test("lines as they are drawn", () => {
  const check = (source: LogLine["source"], text: string, shown: string, registry: string | null = null): void => {
    const drawn = shownLine(line(source, text));
    expect([drawn.pieces.map((piece) => piece.text).join(""), drawn.registry]).toEqual([shown, registry]);
  };
  check("download", "  Downloaded serde v1.0.229 (registry `upstream`)", "serde v1.0.229", "upstream");
  check("download", "  Downloaded serde v1.0.229", "serde v1.0.229");
  check("download", "Fetched serde 1.0.229 (local/main/upstream)", "serde 1.0.229", "upstream");
  check("download", "Fetched serde 1.0.229 (crates.io)", "serde 1.0.229", "crates.io");
  check("download", "Fetched serde 1.0.229 (sparse+https://feeds.test/x/index/)", "serde 1.0.229", "feeds.test");
  check("download", `${E}[1m${E}[92m  Downloaded${E}[0m serde v1.0.229`, "serde v1.0.229");
  check("download", "  Downloaded 118 crates (11.3MiB) in 0.85s", "Downloaded 118 crates (11.3MiB) in 0.85s");
  check("download", "Fetched serde v1.0.229 (crates.io), 20480 bytes in 41 ms", "serde v1.0.229", "crates.io");
  check("download", "Fetched serde 1.0.229-rc.1+x, 20480 bytes in 41 ms", "serde 1.0.229-rc.1+x");
  check("save", "First fetched http-body-util 0.1.3 (contoso/upstream), 17408 bytes in 140 ms", "http-body-util 0.1.3, first use in upstream");
  check("retry", "ring 0.17.14: breaks off after 1153434 bytes; trying again in 0.1 s, try 2", "ring 0.17.14: breaks off after 1153434 bytes; trying again in 0.1 s, try 2");
  check("plan", "12 index files and 156 crates to fetch, 0 to unpack", "12 index files and 156 crates to fetch, 0 to unpack");
  check("verify", "First fetched serde 1.0.229 (local/main/upstream)", "First fetched serde 1.0.229 (local/main/upstream)");
  check("index", "    Updating `upstream` index", "Updating `upstream` index");
  check("cargo", "  Downloaded serde v1.0.229", "Downloaded serde v1.0.229");
  check("cargo", `${E}[1m${E}[92m   Compiling${E}[0m relay v0.4.0`, "Compiling relay v0.4.0");
  check("granary", "  as it is", "  as it is");
});

test("how much came, and in which time", () => {
  const check = (text: string, bytes: number | null, seconds: number | null): void =>
    expect(shownLine(line("download", text))).toMatchObject({ pieces: [{ text: "ring 0.17.14" }], bytes, seconds });
  expect(shownLine(line("save", "First fetched ring 0.17.14 (contoso/upstream), 17408 bytes in 140 ms"))).toMatchObject({ bytes: 17_408, seconds: 0.14 });
  check("Fetched ring 0.17.14 (local/main/upstream), 1500000 bytes in 301 ms", 1_500_000, 0.301);
  check("Fetched ring 0.17.14 (local/main/upstream)", null, null);
});

test("what the compiler shows of the code keeps its place", () => {
  const check = (source: LogLine["source"], text: string): void => expect(shownLine(line(source, text)).pieces.map((piece) => piece.text).join("")).toBe(text);
  check("compiler", "  --> src/main.rs:12:5");
  check("compiler", "   |     ^^^^^^^ expected `u16`");
  check("compiler", "     Sixteen columns");
  check("cargo", "  connection refused");
});

test("the crate a line is about", () => {
  const check = (text: string, crate: string | null): void => {
    const found = crateOf(line("granary", text));
    expect(found && `${found.name} ${found.version}`).toBe(crate);
  };
  check("Fetched serde_json 1.0.229 (local/main/upstream)", "serde_json 1.0.229");
  check("Fetched ring 0.17.14 (local/main/upstream), 1500000 bytes in 301 ms", "ring 0.17.14");
  check("First fetched http-body-util 0.1.3 (contoso/upstream), 17408 bytes in 140 ms", "http-body-util 0.1.3");
  check("ring 0.17.14: breaks off after 1153434 bytes; trying again in 0.1 s, try 2", "ring 0.17.14");
  check("  Downloaded ring v0.17.14 (registry `upstream`)", "ring 0.17.14");
  check("error: failed to get `tokio` as a dependency of package `relay v0.4.0`", "relay 0.4.0");
  check("Fetched wasi v0.11.0+wasi-snapshot-preview1 (crates.io).", "wasi 0.11.0+wasi-snapshot-preview1");
  check("a v2.0.0-rc.1.", "a 2.0.0-rc.1");
  check("    Updating `upstream` index", null);
});
