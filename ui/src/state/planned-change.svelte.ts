import type { Applied, Plan } from "../api/project";
import { asFailure, type IpcFailure } from "../api/transport";
import { Loaded } from "./loaded.svelte";

/** A change of files from its preview to its writing: what was looked at is written, or nothing. */
export class PlannedChange {
  readonly plan = new Loaded<Plan>();
  applying = $state(false);
  /** A file became another while one looked. */
  stale = $state(false);
  failure = $state.raw<IpcFailure | null>(null);

  constructor(
    private readonly ask: () => Promise<Plan>,
    private readonly write: (fingerprint: string) => Promise<Applied>,
  ) {}

  /** What would be written; none where the last question was refused. */
  get shown(): Plan | null {
    return this.plan.failure ? null : this.plan.value;
  }

  get isEmpty(): boolean {
    return this.shown?.files.length === 0;
  }

  get isPossible(): boolean {
    return this.shown !== null && !this.isEmpty;
  }

  /** Nothing is wanted. */
  clear(): void {
    this.stale = false;
    this.failure = null;
    this.plan.clear();
  }

  /** Something else is wanted. */
  async replan(): Promise<void> {
    this.stale = false;
    this.failure = null;
    await this.plan.load(this.ask);
  }

  /** Answers null when refused, and plans again if a file had changed. */
  async apply(): Promise<Applied | null> {
    const plan = this.shown;
    if (!plan || this.isEmpty || this.applying || this.plan.refreshing) return null;
    this.applying = true;
    this.stale = false;
    this.failure = null;
    try {
      return await this.write(plan.fingerprint);
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code !== "planStale") this.failure = failure;
      else {
        await this.replan();
        this.stale = true;
      }
      return null;
    } finally {
      this.applying = false;
    }
  }
}
