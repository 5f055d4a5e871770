import { dayOf } from "../text/units";

/** Runs that began on one day. */
export type Day<Run> = { day: string; runs: Run[] };

/** Puts runs together by the day they began on here; days and runs stay in the order they come in. */
export function byDay<Run extends { startedAt: string }>(runs: Run[]): Day<Run>[] {
  const days: Record<string, Run[]> = {};
  for (const run of runs) (days[dayOf(run.startedAt)] ??= []).push(run);
  return Object.entries(days).map(([day, those]) => ({ day, runs: those }));
}
