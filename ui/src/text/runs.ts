import type { CrateFaultKind, LogSource, Phase, PhaseTime, RunState, RunSummary, RunVerb, Verified } from "../api/run";
import { cratesOf, leftOf } from "../state/run-faults";
import { bytes, count, dayOf, plural, seconds } from "./units";

const day = 86_400_000;
const crates = (n: number): string => plural(n, "crate", "crates");

export const runs = {
  title: "Runs",
  list: "Runs, newest first",
  all: "Of every project, also from the command line",
  verb: (verb: RunVerb, release = false): string => (release ? `${verbs[verb]} --release` : verbs[verb]),
  emptyTitle: "No runs yet",
  emptyProject: (locked: number | null): string =>
    locked === null
      ? "Restore writes Cargo.lock and fetches every crate of this project."
      : `Restore fetches all ${crates(locked)} of this project.`,
  emptyAll: "Open a project and restore it: what was fetched, and from where, is listed here.",
  search: "Search runs",
  searchHint: "Project, command, failure",
  noneFound: "No run has this.",
  unread: "Earlier runs could not be read.",
  reading: "Reading the run",
  /** Today needs no name. */
  day: (iso: string, now: number): string | null => {
    const named = dayOf(iso);
    const at = (ago: number): string => dayOf(new Date(now - ago).toISOString());
    if (named === at(0) || Date.parse(iso) > now) return null;
    return named === at(day) ? "Yesterday" : named.replace(at(0).slice(-5), "");
  },
  phases: {
    plan: "Plan", index: "Index", download: "Download", unpack: "Unpack", finish: "Hand over to cargo", compile: "Compile", verify: "Verify",
  } satisfies Record<Phase, string>,
  /** What feeds hold is compared with what is locked. */
  phase: (phase: Phase, verb: RunVerb): string => (verb === "seed" && phase === "plan" ? "Compare" : runs.phases[phase]),
  phaseList: "Steps of this run",
  phaseState: { done: "done", now: "now", later: "to come" },
  states: {
    starting: "Starting",
    plan: "Reading what is needed",
    index: "Asking for the index",
    download: "Downloading crates",
    unpack: "Unpacking crates",
    finish: "Handing over to cargo",
    compile: "Compiling",
    verify: "Looking at crates",
    cancelling: "Cancelling",
  } satisfies Record<Phase | "starting" | "cancelling", string>,
  elsewhere: "Running",
  elsewhereText: "It runs in another program, so it is ended there. What it says is shown here.",
  ended: (sum: RunSummary): string => {
    if (sum.state === "cancelled") return `Cancelled after ${seconds(sum.seconds)}`;
    if (sum.state === "brokenOff") return runs.brokenOff;
    if (sum.verified && (sum.state === "done" || sum.verified.faults.length > 0)) return soundness(sum);
    return sum.state === "failed" ? `Failed after ${seconds(sum.seconds)}` : runs.done[sum.verb](sum);
  },
  done: {
    fetch: ({ seconds: s }) => `Restored in ${seconds(s)}`,
    check: ({ seconds: s }) => `Checked in ${seconds(s)}`,
    build: ({ seconds: s }) => `Built in ${seconds(s)}`,
    seed: ({ seconds: s, seeded }) => `Saved ${crates(seeded?.saved ?? 0)} to the feed in ${seconds(s)}`,
    verify: ({ seconds: s }) => `Verified in ${seconds(s)}`,
    repair: ({ seconds: s }) => `Repaired in ${seconds(s)}`,
  } satisfies Record<RunVerb, (sum: RunSummary) => string>,
  brokenOff: "Ended before it was done",
  brokenOffText: "Its program ended first: it was closed, or it crashed. What was downloaded by then is in cargo’s cache.",
  outcomes: { running: "running", done: "done", failed: "failed", cancelled: "cancelled", brokenOff: "ended before it was done" } satisfies Record<RunState | "running", string>,
  couldNotStart: "The run did not start",
  started: (command: string, at: string): string => `${command}, started ${at}`,
  at: (command: string, at: string): string => `${command}, ${at}`,
  ofCrates: (total: number): string => `of ${crates(total)}`,
  cratesSoFar: (n: number): string => (n === 1 ? "crate so far" : "crates so far"),
  compiled: (total: number | null): string => (total === null ? "compiled so far" : `of ${count(total)} compiled`),
  lookedAt: (total: number | null): string => (total === null ? "crates looked at" : `of ${crates(total)} looked at`),
  ofBytes: (total: number): string => `of ${bytes(total)}`,
  rate: (n: number): string => `${bytes(n)}/s`,
  left: (s: number): string => `about ${s < 60 ? `${s} s` : plural(Math.round(s / 60), "minute", "minutes")} left`,
  progress: "Progress of the run",
  cancel: "Cancel",
  cancelling: "Cancelling",
  downloaded: (n: number, size: number): [string, string] => [count(n), `downloaded, ${bytes(size)}`],
  alreadyHere: (n: number): [string, string] => [count(n), n === 1 ? "was already here" : "were already here"],
  savedForAll: (n: number, feed: string | null): [string, string] => [count(n), `saved in ${feed ?? "the feed"} for everybody`],
  match: (n: number): [string, string] => [count(n), n === 1 ? "matches Cargo.lock" : "match Cargo.lock"],
  retries: (n: number): string => plural(n, "retry", "retries"),
  askedAgain: (n: number): [string, string] => [count(n), n === 1 ? "retry" : "retries"],
  lockedFromFeeds: (n: number): [string, string] => [count(n), "locked, from feeds"],
  savedBefore: (n: number): [string, string] => [count(n), n === 1 ? "was saved before" : "were saved before"],
  savedNow: (n: number): [string, string] => [count(n), n === 1 ? "is saved now" : "are saved now"],
  looked: (n: number): [string, string] => [count(n), n === 1 ? "crate looked at" : "crates looked at"],
  absent: (n: number): [string, string] => [count(n), n === 1 ? "is not here" : "are not here"],
  compared: (n: number): [string, string] => [count(n), n === 1 ? "file compared" : "files compared"],
  phaseTimes: "Time by step",
  phaseTime: ({ phase, seconds: s }: PhaseTime, verb: RunVerb): [string, string] => [runs.phase(phase, verb), seconds(s)],
  /** At least: never rounded up. */
  cargoAlone: (s: number): string => `cargo alone would have needed ${s < 10 ? seconds(Math.floor(s * 10) / 10) : seconds(Math.floor(s), 0)} at least`,
  leftToCargo: (n: number): string => `${plural(n, "thing was", "things were")} left to cargo`,
  nowWorks: "`cargo build` now works in every terminal and editor on this computer, also offline.",
  keptAfterCancel: "Crates that were downloaded stay in cargo’s cache. The next run goes on from there.",
  feedColumns: { feed: "Through", crates: "Crates", downloaded: "Downloaded", size: "Size", cache: "cargo’s cache" },
  perFeed: "Where they came from",
  faultColumns: { crate: "Crate", what: "What", file: "File", repaired: "Put right" },
  faults: "What is not as it should be",
  archive: "the archive",
  putRight: { yes: "yes", no: "no" },
  faultKinds: {
    archiveChanged: "archive is not the one Cargo.lock names",
    feedDiffers: "feed names another file than Cargo.lock",
    fileChanged: "file was changed",
    fileMissing: "file is missing",
    fileAdded: "file was added",
  } satisfies Record<CrateFaultKind, string>,
  seedColumns: { crate: "Crate", feed: "Feed", what: "What" },
  seedFaults: "What the feed does not give to everybody",
  firstOf: (n: number, all: number): string => `The first ${count(n)} of ${count(all)}. The log has all of them.`,
  build: "Build",
  repair: "Repair",
  again: {
    fetch: "Restore again", check: "Check again", build: "Build again", seed: "Save to feed again", verify: "Verify again", repair: "Repair again",
  } satisfies Record<RunVerb, string>,
  showError: "Show the error in the log",
  problems: "Problems",
  problemList: "What the compiler said, errors first",
  problemCounts: (errors: number, warnings: number): string =>
    [errors > 0 ? plural(errors, "error", "errors") : "", warnings > 0 ? plural(warnings, "warning", "warnings") : ""].filter(Boolean).join(", "),
  problemLevels: { error: "error", warning: "warning", info: "note" },
  place: (file: string, line: number | null, column: number | null): string => [file, line, column].filter((part) => part !== null).join(":"),
  row: {
    running: (n: number, total: number | null): string => (total === null ? crates(n) : `${count(n)} of ${crates(total)}`),
    done: ({ verb, locked, seconds: s, bytes: size, downloaded, seeded }: RunSummary): string => {
      if (verb === "fetch") return `${crates(locked)}, ${seconds(s)}, ${bytes(size)}`;
      if (verb === "seed") return `${count(seeded?.saved ?? 0)} saved, ${seconds(s)}`;
      return `${seconds(s)}, ${downloaded === 0 ? "nothing to fetch" : `${crates(downloaded)} fetched`}`;
    },
    sound: ({ crates: all, faults }: Verified): string => {
      const left = cratesOf(leftOf(faults));
      if (left > 0) return `${crates(left)} not sound`;
      return faults.length > 0 ? `${crates(cratesOf(faults))} repaired` : `${crates(all)}, all sound`;
    },
    cancelled: (s: number): string => `cancelled after ${seconds(s)}`,
    failed: (s: number): string => `failed after ${seconds(s)}`,
    brokenOff: "ended before it was done",
    elsewhere: "in another program",
  },
  said: {
    quarter: (percent: number, name: string, verb: RunVerb): string => `${name}: ${percent} % ${participles[verb]}`,
    ended: {
      done: (name: string, verb: RunVerb, s: number): string => `${name} is ${participles[verb]}, ${seconds(s)}`,
      failed: (name: string, verb: RunVerb): string => `The ${nouns[verb]} of ${name} failed`,
      cancelled: (name: string, verb: RunVerb): string => `The ${nouns[verb]} of ${name} is cancelled`,
      brokenOff: (name: string, verb: RunVerb): string => `The ${nouns[verb]} of ${name} ended before it was done`,
    } satisfies Record<RunState, (name: string, verb: RunVerb, s: number) => string>,
  },
  saved: (path: string): string => `The log is saved to ${path}`,
  show: "Show",
};

