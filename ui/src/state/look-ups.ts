import type { CrateRow } from "../api/crate";

const quiet = 150;
/** A screen has few more rows than this. */
const atOnce = 60;

/** Asks the index about the crates on screen once scrolling stops, about each at most once until it is forgotten. */
export class LookUps {
  #known = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ask: (names: string[]) => Promise<CrateRow[]>,
    private readonly changed: (rows: CrateRow[]) => void,
  ) {}

  onScreen(names: string[]): void {
    clearTimeout(this.#timer);
    if (names.every((name) => this.#known.has(name))) return;
    this.#timer = setTimeout(() => void this.#look(names), quiet);
  }

  /** After a refresh each may be asked about once more. */
  forget(): void {
    this.#known = new Set();
  }

  async #look(names: string[]): Promise<void> {
    const known = this.#known;
    const fresh = names.filter((name) => !known.has(name)).slice(0, atOnce);
    for (const name of fresh) known.add(name);
    try {
      const rows = await this.ask(fresh);
      if (known === this.#known && rows.length > 0) this.changed(rows);
    } catch {
      // Nothing of the list hangs on it: what is not known stays so until the next refresh.
    }
  }
}
