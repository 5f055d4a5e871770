import { Channel } from "@tauri-apps/api/core";
import {
  commands,
  type Diagnosis,
  type Fetch,
  type LogLine,
  type LogSource,
  type Phase,
  type PhaseTime,
  type Progress,
  type RestoreRequest,
  type RunEvent,
  type RunSummary,
} from "./bindings";
import { value } from "./transport";

export type { Diagnosis, Fetch, LogLine, LogSource, Phase, PhaseTime, Progress, RestoreRequest, RunEvent, RunSummary };

/** Starts a restore and hands every event on, in order; answers the run's id. */
export function startRun(request: RestoreRequest, hear: (event: RunEvent) => void): Promise<string> {
  const events = new Channel<RunEvent>();
  events.onmessage = hear;
  return value(commands.runStart(request, events));
}

export const cancelRun = (id: string): Promise<null> => value(commands.runCancel(id));
export const saveLog = (id: string): Promise<string | null> => value(commands.runSaveLog(id));
/** Saves a run's timeline, an SVG image, where the user wants it; none when the dialog is closed. */
export const saveTimeline = (id: string, svg: string): Promise<string | null> => value(commands.runSaveTimeline(id, svg));
/** Why a run failed: what cargo said, held against what is so now. */
export const diagnoseRun = (folder: string, id: string): Promise<Diagnosis> => value(commands.runDiagnose(folder, id));
