import type { Fetch } from "../api/run";
import { ended, lookOf, looks, place, type BarStyle, type Look } from "./timeline";

const naming = (name: string, version: string | null): string => `${name} ${version ?? ""}`;

/**
 * What a run fetched, and what it is fetching. It lies in plain arrays, outside reactivity: a counter says that it
 * grew, and whoever draws asks for what is in view. What is under way is in its lane, and counts for nothing yet.
 */
export class RunFetches {
  /** Rises with every batch, and while something is under way. */
  version = $state(0);
  #chosen = $state.raw<Fetch | null>(null);

  readonly #lanes: number[] = [];
  readonly #rows: Fetch[][] = [];
  readonly #named: Record<string, Fetch> = {};
  readonly #counts: Record<Look, number> = { index: 0, crates: 0, ours: 0, other: 0, refused: 0 };
  #running: Fetch[] = [];
  #saves = 0;
  #first = Infinity;
  #last = 0;
  #slowest: Fetch | null = null;

  /** @param cratesIo the feed or registry that stands for crates.io; null where it is crates.io itself */
  constructor(readonly cratesIo: string | null = null) {}

  /** Takes in what is under way. */
  begin(batch: Fetch[]): void {
    this.#running.push(...batch);
    this.reach(0);
  }

  /** Takes in what ended, each in the place of what it was while it was under way. */
  append(batch: Fetch[]): void {
    for (const fetch of batch) {
      this.#put(fetch);
      const { look } = this.style(fetch);
      this.#counts[look]++;
      this.#saves += Number(fetch.saves);
      this.#first = Math.min(this.#first, fetch.began);
      this.#last = Math.max(this.#last, ended(fetch));
      if (fetch.version !== null && look !== "refused" && fetch.seconds > (this.#slowest?.seconds ?? -1)) this.#slowest = fetch;
    }
    this.#running = this.#running.filter((fetch) => this.latest(fetch) === fetch);
    this.version++;
    this.reach(0);
  }

  /** What is under way lasts until now, and that is no earlier than all that is known to have happened. */
  reach(now: number): void {
    if (this.#running.length === 0) return;
    const until = Math.max(now, this.last);
    this.#running = this.#running.map((fetch) => this.#put({ ...fetch, seconds: until - fetch.began }));
    this.version++;
  }

  /** The run is over: what is under way by then never ends. */
  end(): void {
    const over = this.#over();
    this.#running = [];
    this.#lanes.length = this.#rows.length = 0;
    for (const fetch of over) place(fetch, this.#lanes, this.#rows);
    this.version++;
  }

  readonly style = (fetch: Fetch): BarStyle => {
    void this.version;
    return { look: lookOf(fetch, this.cratesIo), saves: fetch.saves, isRunning: this.#running.includes(fetch) };
  };

  /** What a fetch is by now: another while it was under way, and nothing where the run was over before it ended. */
  latest(fetch: Fetch | null): Fetch | null {
    void this.version;
    if (fetch === null) return null;
    const row = this.#rows[this.#lanes.indexOf(fetch.lane)] ?? [];
    return row.findLast(({ began }) => began === fetch.began) ?? null;
  }

  /** The one that was pointed at from elsewhere, or chosen. */
  get chosen(): Fetch | null {
    return this.latest(this.#chosen);
  }
  set chosen(fetch: Fetch | null) {
    this.#chosen = fetch;
  }

  /** By lane, in the order they began in. */
  get rows(): Fetch[][] {
    void this.version;
    return this.#rows;
  }
  /** How many ended, by their look. */
  get counts(): Record<Look, number> {
    void this.version;
    return { ...this.#counts };
  }
  /** What is drawn of it: that of what is under way too. */
  get drawn(): { looks: Look[]; saves: boolean } {
    const { counts } = this;
    const begun = (look: Look): boolean => this.#running.some((fetch) => lookOf(fetch, this.cratesIo) === look);
    return { looks: looks.filter((look) => counts[look] > 0 || begun(look)), saves: this.#saves > 0 || this.#running.some(({ saves }) => saves) };
  }
  get all(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count);
  }
  get saves(): number {
    void this.version;
    return this.#saves;
  }
  get first(): number {
    void this.version;
    return Math.min(this.#first, ...this.#running.map(({ began }) => began));
  }
  get last(): number {
    void this.version;
    return Math.max(this.#last, ...this.#running.map(ended));
  }
  /** The crate that took longest. */
  get slowest(): Fetch | null {
    void this.version;
    return this.#slowest;
  }

  of(name: string, version: string): Fetch | null {
    return this.latest(this.#named[naming(name, version)] ?? null);
  }

  /** What was refused, be it drawn too thin for a cross, and then those that took longest, the slowest first. */
  listed(most: number): Fetch[] {
    return this.#over().sort((a, b) => Number(b.refused) - Number(a.refused) || b.seconds - a.seconds).slice(0, most);
  }

  #over(): Fetch[] {
    return this.rows.flat().filter((fetch) => !this.#running.includes(fetch));
  }

  #put(fetch: Fetch): Fetch {
    place(fetch, this.#lanes, this.#rows);
    return (this.#named[naming(fetch.name, fetch.version)] = fetch);
  }
}
