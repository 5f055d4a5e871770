import { Channel } from "@tauri-apps/api/core";
import {
  commands,
  type CrateFault,
  type CrateFaultKind,
  type Diagnosis,
  type Diagnostic,
  type Fetch,
  type KeptRun,
  type LogCounts,
  type LogFilter,
  type LogHit,
  type LogLine,
  type LogSource,
  type Phase,
  type PhaseTime,
  type Progress,
  type RestoreRequest,
  type RunEntry,
  type RunEvent,
  type RunState,
  type RunSummary,
  type RunVerb,
  type SeedFault,
  type Seeded,
  type Verified,
} from "./bindings";
import { value } from "./transport";

export type { CrateFault, CrateFaultKind, Diagnosis, Diagnostic, Fetch, KeptRun, LogCounts, LogFilter, LogHit, LogLine, LogSource, Phase, PhaseTime };
export type { Progress, RestoreRequest, RunEntry, RunEvent, RunState, RunSummary, RunVerb, SeedFault, Seeded, Verified };

/** Lines that are answered at once, at most. */
export const linesAtOnce = 500;

/** Starts a run and hands every event on, in order; answers the run's id. */
export function startRun(request: RestoreRequest, hear: (event: RunEvent) => void): Promise<string> {
  const events = new Channel<RunEvent>();
  events.onmessage = hear;
  return value(commands.runStart(request, events));
}

export const cancelRun = (id: string): Promise<null> => value(commands.runCancel(id));
/** The runs that are kept, the newest first: all or a folder's, and of those the ones that a text is found in. */
export const listRuns = (folder: string | null, query: string): Promise<RunEntry[]> => value(commands.runList(folder, query));
/** A run that is kept, whole but for its log. */
export const showRun = (id: string): Promise<KeptRun> => value(commands.runShow(id));
/** Lines of a log from a row on, counted among those that the filter leaves. */
export const logLines = (id: string, filter: LogFilter, from: number, count: number): Promise<LogLine[]> =>
  value(commands.runLines(id, filter, from, count));
/** Where a text is found for the nth time, counted from 0. */
export const findInLog = (id: string, filter: LogFilter, query: string, hit: number): Promise<LogHit> =>
  value(commands.runFind(id, filter, query, hit));
/** The row, of all lines, of the next error after a row; from the start again at the end. */
export const errorAfter = (id: string, row: number | null): Promise<number | null> => value(commands.runErrorAfter(id, row));
/** The row, of all lines, that tells of a crate. */
export const rowOfCrate = (id: string, name: string, version: string): Promise<number | null> => value(commands.runRowOf(id, name, version));
export const saveLog = (id: string): Promise<string | null> => value(commands.runSaveLog(id));
/** Saves a run's timeline, an SVG image, where the user wants it; none when the dialog is closed. */
export const saveTimeline = (id: string, svg: string): Promise<string | null> => value(commands.runSaveTimeline(id, svg));
/** Why a run failed: what cargo said, held against what is so now. */
export const diagnoseRun = (folder: string, id: string): Promise<Diagnosis> => value(commands.runDiagnose(folder, id));
