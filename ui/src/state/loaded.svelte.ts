import { asFailure, type IpcFailure } from "../api/transport";

export type LoadState = "idle" | "loading" | "ready" | "failed";

/** A value that comes later. What was loaded before stays while it is asked for again; late answers are ignored. */
export class Loaded<T> {
  state = $state<LoadState>("idle");
  value = $state.raw<T | null>(null);
  failure = $state.raw<IpcFailure | null>(null);
  /** When the value came, in milliseconds since 1970. */
  at = $state(0);
  refreshing = $state(false);
  #asked = 0;

  async load(ask: () => Promise<T>): Promise<T | null> {
    const mine = ++this.#asked;
    this.refreshing = true;
    if (this.value === null) this.state = "loading";
    try {
      const value = await ask();
      if (mine !== this.#asked) return null;
      this.set(value);
      return value;
    } catch (thrown) {
      if (mine !== this.#asked) return null;
      this.failure = asFailure(thrown);
      this.state = "failed";
      this.refreshing = false;
      return null;
    }
  }

  set(value: T): void {
    this.value = value;
    this.failure = null;
    this.state = "ready";
    this.at = Date.now();
    this.refreshing = false;
  }

  /** Shows what is kept from an earlier time while the answer is still awaited. */
  keep(value: T): void {
    this.value = value;
    if (this.state === "loading") this.state = "ready";
  }

  /** Forgets the value; an answer under way is ignored when it comes. */
  clear(): void {
    this.#asked++;
    this.value = null;
    this.failure = null;
    this.state = "idle";
    this.refreshing = false;
  }
}
