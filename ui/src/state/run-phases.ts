import type { Phase, RunVerb } from "../api/run";

const fetching: Phase[] = ["plan", "index", "download", "unpack", "finish"];
const phases: Record<RunVerb, Phase[]> = {
  fetch: fetching,
  check: [...fetching, "compile"],
  build: [...fetching, "compile"],
  seed: ["plan", "download"],
  verify: ["verify"],
  repair: ["verify", "download"],
};

/** The steps of a run, in their order. */
export const phasesOf = (verb: RunVerb): Phase[] => phases[verb];

/** Whether units or crates are counted then, in place of bytes. */
export const countsDone = (phase: Phase): boolean => phase === "compile" || phase === "verify";
