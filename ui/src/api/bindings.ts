// Draft of what tauri-specta will generate from the commands; replaced by the generated file.
import { invoke as __TAURI_INVOKE, Channel } from "@tauri-apps/api/core";

type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };
async function typedError<T, E>(result: Promise<T>): Promise<Result<T, E>> {
  try { return { status: "ok", data: await result }; }
  catch (e) { if (e instanceof Error) throw e; return { status: "error", error: e as E }; }
}

export const commands = {
  /** What this app is and where it stands. Never fails. */
  appAbout: () => __TAURI_INVOKE<About>("app_about"),
  accountList: () => typedError<Account[], IpcError>(__TAURI_INVOKE("account_list")),
  /** Starts (or joins) the feeds on this computer and remembers the choice. */
  accountUseLocal: () => typedError<Account, IpcError>(__TAURI_INVOKE("account_use_local")),
  feedList: (account: string) => typedError<Feed[], IpcError>(__TAURI_INVOKE("feed_list", { account })),
  feedCreate: (draft: FeedDraft) => typedError<Feed, IpcError>(__TAURI_INVOKE("feed_create", { draft })),
  /** Each of the two is done or refused by itself; the outer error is for what stops both. */
  feedCreatePair: (draft: PairDraft) => typedError<PairOutcome, IpcError>(__TAURI_INVOKE("feed_create_pair", { draft })),
  crateList: (feed: string) => typedError<CrateSummary[], IpcError>(__TAURI_INVOKE("crate_list", { feed })),
  /** Native folder dialog; null when the user closes it. */
  projectChoose: () => typedError<string | null, IpcError>(__TAURI_INVOKE("project_choose")),
  /** From names alone, for the card shown while dragging. */
  projectProbe: (path: string) => typedError<Probe, IpcError>(__TAURI_INVOKE("project_probe", { path })),
  /** Reads the project of a folder, a file in it, or a member; remembers it in the list. */
  projectOpen: (path: string) => typedError<Project, IpcError>(__TAURI_INVOKE("project_open", { path })),
  projectList: () => typedError<ProjectEntry[], IpcError>(__TAURI_INVOKE("project_list")),
  connectPlan: (request: ConnectRequest) => typedError<Plan, IpcError>(__TAURI_INVOKE("connect_plan", { request })),
  /** Plans again and refuses (code "planStale") if any file is no longer the one previewed. */
  connectApply: (request: ConnectRequest, fingerprint: string) => typedError<Applied, IpcError>(__TAURI_INVOKE("connect_apply", { request, fingerprint })),
  /** Starts a restore; events come on the channel; answers the run's id. */
  runStart: (request: RestoreRequest, events: Channel<RunEvent>) => typedError<string, IpcError>(__TAURI_INVOKE("run_start", { request, events })),
  runCancel: (id: string) => typedError<null, IpcError>(__TAURI_INVOKE("run_cancel", { id })),
  /** Saves text the user chose to save (the log) through the native dialog; null when closed. */
  runSaveLog: (id: string) => typedError<string | null, IpcError>(__TAURI_INVOKE("run_save_log", { id })),
};

export type IpcError = { code: ErrorCode; message: string; hints: string[]; causes: string[] };
export type ErrorCode =
  | "internal" | "precondition" | "notFound" | "alreadyExists" | "invalidInput" | "notSignedIn" | "forbidden"
  | "unreachable" | "portTaken" | "planStale" | "notAProject" | "cargoMissing" | "projectRunsPrograms";

export type About = {
  version: string;
  cargo: { version: string; path: string } | null;
  granaryHome: string;
  /** A folder given on the command line, opened at start. */
  startFolder: string | null;
};
export type Account = { id: string; kind: "local"; title: string; projects: string[]; url: string };

export type Feed = {
  /** `local/main/upstream`: what every other command takes. */
  reference: string; account: string; project: string | null; id: string; name: string;
  description: string | null; indexUrl: string; upstreams: Upstream[];
  /** cargo may use it in place of crates.io. */
  includesCratesIo: boolean;
};
export type Upstream = { name: string; kind: "cratesIo" | "feed" | "other" };
export type FeedDraft = { account: string; project: string | null; name: string; description: string | null; includeCratesIo: boolean };
export type PairDraft = { account: string; project: string | null; upstream: string; internal: string; description: string | null };
export type PairOutcome = { upstream: FeedOutcome; internal: FeedOutcome };
export type FeedOutcome = { state: "created"; feed: Feed } | { state: "refused"; name: string; error: IpcError };

export type Origin = { kind: "ours" } | { kind: "cratesIo"; saved: boolean } | { kind: "otherFeed"; feed: string; saved: boolean };
export type CrateSummary = { name: string; latest: string; origin: Origin; versionCount: number; publishedAt: string | null; description: string | null };

export type Probe = { name: string; folder: string; displayFolder: string; kind: "workspace" | "package" | "none"; hasLockfile: boolean; hasConfig: boolean; known: boolean };
export type ProjectEntry = { folder: string; name: string };
export type Project = {
  folder: string; displayFolder: string; name: string;
  members: { name: string; version: string | null; folder: string }[];
  cargoVersion: string | null;
  /** The config files cargo reads here, nearest first. */
  configFiles: { path: string; display: string; place: Place }[];
  /** What cargo uses in place of crates.io, by name and feed. */
  connection: { registries: { name: string; indexUrl: string; feed: string | null }[]; cratesIoThrough: string | null };
  /** null: there is no Cargo.lock yet. */
  locked: LockedCrate[] | null;
  /** What this project's own config would make cargo run; restore is refused while there is any. */
  programs: { file: string; key: string; program: string }[];
};
export type LockedCrate = { name: string; version: string; origin: LockedOrigin };
export type LockedOrigin =
  | { kind: "cratesIo"; through: string | null }
  | { kind: "feed"; feed: string }
  | { kind: "registry"; url: string }
  | { kind: "git"; url: string }
  | { kind: "path" };

export type Place = "repository" | "computer";
export type ConnectRequest = { folder: string; cratesIoFeed: string | null; ownFeed: string | null };
export type Plan = { files: FileChange[]; added: number; removed: number; notes: string[]; fingerprint: string; patch: string };
export type FileChange = { path: string; display: string; place: Place; added: number; removed: number; created: boolean; hunks: Hunk[] };
export type Hunk = { lines: DiffLine[] };
export type DiffLine = { kind: "context" | "added" | "removed"; old: number | null; new: number | null; text: string };
export type Applied = { files: string[] };

export type RestoreRequest = { folder: string; locked: boolean; offline: boolean };
export type RunEvent =
  | { type: "started"; id: string; command: string; startedAt: string; toFetch: number | null; alreadyHere: number }
  | { type: "lines"; lines: LogLine[] }
  | { type: "progress"; progress: Progress }
  | { type: "ended"; summary: RunSummary };
export type LogLine = { number: number; at: string; source: LogSource; level: "info" | "warning" | "error"; text: string };
export type LogSource = "granary" | "cargo" | "index" | "download" | "unpack";
export type Phase = "plan" | "index" | "download" | "finish";
export type Progress = { phase: Phase; crates: number; cratesTotal: number | null; bytes: number; remainingBytes: number | null; bytesPerSecond: number | null; secondsLeft: number | null };
export type RunSummary = {
  state: "done" | "failed" | "cancelled"; seconds: number; downloaded: number; bytes: number; alreadyHere: number; locked: number;
  feeds: { title: string; crates: number; bytes: number; downloaded: number; cacheFolder: string }[];
  failure: IpcError | null;
};
