import { cancelRun, startRun, type Diagnosis, type Progress, type RunEvent, type RunSummary } from "../api/run";
import { asFailure, type IpcFailure } from "../api/transport";
import { Loaded } from "./loaded.svelte";
import { RunFetches } from "./run-fetches.svelte";
import { RunLog } from "./run-log.svelte";

export type RunState = "starting" | "running" | "cancelling" | "done" | "failed" | "cancelled";

/** One restore, from its start to its summary. */
export class Run {
  state = $state<RunState>("starting");
  id = $state<string | null>(null);
  command = $state("");
  startedAt = $state("");
  toFetch = $state<number | null>(null);
  alreadyHere = $state(0);
  /** Rises with everything that is heard of it. */
  beats = $state(0);
  progress = $state.raw<Progress | null>(null);
  summary = $state.raw<RunSummary | null>(null);
  /** Why it could not even start. */
  refused = $state.raw<IpcFailure | null>(null);
  /** When its start was heard of, in milliseconds: what `began` of its fetches counts from, as near as can be known here. */
  heardAt = Date.now();
  readonly log = new RunLog();
  readonly fetches: RunFetches;
  /** Why it failed, once somebody looks at it. */
  readonly diagnosis = new Loaded<Diagnosis>();

  constructor(
    readonly key: string,
    readonly folder: string,
    readonly projectName: string,
    startedAt: string,
    cratesIo: string | null = null,
  ) {
    this.startedAt = startedAt;
    this.fetches = new RunFetches(cratesIo);
  }

  get live(): boolean {
    return this.state === "starting" || this.state === "running" || this.state === "cancelling";
  }

  /** What screens and tests tell apart: a cancelling run still runs. */
  get outcome(): "running" | "done" | "failed" | "cancelled" {
    return this.state === "starting" || this.state === "cancelling" ? "running" : this.state;
  }

  /** Whole percents, or null while the length is not known. */
  get percent(): number | null {
    const now = this.progress;
    if (!now) return null;
    if (now.phase === "finish") return 100;
    if (now.remainingBytes !== null && now.bytes + now.remainingBytes > 0)
      return Math.floor((100 * now.bytes) / (now.bytes + now.remainingBytes));
    if (now.cratesTotal) return Math.floor((100 * now.crates) / now.cratesTotal);
    return null;
  }

  hear(event: RunEvent): void {
    this.beats++;
    switch (event.type) {
      case "started":
        this.id = event.id;
        this.command = event.command;
        this.startedAt = event.startedAt;
        this.heardAt = Date.now();
        this.toFetch = event.toFetch;
        this.alreadyHere = event.alreadyHere;
        if (this.state === "starting") this.state = "running";
        break;
      case "fetched":
        this.fetches.append(event.fetches);
        break;
      case "lines":
        this.log.append(event.lines);
        break;
      case "progress":
        this.progress = event.progress;
        break;
      case "ended":
        this.summary = event.summary;
        this.state = event.summary.state;
        break;
    }
  }
}

const nowIso = (): string => new Date(Date.now()).toISOString();

/** The runs of this session, newest first. They go on whatever page is shown. */
export class Runs {
  list = $state.raw<Run[]>([]);
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

  /**
   * Starts a restore, or answers the one that runs in this folder already.
   * @param cratesIo what stands for crates.io in the project; null where it is crates.io itself
   */
  async restore(folder: string, projectName: string, cratesIo: string | null = null): Promise<Run> {
    const running = this.live(folder);
    if (running) return running;
    const run = new Run(`run-${++this.#counted}`, folder, projectName, nowIso(), cratesIo);
    this.list = [run, ...this.list];
    try {
      const id = await startRun({ folder, locked: false, offline: false }, (event) => {
        run.hear(event);
        this.heard(run, event);
      });
      run.id = id;
      if (run.state === "starting") run.state = "running";
    } catch (thrown) {
      run.refused = asFailure(thrown);
      run.state = "failed";
    }
    return run;
  }

  async cancel(run: Run): Promise<void> {
    if (run.id === null || run.state !== "running") return;
    run.state = "cancelling";
    try {
      await cancelRun(run.id);
    } catch (thrown) {
      // It may have ended by itself in between; otherwise it still runs.
      if (run.state === "cancelling") run.state = "running";
      throw thrown;
    }
  }
}
