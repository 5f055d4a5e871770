import type { Run } from "./runs.svelte";

/** What is to be done after a run; none where nothing is, or only its failure says what. */
export function nextStep(run: Run): "build" | "repair" | null {
  if (run.unsound > 0) return "repair";
  return run.verb === "fetch" && run.state === "done" ? "build" : null;
}
