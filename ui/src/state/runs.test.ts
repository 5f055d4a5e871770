import { afterEach, expect, test, vi } from "vitest";
import { installRecorded, type RecordedAnswer } from "../api/recorded";
import type { Progress, RunEvent } from "../api/run";
import { sampleEntry, sampleFetch, sampleRun, sampleSummary } from "../test-samples";
import { Runs } from "./runs.svelte";
import { Workspace } from "./workspace.svelte";

const at = (progress: Partial<Progress>): RunEvent => ({
  type: "progress",
  progress: { phase: "download", crates: 0, cratesTotal: null, bytes: 0, remainingBytes: null, bytesPerSecond: null, secondsLeft: null, retries: 0, done: 0, doneTotal: null, ...progress },
});
const started: RunEvent = { type: "started", id: "run-1", verb: "fetch", command: "cargo fetch", startedAt: "2026-11-22T14:02:11Z", toFetch: 4, alreadyHere: 0 };
const ended: RunEvent = { type: "ended", summary: sampleSummary() };
const request = { folder: "/p", locked: false, offline: false };

afterEach(() => void vi.useRealTimers());

test("percent comes from bytes, else from crates, else is unknown", () => {
  const one = sampleRun();
  expect(one.percent).toBeNull();
  one.hear(at({ crates: 1, cratesTotal: 4 }));
  expect(one.percent).toBe(25);
  one.hear(at({ crates: 1, cratesTotal: 4, bytes: 30, remainingBytes: 10 }));
  expect(one.percent).toBe(75);
  one.hear(at({ phase: "finish" }));
  expect(one.percent).toBe(100);
  one.hear(at({ phase: "compile", crates: 4, cratesTotal: 4, done: 12 }));
  expect(one.percent).toBeNull();
  one.hear(at({ phase: "compile", crates: 4, cratesTotal: 4, done: 12, doneTotal: 48 }));
  expect(one.percent).toBe(25);
});

test("how long a run still takes is told once it goes on for three seconds", () => {
  vi.useFakeTimers({ now: Date.parse("2026-11-22T14:02:13Z") });
  const one = sampleRun();
  one.hear(started);
  one.hear(at({ secondsLeft: 4.2 }));
  expect(one.left).toBeNull();
  vi.setSystemTime("2026-11-22T14:02:14Z");
  one.hear(at({ secondsLeft: 4.2 }));
  expect(one.left?.seconds).toBe(4);
});

test("a cancelling run still runs, until it ends", () => {
  const one = sampleRun();
  one.hear(started);
  one.state = "cancelling";
  expect([one.live, one.outcome]).toEqual([true, "running"]);
  one.hear(ended);
  expect([one.live, one.outcome]).toEqual([false, "done"]);
});

test("a run keeps its fetches, by what stands for crates.io in its project", () => {
  const one = sampleRun("/p", "local/main/upstream");
  const fetches = ["local/main/upstream", "local/main/internal"].map((from, lane) => sampleFetch(`crate-${lane}`, lane, 0, 1 + lane, { from, saves: lane === 0 }));
  one.hear({ type: "fetched", fetches: [sampleFetch("serde", 0, 1, 0.1, { version: null }), ...fetches] });
  const kept = one.fetches;
  expect([kept.all, kept.counts.index, kept.counts.crates, kept.counts.ours, kept.saves, kept.rows.length]).toEqual([3, 1, 1, 1, 1, 2]);
  expect([kept.first, kept.last, kept.slowest?.name, kept.of("crate-0", "1.0.0")?.lane, kept.of("serde", "1.0.0")]).toEqual([0, 2, "crate-1", 0, null]);
  expect(kept.listed(2).map(({ name }) => name)).toEqual(["crate-1", "crate-0"]);
});

function runsWith(answer: RecordedAnswer): { runs: Runs; heard: string[] } {
  installRecorded([{ command: "run_start", answers: [answer] }]);
  const heard: string[] = [];
  return { runs: new Runs((_, event) => heard.push(event.type)), heard };
}

test("events reach the run whose channel they came on", async () => {
  const { runs, heard } = runsWith({ ok: "run-1", events: [started, ended] });
  const one = await runs.start(request, "p", null);
  await expect.poll(() => one.state).toBe("done");
  expect(heard).toEqual(["started", "ended"]);
});

test("one restore at a time in a folder", async () => {
  const { runs } = runsWith({ ok: "run-1", events: [started] });
  const one = await runs.start(request, "p", null);
  expect(await runs.start(request, "p", null)).toBe(one);
  expect(runs.list).toHaveLength(1);
});

test("a run that is cancelled while it starts is cancelled once it has an id", async () => {
  const stage = installRecorded([answers("run_start", { pending: true }), answers("run_cancel", { ok: null })]);
  const cancelled = (): unknown[] => stage.asked.filter(({ command }) => command === "run_cancel").map(({ args }) => args["id"]);
  const runs = new Runs(() => undefined);
  const starting = runs.start(request, "p", null);
  const one = runs.list[0];
  if (!one) throw new Error("a run starts");
  expect(one.canCancel).toBe(true);
  const cancelling = runs.cancel(one);
  expect([one.state, one.canCancel, cancelled()]).toEqual(["cancelling", false, []]);
  stage.settle("run_start", { ok: "run-1" });
  await Promise.all([starting, cancelling]);
  expect([one.state, cancelled()]).toEqual(["cancelling", ["run-1"]]);
});

