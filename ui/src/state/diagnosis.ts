import type { Check, Verdict } from "../api/check";
import { diagnoseRun } from "../api/run";
import { nextStep } from "./run-next";
import type { Run } from "./runs.svelte";

/** Looks for why a run failed, once. */
export async function diagnose(run: Run): Promise<void> {
  const { diagnosis, folder, id } = run;
  if (id === null || diagnosis.state !== "idle") return;
  await diagnosis.load(() => diagnoseRun(folder, id));
}

/** Whether a run's own page has the next step: what mends its failure, or what comes after it. */
export function hasNextStep(run: Run | null): boolean {
  if (run && nextStep(run) !== null) return true;
  const fix = run?.diagnosis.value?.cause?.fix ?? null;
  return fix !== null && fix.kind !== "byHand";
}

const order: Verdict[] = ["problem", "warning", "unknown", "ok", "skipped"];

/** The checks that say most, and those that are folded away. */
export function told(checks: Check[], most = 8): { first: Check[]; rest: Check[] } {
  const sorted = [...checks].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  // One line folded away would take as much room as itself.
  const cut = sorted.length <= most + 1 ? sorted.length : most;
  return { first: sorted.slice(0, cut), rest: sorted.slice(cut) };
}
