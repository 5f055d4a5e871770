import { mockIPC, mockWindows } from "@tauri-apps/api/mocks";
import type { CrateDetails, CratePage, CrateQuery, KeptRun, RefreshEvent, RunEntry, RunEvent, SignInStep, VersionDetails } from "./bindings";
import { RecordedLogs, runsOf, shownRun, type ToldEvent } from "./recorded-logs";
import { named, numbered, rowOf, stretchOf } from "./recorded-crates";

/** One recorded answer. The last one that fits is given; `after` waits for commands to have been asked. */
export type RecordedAnswer = {
  args?: Record<string, unknown>;
  after?: string[];
  ok?: unknown;
  error?: unknown;
  pending?: boolean;
  events?: ToldEvent[] | RefreshEvent[];
  /** What one sees while signing in; also while no answer comes. */
  steps?: SignInStep[];
};
export type Recording = { command: string; answers: RecordedAnswer[] };

/** What a test may steer and read while the window runs against recordings. */
export type Stage = {
  asked: { command: string; args: Record<string, unknown> }[];
  /** Sends an event on the channel of the latest run; lines are kept, and asked for by their rows. */
  send: (event: ToldEvent) => void;
  /** Tells how far the latest refresh of a feed is. */
  refresh: (event: RefreshEvent) => void;
  /** Answers what is pending for a command, the oldest first. */
  settle: (command: string, answer: { ok?: unknown; error?: unknown }) => void;
  /** Puts another answer in the place of all earlier ones. */
  record: (recording: Recording) => void;
  /** Sends a step on the channel of the latest sign-in. */
  step: (step: SignInStep) => void;
  emit: (event: string, payload: unknown) => void;
};

declare global {
  interface Window {
    __granaryStage?: Stage;
    __TAURI_INTERNALS__?: { invoke: (command: string, args: unknown) => Promise<unknown> };
  }
}

function fits(wanted: unknown, given: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return wanted === given;
  if (typeof given !== "object" || given === null) return false;
  return Object.entries(wanted).every(([key, part]) =>
    fits(part, (given as Record<string, unknown>)[key]),
  );
}

/** What is answered where nothing is recorded: no run is kept, and a log is asked for what was told of it. */
const unrecorded = new Map<string, unknown>([
  ["run_list", []],
  ["run_lines", null],
  ["run_find", null],
  ["run_error_after", null],
  ["run_row_of", null],
]);

/** Answers every command from recordings, in place of the shell. */
export function installRecorded(given: Recording[], alreadyAsked: string[] = []): Stage {
  const recordings = [...given];
  const done = new Set(alreadyAsked);
  let channel: { onmessage: (event: RunEvent) => void } | null = null;
  const logs = new RecordedLogs();
  let refreshes: { onmessage: (event: RefreshEvent) => void } | null = null;
  const open: { command: string; settle: (answer: { ok?: unknown; error?: unknown }) => void }[] = [];
  let steps: { onmessage: (step: SignInStep) => void } | null = null;
  const waiting = new Map<unknown, (none: null) => void>();
  const stage: Stage = {
    asked: [],
    send: (event) => channel?.onmessage(logs.sent(event)),
    refresh: (event) => refreshes?.onmessage(event),
    settle: (command, answer) => {
      const at = open.findIndex((each) => each.command === command);
      open.splice(at, 1)[0]?.settle(answer);
    },
    record: (recording) => void recordings.push(recording),
    step: (step) => steps?.onmessage(step),
    emit: (event, payload) =>
      void window.__TAURI_INTERNALS__?.invoke("plugin:event|emit", { event, payload }),
  };

  const answerTo = (command: string, args: Record<string, unknown>): RecordedAnswer | undefined =>
    recordings
      .filter((recording) => recording.command === command)
      .flatMap((recording) => recording.answers)
      .filter((each) => fits(each.args ?? {}, args))
      .filter((each) => (each.after ?? []).every((earlier) => done.has(earlier)))
      .at(-1);

  mockWindows("main");
  mockIPC(
    async (command, payload) => {
      if (command.startsWith("plugin:")) return null;
      const args = (payload ?? {}) as Record<string, unknown>;
      stage.asked.push({ command, args: { ...args, events: undefined, steps: undefined } });
      const answer = answerTo(command, args) ?? (unrecorded.has(command) ? { ok: unrecorded.get(command) } : undefined);
      if (!answer) throw new Error(`nothing recorded for ${command} ${JSON.stringify(args)}`);
      if (command === "sign_in_begin") {
        steps = args["steps"] as { onmessage: (step: SignInStep) => void };
        answer.steps?.forEach((step) => stage.step(step));
        // A sign-in that is cancelled answers nothing.
        if (answer.pending) return new Promise((none) => waiting.set(args["attempt"], none));
      }
      if (command === "sign_in_cancel") waiting.get(args["attempt"])?.(null);
      if (command === "feed_refresh") {
        refreshes = args["events"] as { onmessage: (event: RefreshEvent) => void };
        (answer.events as RefreshEvent[] | undefined)?.forEach((event) => stage.refresh(event));
      }
      if (answer.pending)
        return new Promise((resolve, reject) =>
          open.push({ command, settle: ({ ok, error }) => (error ? reject(error) : resolve(ok ?? null)) }),
        );
      if (answer.error) throw answer.error;
      done.add(command);
      if (command === "run_start") {
        channel = args["events"] as { onmessage: (event: RunEvent) => void };
        logs.start(answer.ok as string);
        const events = (answer.events ?? []) as ToldEvent[];
        setTimeout(() => events.forEach((event) => stage.send(event)));
      }
      const other = (command: string): unknown => answerTo(command, args)?.ok;
      return logs.answer(command, args, narrowed(command, args, answer.ok ?? null, other), () => other("run_lines"));
    },
    { shouldMockEvents: true },
  );
  window.__granaryStage = stage;
  return stage;
}

/** Lists are recorded whole, and answered as far as they are asked for; what was recorded for all takes the name asked for. */
function narrowed(command: string, args: Record<string, unknown>, ok: unknown, other: (command: string) => unknown): unknown {
  switch (command) {
    case "crate_page":
      return stretchOf(ok as CratePage, args["query"] as CrateQuery, args["offset"] as number, args["limit"] as number);
    case "crate_show": {
      const name = args["name"] as string;
      return named(ok as CrateDetails, name, rowOf(other("crate_page") as CratePage, name));
    }
    case "version_show": {
      const { name, version } = args["version"] as { name: string; version: string };
      return numbered(ok as VersionDetails, name, version);
    }
    case "run_list":
      return runsOf(ok as RunEntry[], args["folder"] as string | null, args["query"] as string);
    case "run_show":
      return shownRun(ok as KeptRun, args["id"] as string, (other("run_list") ?? []) as RunEntry[]);
    default:
      return ok;
  }
}
