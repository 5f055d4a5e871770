import type { Fetch } from "../api/run";
import { ended, lookOf, place, type Look } from "./timeline";

const naming = (name: string, version: string | null): string => `${name} ${version ?? ""}`;

/**
 * What a run fetched. It lies in plain arrays, outside reactivity: a counter says that it grew, and whoever draws asks
 * for what is in view.
 */
export class RunFetches {
  /** Rises with every batch. */
  version = $state(0);
  /** The one that was pointed at from elsewhere, or chosen. */
  chosen = $state.raw<Fetch | null>(null);

  readonly #lanes: number[] = [];
  readonly #rows: Fetch[][] = [];
  readonly #named: Record<string, Fetch> = {};
  readonly #counts: Record<Look, number> = { index: 0, crates: 0, ours: 0, other: 0 };
  #saves = 0;
  #first = Infinity;
  #last = 0;
  #slowest: Fetch | null = null;

  /** @param cratesIo the feed or registry that stands for crates.io; null where it is crates.io itself */
  constructor(readonly cratesIo: string | null = null) {}

  append(batch: Fetch[]): void {
    for (const fetch of batch) {
      place(fetch, this.#lanes, this.#rows);
      this.#named[naming(fetch.name, fetch.version)] = fetch;
      this.#counts[this.look(fetch)]++;
      this.#saves += Number(fetch.saves);
      this.#first = Math.min(this.#first, fetch.began);
      this.#last = Math.max(this.#last, ended(fetch));
      if (fetch.version !== null && fetch.seconds > (this.#slowest?.seconds ?? -1)) this.#slowest = fetch;
    }
    this.version++;
  }

  readonly look = (fetch: Fetch): Look => lookOf(fetch, this.cratesIo);

  /** By lane, in the order they began in. */
  get rows(): Fetch[][] {
    void this.version;
    return this.#rows;
  }
  count(look: Look): number {
    void this.version;
    return this.#counts[look];
  }
  get all(): number {
    return this.count("index") + this.crates;
  }
  get crates(): number {
    return this.count("crates") + this.count("ours") + this.count("other");
  }
  get saves(): number {
    void this.version;
    return this.#saves;
  }
  get first(): number {
    void this.version;
    return this.#first;
  }
  get last(): number {
    void this.version;
    return this.#last;
  }
  /** The crate that took longest. */
  get slowest(): Fetch | null {
    void this.version;
    return this.#slowest;
  }

  of(name: string, version: string): Fetch | null {
    return this.#named[naming(name, version)] ?? null;
  }

  /** Those that took longest, the slowest first. */
  bySeconds(most: number): Fetch[] {
    return this.rows.flat().sort((a, b) => b.seconds - a.seconds).slice(0, most);
  }
}
