import { recorded, withConnection, type Scene } from "./stage";

type Fetch = { name: string; version: string | null; from: string; lane: number; began: number; seconds: number; bytes: number; retries: number; refused: boolean; saves: boolean };
type Locked = { name: string; version: string; size: number | null; origin: { kind: string } };

export const started = { type: "started", id: "run-1", verb: "fetch", command: "cargo fetch", startedAt: "2026-11-22T14:02:11Z", toFetch: 130, alreadyHere: 4 };
const noise = (level: "info" | "warning" | "error", number: number, text: string, source = "download") => ({ number, at: `2026-11-22T14:02:1${number % 10}.300Z`, source, level, text });
export const lines = { type: "lines", lines: [noise("info", 1, "indexmap 2.12.0"), noise("warning", 2, "ring 0.17.14: breaks off after 1153434 bytes; trying again in 0.1 s, try 2", "retry"), noise("info", 3, "windows-targets 0.53.5")] };
export const progress = { type: "progress", progress: { phase: "download", crates: 96, cratesTotal: 130, bytes: 20_400_000, remainingBytes: 7_100_000, bytesPerSecond: 9_400_000, secondsLeft: 1.2, retries: 1, done: 0, doneTotal: null } };

const upstream = "local/main/upstream";
/** Beside what is locked: of every origin, some that the feed saves, one that was asked for twice, one that takes long. */
const others: Partial<Fetch>[] = [
  { name: "aws-lc-sys", version: "0.32.3", bytes: 2_200_000, seconds: 1.9 },
  { name: "ring", version: "0.17.14", bytes: 1_500_000, retries: 1 },
  { name: "http-body-util", version: "0.1.3", bytes: 17_000, seconds: 0.34, saves: true },
  { name: "zerocopy-derive", version: "0.8.28", bytes: 246_000, seconds: 0.42, saves: true },
  { name: "contoso-http", version: "4.0.2", bytes: 96_000, from: "local/main/internal", seconds: 0.3 },
  { name: "tailspin-geo", version: "2.2.0", bytes: 240_000, from: "sparse+https://crates.tailspin.test/index/", seconds: 0.38 },
];

/** The same numbers at every call, each between 0 and 1. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

/** What a restore of 130 crates fetches over 16 lanes: their index files, then they themselves, in the order they end in. */
export function fetchesOf(seed = 7): Fetch[] {
  const random = seeded(seed);
  const answers = (recorded("project_open") as { answers: { ok?: { locked: Locked[] | null } }[] }).answers;
  const locked = answers.flatMap(({ ok }) => ok?.locked ?? []).filter(({ origin }, at, all) => origin.kind !== "path" && at >= all.length / 2);
  const crates: Partial<Fetch>[] = locked.map(({ name, version, size, origin }) => ({ name, version, bytes: size ?? 40_000, from: origin.kind === "feed" ? "local/main/internal" : upstream }));
  others.forEach((each, at) => crates.splice(9 + 19 * at, 0, { from: upstream, ...each }));
  const free = Array.from({ length: 16 }, () => 0.2 + 0.05 * random());
  const next = (each: Partial<Fetch>, takes: number): Fetch => {
    const began = Math.min(...free);
    const lane = free.indexOf(began);
    const fetch = { name: "", version: null, from: upstream, lane, began, seconds: takes, bytes: 4000, retries: 0, refused: false, saves: false, ...each };
    free[lane] = began + fetch.seconds + 0.004;
    return fetch;
  };
  const index = crates.map(({ name, from }) => next({ name, from, bytes: Math.round(900 + 20_000 * random()) } as Partial<Fetch>, 0.05 + 0.1 * random()));
  const downloads = Math.max(...free) + 0.06;
  free.forEach((_, lane) => (free[lane] = downloads + 0.03 * random()));
  const fetched = crates.map((each) => next(each, 0.12 + 0.2 * random() + Math.min(0.9, (each.bytes ?? 0) / 1_600_000)));
  return [...index, ...fetched].sort((a, b) => a.began + a.seconds - b.began - b.seconds);
}

/** Those that had ended when so many crates were here. */
export function until(crates: number): Fetch[] {
  const all = fetchesOf();
  const last = all.filter(({ version }) => version !== null)[crates - 1];
  return last ? all.slice(0, all.indexOf(last) + 1) : all.filter(({ version }) => version === null);
}
export const fetched = (fetches: Fetch[]) => ({ type: "fetched", fetches });
/** Those that are under way by then. */
export function underWay(crates: number): Fetch[] {
  const now = Math.max(...until(crates).map(({ began, seconds }) => began + seconds));
  const others = fetchesOf().slice(until(crates).length).filter(({ began }) => began < now);
  return others.map((each) => ({ ...each, seconds: now - each.began, bytes: 0, retries: 0 }));
}
export const fetching = (fetches: Fetch[]) => ({ type: "fetching", fetches });
/** Of a registry that gives nothing else then. */
export const refused: Fetch = { name: "config.json", version: null, from: "sparse+https://crates.fabrikam.test/index/", lane: 1, began: 0.03, seconds: 0.16, bytes: 0, retries: 0, refused: true, saves: false };
export const refusedLine = { type: "lines", lines: [noise("warning", 1, "Left to cargo: all of `sparse+https://crates.fabrikam.test/index/`: the registry refused the token: 401", "refused")] };