test("a refusal to start is a failed run with its reason", async () => {
  const { runs } = runsWith({ error: { code: "cargoMissing", message: "cargo was not found", hints: [], causes: [] } });
  const one = await runs.start(request, "p", null);
  expect([one.state, one.refused?.code]).toEqual(["failed", "cargoMissing"]);
});

const answers = (command: string, ...all: RecordedAnswer[]): { command: string; answers: RecordedAnswer[] } => ({ command, answers: all });
const entries = [
  sampleEntry("b", "2026-11-22T11:00:00Z", { state: null, summary: null, request: { folder: "/p", verb: "build", release: true, locked: false, offline: false } }),
  sampleEntry("a", "2026-11-21T11:00:00Z", { log: { lines: 3, warnings: 1, errors: 0, longest: 9 } }),
];

test("runs that are kept are listed beside those of this window, each once", async () => {
  installRecorded([
    answers("run_list", { ok: [sampleEntry("run-1", "2026-11-22T14:02:11Z", { state: null, summary: null }), ...entries] }),
    answers("run_start", { ok: "run-1", events: [started] }),
  ]);
  const runs = new Runs(() => undefined);
  const [one] = await Promise.all([runs.start(request, "p", null), runs.load()]);
  await expect.poll(() => runs.list.map(({ id }) => id)).toEqual(["run-1", "b", "a"]);
  await runs.load();
  expect(runs.list.map(({ id }) => id)).toEqual(["run-1", "b", "a"]);
  expect(runs.list[0]).toBe(one);
  expect([runs.liveCount, runs.live("/p") === one]).toEqual([1, true]);
  const [, elsewhere, kept] = runs.list;
  expect([elsewhere?.isElsewhere, elsewhere?.live, elsewhere?.outcome, elsewhere?.verb, elsewhere?.release]).toEqual([true, false, "running", "build", true]);
  expect([kept?.isElsewhere, kept?.outcome, kept?.log.count("warning")]).toEqual([false, "done", 1]);
});

test("a run that is kept is read once, and one that goes on elsewhere until it ended", async () => {
  const [elsewhere = sampleEntry("", ""), kept = sampleEntry("", "")] = entries;
  const fetches = [sampleFetch("a", 0, 0, 1), sampleFetch("b", 1, 0, 1)];
  const stage = installRecorded([
    answers("run_list", { ok: entries }),
    answers("run_show", { args: { id: "a" }, ok: { entry: kept, fetches, diagnostics: [] } }, { args: { id: "b" }, ok: { entry: elsewhere, fetches: fetches.slice(1), diagnostics: [] } }),
  ]);
  const runs = new Runs(() => undefined);
  await runs.load();
  const [two, one] = runs.list;
  if (!one || !two) throw new Error("two runs are kept");
  await runs.read(one);
  await runs.read(one);
  expect([one.fetches.all, one.isRead, stage.asked.filter(({ command }) => command === "run_show").length]).toEqual([2, true, 1]);
  await runs.read(two);
  const problem = { level: "error" as const, code: null, message: "m", package: "p", file: null, line: null, column: null, row: 0 };
  stage.record(answers("run_show", { ok: { entry: { ...elsewhere, state: "failed", summary: sampleSummary({ state: "failed" }) }, fetches: [...fetches.slice(1), ...fetches.slice(0, 1)], diagnostics: [problem] } }));
  await runs.read(two);
  expect([two.fetches.all, two.outcome, two.problems.errors]).toEqual([2, "failed", 1]);
});

test("what is kept and cannot be read says so", async () => {
  installRecorded([answers("run_list", { ok: entries }), answers("run_show", { error: { code: "internal", message: "gone", hints: [], causes: [] } })]);
  const runs = new Runs(() => undefined);
  await runs.load();
  const one = runs.list[1];
  if (!one) throw new Error("two runs are kept");
  await runs.read(one);
  expect([one.unread?.message, one.isRead]).toEqual(["gone", false]);
});

test("a crate with several faults is one that is not as it should be", () => {
  const one = sampleRun();
  const fault = { name: "ring", version: "1.0.0", kind: "fileChanged" as const, file: "a", repaired: false };
  const verified = { crates: 3, absent: 0, files: 9, faults: [fault, { ...fault, file: "b" }, { ...fault, name: "serde", repaired: true }] };
  one.hear({ type: "ended", summary: sampleSummary({ verb: "verify", verified }) });
  expect(one.unsound).toBe(1);
});

test("a run started again asks for all that was asked of it", async () => {
  const whole = { folder: "/p", verb: "check" as const, release: true, locked: true, offline: true, noPrefetch: true };
  const stage = installRecorded([
    answers("run_list", { ok: [sampleEntry("a", "2026-11-21T11:00:00Z", { request: whole })] }),
    answers("run_start", { ok: "run-1", events: [] }),
  ]);
  const space = new Workspace();
  await space.runs.load();
  for (const times of [1, 2]) {
    const run = space.runs.list[0];
    if (!run) throw new Error("a run is kept");
    run.state = "done";
    await space.run(run.folder, run.asked);
    expect([space.runs.list.length, stage.asked.at(-1)?.args["request"]]).toEqual([1 + times, whole]);
  }
});
