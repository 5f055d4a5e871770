import { cancelRun, listRuns, showRun, startRun, type RestoreRequest, type RunEntry, type RunEvent } from "../api/run";
import { asFailure } from "../api/transport";
import { Loaded } from "./loaded.svelte";
import { Run } from "./run.svelte";

export { Run, type RunState } from "./run.svelte";

const nowIso = (): string => new Date(Date.now()).toISOString();

/** All runs there are, newest first: those of this window, which go on whatever page is shown, and those that are kept. */
export class Runs {
  list = $state.raw<Run[]>([]);
  /** What was read of those that are kept. */
  readonly entries = new Loaded<RunEntry[]>();
  #counted = 0;

  /** @param heard told after every event, to announce and refresh what depends on it */
  constructor(private readonly heard: (run: Run, event: RunEvent) => void) {}

  of(folder: string): Run[] {
    return this.list.filter((run) => run.folder === folder);
  }

  live(folder: string): Run | null {
    return this.list.find((run) => run.folder === folder && run.live) ?? null;
  }

  get liveCount(): number {
    return this.list.filter((run) => run.live).length;
  }

  /** Reads which runs are kept. */
  async load(): Promise<void> {
    const entries = await this.entries.load(() => listRuns(null, ""));
    if (entries) this.merge(entries);
  }

  /** Takes in what is kept; of a run that goes on here more is known already. */
  merge(entries: RunEntry[]): void {
    const known: Record<string, Run | undefined> = Object.fromEntries(this.list.map((run) => [run.id, run]));
    const added: Run[] = [];
    for (const entry of entries) {
      const run = known[entry.id];
      if (!run) added.push(Run.kept(entry));
      else if (run.isElsewhere) run.take(entry);
    }
    if (added.length === 0) return;
    this.list = [...this.list, ...added].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** Reads all of a run that is kept; again, while it goes on elsewhere. */
  read(run: Run): Promise<void> {
    return run.read(showRun);
  }

  /**
   * Starts a run, or answers the one that goes on in this folder already.
   * @param cratesIo what stands for crates.io in the project; null where it is crates.io itself
   */
  async start(request: RestoreRequest, projectName: string, cratesIo: string | null): Promise<Run> {
    const running = this.live(request.folder);
    if (running) return running;
    const run = new Run({ key: `run-${++this.#counted}`, request, projectName, startedAt: nowIso(), cratesIo });
    this.list = [run, ...this.list];
    try {
      const id = await startRun(request, (event) => {
        run.hear(event);
        if (event.type === "started") this.#onlyOnce(run);
        this.heard(run, event);
      });
      run.named(id);
      this.#onlyOnce(run);
      if (run.state === "starting") run.state = "running";
    } catch (thrown) {
      run.refused = asFailure(thrown);
      run.state = "failed";
    }
    return run;
  }

  async cancel(run: Run): Promise<void> {
    if (!run.canCancel) return;
    run.state = "cancelling";
    try {
      // One may be quicker than its start.
      const id = await run.known;
      if (run.state === "cancelling") await cancelRun(id);
    } catch (thrown) {
      // It may have ended by itself in between; otherwise it still runs.
      if (run.state === "cancelling") run.state = "running";
      throw thrown;
    }
  }

  /** What is kept may have been read between its start and this. */
  #onlyOnce(run: Run): void {
    const same = this.list.some((each) => each !== run && each.isKept && each.id === run.id);
    if (same) this.list = this.list.filter((each) => each === run || !each.isKept || each.id !== run.id);
  }
}
