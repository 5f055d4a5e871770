import type { CratePage, CrateRow, OriginCounts } from "../api/crate";
import type { Kept } from "../api/feed";
import { numbers, Stretches } from "./stretches";

/** Rows that are asked for at once. */
export const stretch = 100;
const atMost = 3;
/** Stretches that are held: what is far from the view is asked for again when one comes back to it. */
const held = 20;

export type Ask = (offset: number, limit: number) => Promise<CratePage>;

/**
 * The rows of one query, asked for in stretches as they come into view. What was shown stays until what comes in its
 * place is here; an answer to an earlier question is dropped.
 */
export class CratePages {
  length = $state(0);
  counts = $state.raw<OriginCounts | null>(null);
  kept = $state.raw<Kept | null>(null);
  /** Counts how often rows came; whoever reads rows by place reads this too. */
  changes = $state(0);
  /** Counts how often all rows were replaced, since something else was asked. */
  answers = $state(0);
  /** Whether crates.io has the name of a crate of ours too, of all that came for this question. */
  onBothSides = $state(false);
  readonly #pages = new Stretches<CrateRow>();
  #seen = 0;
  #asked = numbers();
  #wanted: number[] = [];
  #question = 0;
  #ask: Ask | null = null;

  /** A row, where it is here. Places below the first and behind the last have none. */
  at(index: number): CrateRow | undefined {
    void this.changes;
    if (index < 0) return undefined;
    return this.#pages.of(Math.floor(index / stretch))?.[index % stretch];
  }

  /** Where the row of a name is, among those that are here; -1 where it is not. */
  indexOf(name: string): number {
    void this.changes;
    for (const [page, rows] of this.#pages.inOrder()) {
      const at = rows.findIndex((row) => row.name === name);
      if (at >= 0) return page * stretch + at;
    }
    return -1;
  }

  /** Asks something else: the answer takes the place of all rows. Rejects with the refusal. */
  async ask(ask: Ask): Promise<boolean> {
    this.#begin(ask);
    this.#asked.add(0);
    return this.#take(0, true);
  }

  /** Asks the same again for the rows in view; other stretches are asked for when they are looked at. */
  async again(first: number, last: number): Promise<boolean> {
    if (!this.#ask) return false;
    this.#begin(this.#ask);
    this.#pages.age();
    const pages = this.#around(first, last);
    for (const page of pages) this.#asked.add(page);
    const came = await Promise.all(pages.map((page) => this.#take(page, false)));
    return came.every(Boolean);
  }

  /** Says which rows are in view; those around them are asked for too. */
  want(first: number, last: number): void {
    this.#wanted = this.#around(first, last).filter((page) => !this.#pages.isFresh(page) && !this.#asked.has(page));
    this.#next();
  }

  /** Puts rows in the place of those of the same name; their order stays. */
  patch(rows: CrateRow[]): void {
    this.#look(rows);
    if (this.#pages.mend(rows, (row) => row.name)) this.changes++;
  }

  #look(rows: CrateRow[]): void {
    if (rows.some((row) => row.onBothSides)) this.onBothSides = true;
  }

  #begin(ask: Ask): void {
    this.#ask = ask;
    this.#question++;
    this.#asked = numbers();
    this.#wanted = [];
  }

  #around(first: number, last: number): number[] {
    const screen = Math.max(1, last - first);
    const from = Math.max(0, Math.floor((first - screen) / stretch));
    const to = Math.max(from, Math.floor(Math.min(last + screen, Math.max(0, this.length - 1)) / stretch));
    const seen = Math.floor(first / stretch);
    this.#seen = seen;
    // What is in view comes before what is around it.
    return Array.from({ length: to - from + 1 }, (_, at) => from + at).sort((a, b) => Math.abs(a - seen) - Math.abs(b - seen));
  }

  #next(): void {
    while (this.#asked.size < atMost) {
      const page = this.#wanted.shift();
      if (page === undefined) return;
      this.#asked.add(page);
      // A stretch that did not come is asked for again when it is next looked at.
      void this.#take(page, false).catch(() => undefined);
    }
  }

  async #take(page: number, whole: boolean): Promise<boolean> {
    const mine = this.#question;
    try {
      const answer = await this.#ask?.(page * stretch, stretch);
      if (mine !== this.#question || !answer) return false;
      if (whole) {
        this.#pages.clear();
        this.#seen = page;
        this.onBothSides = false;
      }
      this.#pages.put(page, answer.rows);
      this.#pages.keepNear(this.#seen, held);
      this.#look(answer.rows);
      this.length = answer.total;
      this.counts = answer.counts;
      this.kept = answer.kept;
      if (whole) this.answers++;
      this.changes++;
      return true;
    } catch (thrown) {
      if (mine !== this.#question) return false;
      throw thrown;
    } finally {
      if (mine === this.#question) {
        this.#asked.delete(page);
        this.#next();
      }
    }
  }
}
