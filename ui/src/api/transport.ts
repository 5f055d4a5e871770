import type { ErrorCode, IpcError } from "./bindings";

/** `null` stands for a command that never refuses. */
type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: IpcError | null };

/** What a command refuses with: the engine's code, words, hints and causes. */
export class IpcFailure extends Error {
  readonly code: ErrorCode;
  readonly hints: string[];
  readonly causes: string[];

  constructor(error: IpcError) {
    super(error.message);
    this.name = "IpcFailure";
    this.code = error.code;
    this.hints = error.hints;
    this.causes = error.causes;
  }
}

/** Turns whatever was thrown into the one shape the window draws. */
export function asFailure(thrown: unknown): IpcFailure {
  if (thrown instanceof IpcFailure) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new IpcFailure({ code: "internal", message, hints: [], causes: [] });
}

/** The value of a command's answer, or its refusal thrown. */
export async function value<T>(answer: Promise<Answer<T>>): Promise<T> {
  let settled: Answer<T>;
  try {
    settled = await answer;
  } catch (thrown) {
    throw asFailure(thrown);
  }
  if (settled.status === "error") throw settled.error ? new IpcFailure(settled.error) : asFailure(settled.error);
  return settled.data;
}

/** A refusal that came as part of an answer, in the shape the window draws. */
export const asRefusal = (error: IpcError): IpcFailure => new IpcFailure(error);
