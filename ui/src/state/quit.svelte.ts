import { quitApp, quitHeard } from "../api/window";
import type { RunVerb } from "../api/run";
import { asFailure, type IpcFailure } from "../api/transport";
import type { Runs } from "./runs.svelte";

/** The question what becomes of the runs that go on, when the window is to be closed. */
export class Quit {
  isAsked = $state(false);
  working = $state(false);
  failure = $state.raw<IpcFailure | null>(null);
  /** Runs the shell knows of and this window does not. */
  #unseen = $state(0);

  constructor(private readonly runs: Runs) {}

  /** How many would be stopped now. */
  get count(): number {
    return this.runs.liveCount + this.#unseen;
  }

  /** What the one that is known here does. */
  get verb(): RunVerb | null {
    return this.runs.list.find((run) => run.live)?.verb ?? null;
  }

  ask(count: number): void {
    void quitHeard();
    this.#unseen = Math.max(0, count - this.runs.liveCount);
    this.failure = null;
    this.isAsked = true;
  }

  keepRunning(): void {
    this.isAsked = false;
  }

  async stop(): Promise<void> {
    if (this.working) return;
    this.working = true;
    this.failure = null;
    try {
      await quitApp();
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.working = false;
    }
  }
}
