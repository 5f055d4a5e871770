import { withConnection, type Scene } from "./stage";

export const started = { type: "started", id: "run-1", command: "cargo fetch", startedAt: "2026-11-22T14:02:11Z", toFetch: 130, alreadyHere: 4 };
const noise = (level: "info" | "warning" | "error", number: number, text: string) => ({ number, at: `2026-11-22T14:02:1${number % 10}.300Z`, source: "download", level, text });
export const lines = { type: "lines", lines: [noise("info", 1, "indexmap v2.12.0"), noise("warning", 2, "ring v0.17.14: connection closed after 1.1 MB, trying again (2 of 3)"), noise("info", 3, "windows-targets v0.53.5")] };
export const progress = { type: "progress", progress: { phase: "download", crates: 96, cratesTotal: 130, bytes: 20_400_000, remainingBytes: 7_100_000, bytesPerSecond: 9_400_000, secondsLeft: 1.2 } };
const failure = {
  code: "unreachable",
  message: "cargo could not take `tokio` from `upstream`",
  hints: ["Start Granary, or run `granary serve`, so that the feeds on this computer answer."],
  causes: ["failed to get `tokio` as a dependency of package `relay v0.4.0`", "connection refused"],
};
export const summary = (state: string, extra: object = {}) => ({ type: "ended", summary: { state, seconds: 1.1, downloaded: 12, bytes: 2_400_000, alreadyHere: 4, locked: 134, feeds: [], failure: null, ...extra } });
export const failed = [started, lines, { type: "lines", lines: [noise("error", 4, "error: failed to get `tokio` as a dependency of package `relay v0.4.0`"), noise("error", 5, "  connection refused")] }, summary("failed", { failure })];

/** What a run tells, on a connected project. */
export const runAnswers = (...events: unknown[]): Scene => ({ asked: withConnection, instead: [{ command: "run_start", answers: [{ ok: "run-1", events }] }] });
