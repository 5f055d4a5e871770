import { mockIPC, mockWindows } from "@tauri-apps/api/mocks";
import type { RunEvent, SignInStep } from "./bindings";

/** One recorded answer. The last one that fits is given; `after` waits for commands to have been asked. */
export type RecordedAnswer = {
  args?: Record<string, unknown>;
  after?: string[];
  ok?: unknown;
  error?: unknown;
  pending?: boolean;
  events?: RunEvent[];
  /** What one sees while signing in; also while no answer comes. */
  steps?: SignInStep[];
};
export type Recording = { command: string; answers: RecordedAnswer[] };

/** What a test may steer and read while the window runs against recordings. */
export type Stage = {
  asked: { command: string; args: Record<string, unknown> }[];
  /** Sends an event on the channel of the latest run. */
  send: (event: RunEvent) => void;
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

/** Answers every command from recordings, in place of the shell. */
export function installRecorded(recordings: Recording[], alreadyAsked: string[] = []): Stage {
  const done = new Set(alreadyAsked);
  let channel: { onmessage: (event: RunEvent) => void } | null = null;
  let steps: { onmessage: (step: SignInStep) => void } | null = null;
  const waiting = new Map<unknown, (none: null) => void>();
  const stage: Stage = {
    asked: [],
    send: (event) => channel?.onmessage(event),
    step: (step) => steps?.onmessage(step),
    emit: (event, payload) =>
      void window.__TAURI_INTERNALS__?.invoke("plugin:event|emit", { event, payload }),
  };

  mockWindows("main");
  mockIPC(
    async (command, payload) => {
      if (command.startsWith("plugin:")) return null;
      const args = (payload ?? {}) as Record<string, unknown>;
      stage.asked.push({ command, args: { ...args, events: undefined, steps: undefined } });
      const answer = recordings
        .filter((recording) => recording.command === command)
        .flatMap((recording) => recording.answers)
        .filter((each) => fits(each.args ?? {}, args))
        .filter((each) => (each.after ?? []).every((earlier) => done.has(earlier)))
        .at(-1);
      if (!answer) throw new Error(`nothing recorded for ${command} ${JSON.stringify(args)}`);
      if (command === "sign_in_begin") {
        steps = args["steps"] as { onmessage: (step: SignInStep) => void };
        answer.steps?.forEach((step) => stage.step(step));
        // A sign-in that is cancelled answers nothing.
        if (answer.pending) return new Promise((none) => waiting.set(args["attempt"], none));
      }
      if (command === "sign_in_cancel") waiting.get(args["attempt"])?.(null);
      if (answer.pending) return new Promise(() => undefined);
      if (answer.error) throw answer.error;
      done.add(command);
      if (command === "run_start") {
        channel = args["events"] as { onmessage: (event: RunEvent) => void };
        const events = answer.events ?? [];
        setTimeout(() => events.forEach((event) => stage.send(event)));
      }
      return answer.ok ?? null;
    },
    { shouldMockEvents: true },
  );
  window.__granaryStage = stage;
  return stage;
}
