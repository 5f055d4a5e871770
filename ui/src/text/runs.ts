import type { Phase, PhaseTime } from "../api/run";
import { bytes, count, plural, seconds } from "./units";

export const runs = {
  title: "Runs",
  list: "Runs, newest first",
  thisSession: "Since Granary started",
  verb: "restore",
  emptyTitle: "No runs yet",
  emptyProject: (locked: number | null): string =>
    locked === null
      ? "Restore writes Cargo.lock and fetches every crate of this project."
      : `Restore fetches all ${plural(locked, "crate", "crates")} of this project.`,
  emptyAll: "Open a project and restore it: what was fetched, and from where, is listed here.",
  phases: { plan: "Plan", index: "Index", download: "Download", unpack: "Unpack", finish: "Hand over to cargo" } satisfies Record<Phase, string>,
  phaseList: "Steps of this restore",
  phaseState: { done: "done", now: "now", later: "to come" },
  states: {
    starting: "Starting",
    plan: "Reading what is needed",
    index: "Asking for the index",
    download: "Downloading crates",
    unpack: "Unpacking crates",
    finish: "Handing over to cargo",
    cancelling: "Cancelling",
  },
  done: (s: number): string => `Restored in ${seconds(s)}`,
  failed: (s: number): string => `Failed after ${seconds(s)}`,
  cancelled: (s: number): string => `Cancelled after ${seconds(s)}`,
  outcomes: { running: "running", done: "done", failed: "failed", cancelled: "cancelled" },
  couldNotStart: "The restore did not start",
  started: (command: string, at: string): string => `${command}, started ${at}`,
  at: (command: string, at: string): string => `${command}, ${at}`,
  ofCrates: (total: number): string => `of ${plural(total, "crate", "crates")}`,
  cratesSoFar: (n: number): string => (n === 1 ? "crate so far" : "crates so far"),
  ofBytes: (total: number): string => `of ${bytes(total)}`,
  rate: (n: number): string => `${bytes(n)}/s`,
  left: (s: number): string => (s < 1.5 ? "about 1 s left" : `about ${roundSeconds(s)} left`),
  progress: "Progress of the restore",
  cancel: "Cancel",
  cancelling: "Cancelling",
  downloaded: (n: number, size: number): [string, string] => [count(n), `downloaded, ${bytes(size)}`],
  alreadyHere: (n: number): [string, string] => [count(n), n === 1 ? "was already here" : "were already here"],
  savedForAll: (n: number, feed: string | null): [string, string] => [count(n), `saved in ${feed ?? "the feed"} for everybody`],
  match: (n: number): [string, string] => [count(n), n === 1 ? "matches Cargo.lock" : "match Cargo.lock"],
  retries: (n: number): string => plural(n, "retry", "retries"),
  askedAgain: (n: number): [string, string] => [count(n), n === 1 ? "retry" : "retries"],
  phaseTimes: "Time by step",
  phaseTime: ({ phase, seconds: s }: PhaseTime): [string, string] => [runs.phases[phase], seconds(s)],
  /** At least: never rounded up. */
  cargoAlone: (s: number): string => `cargo alone would have needed ${s < 10 ? seconds(Math.floor(s * 10) / 10) : seconds(Math.floor(s), 0)} at least`,
  leftToCargo: (n: number): string => `${plural(n, "thing was", "things were")} left to cargo`,
  nowWorks: "`cargo build` now works in every terminal and editor on this computer, also offline.",
  keptAfterCancel: "Crates that were downloaded stay in cargo’s cache. The next restore goes on from there.",
  feedColumns: { feed: "Through", crates: "Crates", downloaded: "Downloaded", size: "Size", cache: "cargo’s cache" },
  perFeed: "Where they came from",
  restoreAgain: "Restore again",
  showError: "Show the error in the log",
  row: {
    running: (n: number, total: number | null): string =>
      total === null ? plural(n, "crate", "crates") : `${count(n)} of ${plural(total, "crate", "crates")}`,
    done: (n: number, s: number, size: number): string =>
      `${plural(n, "crate", "crates")}, ${seconds(s)}, ${bytes(size)}`,
    cancelled: (s: number): string => `cancelled after ${seconds(s)}`,
    failed: (s: number): string => `failed after ${seconds(s)}`,
  },
  said: {
    quarter: (percent: number, name: string): string => `${name}: ${percent} % restored`,
    ended: {
      done: (name: string, s: number): string => `${name} is restored, ${seconds(s)}`,
      failed: (name: string): string => `The restore of ${name} failed`,
      cancelled: (name: string): string => `The restore of ${name} is cancelled`,
    },
  },
  saved: (path: string): string => `The log is saved to ${path}`,
  show: "Show",
};

export const log = {
  label: "Log",
  find: "Find in log",
  filters: { all: "All", warning: "Warnings", error: "Errors" },
  filterLabel: "Lines to show",
  follow: "Follow",
  jump: "Jump to end",
  copy: "Copy the log",
  save: "Save the log…",
  copied: (n: number): string => `${plural(n, "line", "lines")} copied`,
  hits: (at: number, all: number): string => (all === 0 ? "no hits" : `${count(at)} of ${count(all)}`),
  nextError: "Next error",
  waiting: "The first lines come in a moment.",
  noneShown: "No lines of this kind.",
  sources: { granary: "granary", cargo: "cargo", index: "index", download: "download" },
};

function roundSeconds(s: number): string {
  if (s < 60) return `${Math.round(s)} s`;
  return plural(Math.round(s / 60), "minute", "minutes");
}
