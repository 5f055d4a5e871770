import type { Diagnosis, KeptRun, Progress, RestoreRequest, RunEntry, RunEvent, RunState as Ended, RunSummary, RunVerb } from "../api/run";
import { asFailure, type IpcFailure } from "../api/transport";
import { Loaded } from "./loaded.svelte";
import type { Verb } from "./programs";
import { cratesOf, leftOf } from "./run-faults";
import { RunFetches } from "./run-fetches.svelte";
import { RunLog } from "./run-log.svelte";
import { countsDone } from "./run-phases";
import { RunProblems } from "./run-problems.svelte";
import { timeLeft, type TimeLeft } from "./time-left";

export type RunState = "starting" | "running" | "cancelling" | Ended;
/** What screens and tests tell apart: a cancelling run still runs. */
export type Outcome = "running" | Ended;

/** What a run is known by before anything is heard of it. */
export type RunSeed = { key: string; request: RestoreRequest; projectName: string; startedAt: string; cratesIo: string | null };

/** One run, from its start to its summary; or one that is kept from an earlier time, or goes on in another program. */
export class Run {
  state = $state<RunState>("starting");
  id = $state<string | null>(null);
  #tell: (id: string) => void = () => undefined;
  /** Its id, as soon as it has one; one that could not start never has. */
  readonly known = new Promise<string>((tell) => (this.#tell = tell));
  /** What it does, as it was asked for, or as it says itself. */
  verb = $state<RunVerb>("fetch");
  command = $state("");
  startedAt = $state("");
  toFetch = $state<number | null>(null);
  alreadyHere = $state(0);
  /** Rises with everything that is heard of it. */
  beats = $state(0);
  progress = $state.raw<Progress | null>(null);
  /** How long it still takes, as it is told. */
  left = $state.raw<TimeLeft | null>(null);
  summary = $state.raw<RunSummary | null>(null);
  /** Why it could not even start. */
  refused = $state.raw<IpcFailure | null>(null);
  /** When its start was heard of, in milliseconds: what `began` of its fetches counts from, as near as can be known here. */
  heardAt = Date.now();
  readonly key: string;
  readonly request: RestoreRequest;
  readonly projectName: string;
  readonly log = new RunLog();
  readonly fetches: RunFetches;
  readonly problems = new RunProblems();
  /** Why it failed, once somebody looks at it. */
  readonly diagnosis = new Loaded<Diagnosis>();
  /** Whether it is known from what is kept alone: nothing of it is heard here. */
  isKept = $state(false);
  /** Why what is kept of it could not be read. */
  unread = $state.raw<IpcFailure | null>(null);
  /** Whether all that is kept of it was read. */
  isRead = $state(false);

  constructor({ key, request, projectName, startedAt, cratesIo }: RunSeed) {
    this.key = key;
    this.request = request;
    this.verb = request.verb ?? "fetch";
    this.projectName = projectName;
    this.startedAt = startedAt;
    this.fetches = new RunFetches(cratesIo);
  }

  /** A run as it is kept. */
  static kept(entry: RunEntry): Run {
    const { id, request, folder, project, startedAt, cratesIo } = entry;
    const run = new Run({ key: id, request: { ...request, folder }, projectName: project, startedAt, cratesIo });
    run.isKept = true;
    run.heardAt = Date.parse(startedAt);
    run.named(id);
    run.take(entry);
    return run;
  }

  get folder(): string {
    return this.request.folder;
  }
  get release(): boolean {
    return this.request.release ?? false;
  }
  /** All that was asked of it, to ask it again. */
  get asked(): Verb {
    return { ...this.request, verb: this.verb };
  }

  /** Whether it runs here, so that it can be cancelled. */
  get live(): boolean {
    return !this.isKept && this.outcome === "running";
  }
  get canCancel(): boolean {
    return this.live && this.state !== "cancelling";
  }
  /** Whether it runs in another program: a command in a terminal. */
  get isElsewhere(): boolean {
    return this.isKept && this.outcome === "running";
  }
  get outcome(): Outcome {
    return this.state === "starting" || this.state === "cancelling" ? "running" : this.state;
  }
  /** Whether a failure needs nobody to look for its cause: it is told already. */
  get explainsItself(): boolean {
    const { summary } = this;
    const isTold = summary !== null && (summary.seeded !== null || summary.verified !== null || summary.failure?.code === "projectRunsPrograms");
    return isTold || this.problems.errors > 0;
  }
  /** Crates that are not as they should be, and were not put right. */
  get unsound(): number {
    return cratesOf(leftOf(this.summary?.verified?.faults ?? []));
  }

  /** Whole percents, or null while the length is not known. */
  get percent(): number | null {
    const now = this.progress;
    if (!now) return null;
    if (countsDone(now.phase)) return share(now.done, now.doneTotal);
    if (now.phase === "finish") return this.verb === "fetch" ? 100 : null;
    if (now.remainingBytes !== null && now.bytes + now.remainingBytes > 0) return share(now.bytes, now.bytes + now.remainingBytes);
    return share(now.crates, now.cratesTotal);
  }

  hear(event: RunEvent): void {
    this.beats++;
    switch (event.type) {
      case "started":
        return this.#start(event);
      case "fetching":
        return this.fetches.begin(event.fetches);
      case "fetched":
        return this.fetches.append(event.fetches);
      case "logged":
        return this.log.hear(event.log);
      case "diagnosed":
        return this.problems.append(event.diagnostics);
      case "progress":
        this.progress = event.progress;
        this.left = timeLeft(this.left, event.progress.secondsLeft, (Date.now() - Date.parse(this.startedAt)) / 1000);
        return;
      case "ended":
        this.summary = event.summary;
        this.state = event.summary.state;
        this.fetches.end();
    }
  }

  /** From now on its lines can be asked for. */
  named(id: string): void {
    this.id = id;
    this.log.id = id;
    this.#tell(id);
  }

  /** What is kept of it, as a list has it. */
  take(entry: RunEntry): void {
    this.command = entry.command;
    this.state = entry.state ?? "running";
    this.summary = entry.summary;
    this.alreadyHere = entry.summary?.alreadyHere ?? 0;
    this.log.hear(entry.log);
    this.isRead = false;
    this.beats++;
  }

  /** Reads what is kept of it: once, or again while it goes on elsewhere. */
  async read(ask: (id: string) => Promise<KeptRun>): Promise<void> {
    if (!this.isKept || this.id === null || (this.isRead && !this.isElsewhere)) return;
    try {
      this.#show(await ask(this.id));
      this.unread = null;
    } catch (thrown) {
      this.unread = asFailure(thrown);
    }
  }

  /** What came is what was there, and more. */
  #show({ entry, fetches, diagnostics }: KeptRun): void {
    this.fetches.append(fetches.slice(this.fetches.all));
    this.problems.append(diagnostics.slice(this.problems.count));
    this.take(entry);
    this.isRead = true;
  }

  #start(event: Extract<RunEvent, { type: "started" }>): void {
    this.named(event.id);
    this.verb = event.verb;
    this.command = event.command;
    this.startedAt = event.startedAt;
    this.heardAt = Date.now();
    this.toFetch = event.toFetch;
    this.alreadyHere = event.alreadyHere;
    if (this.state === "starting") this.state = "running";
  }
}

const share = (part: number, whole: number | null): number | null => (whole ? Math.floor((100 * part) / whole) : null);

