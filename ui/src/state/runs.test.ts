import { expect, test } from "vitest";
import { installRecorded, type RecordedAnswer } from "../api/recorded";
import type { Progress, RunEvent } from "../api/run";
import { sampleFetch } from "../test-samples";
import { Run, Runs } from "./runs.svelte";

const at = (progress: Partial<Progress>): RunEvent => ({
  type: "progress",
  progress: { phase: "download", crates: 0, cratesTotal: null, bytes: 0, remainingBytes: null, bytesPerSecond: null, secondsLeft: null, retries: 0, ...progress },
});
const started: RunEvent = { type: "started", id: "run-1", command: "cargo fetch", startedAt: "2026-11-22T14:02:11Z", toFetch: 4, alreadyHere: 0 };
const ended: RunEvent = {
  type: "ended",
  summary: { state: "done", seconds: 1, downloaded: 4, bytes: 9, alreadyHere: 0, locked: 4, feeds: [], phases: [], slowest: null, saved: 0, retries: 0, leftToCargo: [], cargoAloneSeconds: null, failure: null },
};
const run = (): Run => new Run("run-1", "/p", "p", "");

test("percent comes from bytes, else from crates, else is unknown", () => {
  const one = run();
  expect(one.percent).toBeNull();
  one.hear(at({ crates: 1, cratesTotal: 4 }));
  expect(one.percent).toBe(25);
  one.hear(at({ crates: 1, cratesTotal: 4, bytes: 30, remainingBytes: 10 }));
  expect(one.percent).toBe(75);
  one.hear(at({ phase: "finish" }));
  expect(one.percent).toBe(100);
});

test("a cancelling run still runs, until it ends", () => {
  const one = run();
  one.hear(started);
  one.state = "cancelling";
  expect([one.live, one.outcome]).toEqual([true, "running"]);
  one.hear(ended);
  expect([one.live, one.outcome]).toEqual([false, "done"]);
});

test("a run keeps its fetches, by what stands for crates.io in its project", () => {
  const one = new Run("run-1", "/p", "p", "", "local/main/upstream");
  const fetches = ["local/main/upstream", "local/main/internal"].map((from, lane) => sampleFetch(`crate-${lane}`, lane, 0, 1 + lane, { from, saves: lane === 0 }));
  one.hear({ type: "fetched", fetches: [sampleFetch("serde", 0, 1, 0.1, { version: null }), ...fetches] });
  const kept = one.fetches;
  expect([kept.all, kept.count("index"), kept.count("crates"), kept.count("ours"), kept.saves, kept.rows.length]).toEqual([3, 1, 1, 1, 1, 2]);
  expect([kept.first, kept.last, kept.slowest?.name, kept.of("crate-0", "1.0.0")?.lane, kept.of("serde", "1.0.0")]).toEqual([0, 2, "crate-1", 0, null]);
  expect(kept.bySeconds(2).map(({ name }) => name)).toEqual(["crate-1", "crate-0"]);
});

function runsWith(answer: RecordedAnswer): { runs: Runs; heard: string[] } {
  installRecorded([{ command: "run_start", answers: [answer] }]);
  const heard: string[] = [];
  return { runs: new Runs((_, event) => heard.push(event.type)), heard };
}

test("events reach the run whose channel they came on", async () => {
  const { runs, heard } = runsWith({ ok: "run-1", events: [started, ended] });
  const one = await runs.restore("/p", "p");
  await expect.poll(() => one.state).toBe("done");
  expect(heard).toEqual(["started", "ended"]);
});

test("one restore at a time in a folder", async () => {
  const { runs } = runsWith({ ok: "run-1", events: [started] });
  const one = await runs.restore("/p", "p");
  expect(await runs.restore("/p", "p")).toBe(one);
  expect(runs.list).toHaveLength(1);
});

test("a refusal to start is a failed run with its reason", async () => {
  const { runs } = runsWith({ error: { code: "cargoMissing", message: "cargo was not found", hints: [], causes: [] } });
  const one = await runs.restore("/p", "p");
  expect([one.state, one.refused?.code]).toEqual(["failed", "cargoMissing"]);
});
