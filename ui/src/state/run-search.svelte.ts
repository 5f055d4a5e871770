import { listRuns } from "../api/run";
import { asFailure, type IpcFailure } from "../api/transport";
import type { Run, Runs } from "./runs.svelte";

/** Between the last key and the question, in milliseconds. */
const pause = 120;

/** Which runs of a list a text is found in. */
export class RunSearch {
  query = $state("");
  failure = $state.raw<IpcFailure | null>(null);
  #found = $state.raw<Record<string, true> | null>(null);
  #question = 0;

  /** @param folder whose runs are looked through; all where it is null */
  constructor(
    private readonly runs: Runs,
    private readonly folder: string | null,
  ) {}

  /** What is shown stays until it is known what was found. */
  async find(query: string): Promise<void> {
    this.query = query;
    const mine = ++this.#question;
    if (!query.trim()) {
      this.#found = null;
      return;
    }
    await new Promise((go) => setTimeout(go, pause));
    if (mine === this.#question) await this.#look(query.trim(), mine);
  }

  of(all: Run[]): Run[] {
    const found = this.#found;
    return found ? all.filter(({ id }) => id !== null && found[id]) : all;
  }

  async #look(query: string, mine: number): Promise<void> {
    try {
      const entries = await listRuns(this.folder, query);
      if (mine !== this.#question) return;
      this.runs.merge(entries);
      this.#found = Object.fromEntries(entries.map(({ id }) => [id, true]));
      this.failure = null;
    } catch (thrown) {
      if (mine === this.#question) this.failure = asFailure(thrown);
    }
  }
}