/** What the log says of them. */
export function fetchedLines(fetches: Fetch[], first = 4) {
  const at = (fetch: Fetch): string => new Date(Date.parse(started.startedAt) + 1000 * (fetch.began + fetch.seconds)).toISOString();
  const named = fetches.filter(({ version }) => version !== null);
  const said = (each: Fetch): string => `${each.saves ? "First fetched" : "Fetched"} ${each.name} ${each.version} (${each.from}), ${each.bytes} bytes in ${Math.round(1000 * each.seconds)} ms`;
  return { type: "lines", lines: named.map((each, index) => ({ ...noise("info", first + index, said(each), each.saves ? "save" : "download"), at: at(each) })) };
}

const failure = {
  code: "unreachable",
  message: "cargo could not take `tokio` from `upstream`",
  hints: ["Start Granary, or run `granary serve`, so that the feeds on this computer answer."],
  causes: ["failed to get `tokio` as a dependency of package `relay v0.4.0`", "connection refused"],
};
export const summary = (state: string, extra: object = {}) => ({
  type: "ended",
  summary: {
    verb: "fetch", state, seconds: 1.1, downloaded: 12, bytes: 2_400_000, alreadyHere: 4, locked: 134, feeds: [], phases: [], slowest: null, saved: 0, retries: 0,
    leftToCargo: [], cargoAloneSeconds: null, seeded: null, verified: null, failure: null, ...extra,
  },
});
export const failed = [
  started,
  lines,
  refusedLine,
  fetched([refused, ...until(12)]),
  fetchedLines(until(12)),
  { type: "lines", lines: [noise("error", 43, "error: failed to get `tokio` as a dependency of package `relay v0.4.0`", "cargo"), noise("error", 44, "  connection refused", "cargo")] },
  summary("failed", { failure, seconds: 1.9 }),
];
const cache = "/home/mira/.cargo/registry/cache";
/** All of it went well, but for a crate from git. */
export const done = [
  started,
  lines,
  fetched(fetchesOf()),
  fetchedLines(fetchesOf()),
  { type: "lines", lines: [{ ...noise("info", 200, "Done. 130 downloaded, 4 already here."), at: "2026-11-22T14:02:15.900Z", source: "granary" }] },
  summary("done", {
    seconds: 4.9, downloaded: 130, bytes: 27_500_000, saved: 2, retries: 1, cargoAloneSeconds: 31.4,
    feeds: [
      { title: upstream, crates: 131, downloaded: 127, bytes: 27_100_000, cacheFolder: `${cache}/127.0.0.1-5f0a1c9e6d3b2a71` },
      { title: "local/main/internal", crates: 2, downloaded: 2, bytes: 144_200, cacheFolder: `${cache}/127.0.0.1-93be04d1f7c6a852` },
      { title: "sparse+https://crates.tailspin.test/index/", crates: 1, downloaded: 1, bytes: 240_000, cacheFolder: `${cache}/crates.tailspin.test-1c3a5d7e9f0b2468` },
    ],
    phases: [["plan", 0.08], ["index", 0.9], ["download", 3.1], ["unpack", 0.31], ["finish", 0.5]].map(([phase, seconds]) => ({ phase, seconds })),
    slowest: fetchesOf().find(({ name, version }) => name === "aws-lc-sys" && version !== null),
    leftToCargo: ["2 packages come from git"],
  }),
];

/** What a run tells, on a connected project. */
export const runAnswers = (...events: unknown[]): Scene => ({ asked: withConnection, instead: [{ command: "run_start", answers: [{ ok: "run-1", events }] }] });

const recordedRun = (command: string, id: string): { id?: string; ok: unknown } =>
  (recorded(command) as { answers: { args?: { id: string }; ok: unknown }[] }).answers.find(({ args }) => args?.id === id) ?? { ok: null };
/** The log of a run that is kept, as one hears it while it goes on. */
export const recordedLines = (id: string) => ({ type: "lines", lines: recordedRun("run_lines", id).ok });
/** What the compiler said in the build that is kept: all of it, or those that are named by their place. */
export const diagnosed = (only?: number[]) => {
  const { diagnostics } = recordedRun("run_show", "kept-build-failed").ok as { diagnostics: unknown[] };
  return { type: "diagnosed", diagnostics: only ? only.map((at) => diagnostics[at]) : diagnostics };
};