const verbs: Record<RunVerb, string> = { fetch: "restore", check: "check", build: "build", seed: "save to feed", verify: "verify", repair: "repair" };
const nouns: Record<RunVerb, string> = { ...verbs, seed: "saving", verify: "verification" };
const participles: Record<RunVerb, string> = { fetch: "restored", check: "checked", build: "built", seed: "saved to the feed", verify: "verified", repair: "repaired" };

function soundness({ verified, seconds: s }: RunSummary): string {
  const { crates: all, faults } = verified ?? { crates: 0, faults: [] };
  const left = cratesOf(leftOf(faults));
  if (left > 0) return `${crates(left)} ${left === 1 ? "is not as it" : "are not as they"} should be`;
  if (faults.length > 0) return `Repaired ${crates(cratesOf(faults))} in ${seconds(s)}`;
  return all === 1 ? "The one crate is sound" : `All ${crates(all)} are sound`;
}

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
  tooLong: (n: number, most: number): string => `${count(n)} lines are too many to copy, ${count(most)} at most. Save the log instead.`,
  hits: (at: number, all: number): string => (all === 0 ? "no hits" : `${count(at)} of ${count(all)}`),
  nextError: "Next error",
  waiting: "The first lines come in a moment.",
  noLines: "It said nothing.",
  noneShown: "No lines of this kind.",
  sources: {
    granary: "granary", plan: "plan", cargo: "cargo", index: "index", download: "download", save: "save", retry: "retry",
    refused: "refused", verify: "verify", unpack: "unpack", compiler: "compiler",
  } satisfies Record<LogSource, string>,
  firstUse: (crate: string, feed: string): string => `${crate}, first use in ${feed}`,
};
