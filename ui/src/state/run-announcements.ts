import type { RunState } from "../api/run";
import { runs as words } from "../text/en";
import type { Notices } from "./notices.svelte";
import type { Run } from "./runs.svelte";

/** Says how runs go to those who listen instead of look. */
export class RunAnnouncements {
  readonly #quarters: Record<string, number> = {};

  constructor(private readonly notices: Notices) {}

  /** Each quarter once, and the end by itself. */
  quarter(run: Run): void {
    const quarter = Math.floor((run.percent ?? 0) / 25);
    if (quarter <= (this.#quarters[run.key] ?? 0) || quarter === 4) return;
    this.#quarters[run.key] = quarter;
    this.notices.say(words.said.quarter(quarter * 25, run.projectName, run.verb));
  }

  ended(run: Run, state: RunState, seconds: number): void {
    const said = words.said.ended[state](run.projectName, run.verb, seconds);
    if (state === "failed") this.notices.alert(said);
    else this.notices.say(said);
  }
}
