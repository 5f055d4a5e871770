import { expect, test } from "vitest";
import type { CrateFault, RunSummary } from "../../api/run";
import { sampleFetch, sampleRun, sampleSummary } from "../../test-samples";
import { exact } from "../../text/units";
import { reportOf } from "./run-report";

const startedAt = "2026-11-22T14:02:11Z";

/** The report of a run that ended so, block by block. */
function reported(summary: Partial<RunSummary>): string[][] {
  const run = sampleRun("/home/mira/src/relay", "local/main/upstream");
  run.hear({ type: "started", id: "run-1", verb: summary.verb ?? "fetch", command: "cargo fetch --locked", startedAt, toFetch: 4, alreadyHere: 1 });
  const ended = sampleSummary(summary);
  run.hear({ type: "ended", summary: ended });
  return reportOf(run, ended).split("\n\n").map((block) => block.split("\n"));
}
const last = (blocks: string[][]): string[] => blocks.at(-1) ?? [];

test("all of what came of a run, in lines", () => {
  const blocks = reported({
    seconds: 4.9, downloaded: 3, bytes: 27_500_000, alreadyHere: 1, saved: 2, retries: 1, cargoAloneSeconds: 31.4,
    feeds: [
      { title: "local/main/upstream", crates: 3, downloaded: 2, bytes: 27_100_000, cacheFolder: "/home/mira/.cargo/registry/cache/127.0.0.1-5f0a" },
      { title: "sparse+https://crates.tailspin.test/index/", crates: 1, downloaded: 1, bytes: 240_000, cacheFolder: "/home/mira/.cargo/registry/cache/x-1c3a" },
    ],
    phases: [{ phase: "index", seconds: 0.9 }, { phase: "download", seconds: 3.1 }],
    slowest: sampleFetch("ring", 0, 1, 1.9, { from: "local/main/upstream", bytes: 1_500_000 }),
    leftToCargo: ["2 packages come from git"],
  });
  expect(blocks[0]).toEqual([
    "Command: cargo fetch --locked", "Project: p", `Started: ${exact(startedAt)}`, "Took: 4.9 s", "Outcome: Restored in 4.9 s",
  ]);
  expect(blocks.slice(1)).toEqual([
    ["3 downloaded, 27.5 MB", "1 was already here", "2 saved in upstream for everybody", "4 match Cargo.lock", "1 retry"],
    ["Time by step", "Index: 900 ms", "Download: 3.1 s"],
    ["Where they came from", "Through | Crates | Downloaded | Size", "local/main/upstream | 3 | 2 | 27.1 MB", "crates.tailspin.test | 1 | 1 | 240 kB"],
    ["Slowest: ring 1.0.0, 1.9 s, 1.5 MB, from local/main/upstream"],
    ["1 thing was left to cargo", "2 packages come from git"],
    ["cargo alone would have needed 31 s at least"],
  ]);
});

test("what was cancelled says so, and only what is known of it", () => {
  const blocks = reported({ state: "cancelled", seconds: 1.1, cargoAloneSeconds: 31.4 });
  expect([blocks[0]?.at(-1), blocks.slice(1)]).toEqual(["Outcome: Cancelled after 1.1 s", [["4 downloaded, 9 B", "0 were already here"]]]);
});

test("no path of this computer and no token is in it", () => {
  const check = (why: string, said: string): void => expect(last(reported({ leftToCargo: [why] }))[1]).toBe(said);
  check("cargo's cache cannot be locked: /home/mira lindqvist/.cargo/.package-cache: denied", "cargo's cache cannot be locked: …: denied");
  check("`ring 0.17.14` is not unpacked: `C:\\Users\\Mira L\\.cargo\\ring` (os error 5)", "`ring 0.17.14` is not unpacked: `…` (os error 5)");
  check("`registry+file:///home/mira/index` is no sparse registry", "`…` is no sparse registry");
  check("~/.cargo/config.toml, line 7", "…, line 7");
  check("all of `sparse+https://mira:secret@crates.test/index/`: 401", "All of `sparse+https://crates.test/index/`: 401");
  check("`https://blobs.test/a/b.crate?sig=secret` does not answer", "`https://blobs.test/a/b.crate` does not answer");
  check("all of `local/main/upstream`: 3 / 4 refused", "All of `local/main/upstream`: 3 / 4 refused");
});

test("faults of crates are told, 50 at most", () => {
  const fault = (at: number): CrateFault => ({ name: `crate-${at}`, version: "1.0.0", kind: "fileChanged", file: "src/lib.rs", repaired: false });
  const faults = Array.from({ length: 51 }, (_, at) => fault(at));
  const lines = last(reported({ verb: "verify", state: "failed", verified: { crates: 60, absent: 0, files: 9, faults } }));
  expect([lines.length, ...lines.slice(0, 3), lines.at(-1)]).toEqual([
    53, "What is not as it should be", "Crate | What | File | Put right", "crate-0 1.0.0 | file was changed | src/lib.rs | no", "The first 50 of 51.",
  ]);
  const missing = { name: "tailspin-geo", version: "2.2.0", feed: "local/main/upstream", kind: "missing" as const, words: "nobody has it" };
  const blocks = reported({ verb: "seed", seeded: { locked: 4, already: 2, saved: 1, faults: [missing] } });
  expect(blocks[1]).toEqual(["4 locked, from feeds", "2 were saved before", "1 is saved now"]);
  expect(last(blocks)).toEqual(["What the feed does not give to everybody", "Crate | Feed | What", "tailspin-geo 2.2.0 | upstream | Nobody has it"]);
});
