import type { LogLine } from "../api/run";
import { byPage, Stretches } from "./stretches";

/** Rows that are asked for at once. */
export const stretch = 200;
const atMost = 3;
/** Between two moves of who follows a log, in milliseconds: nobody reads faster, and a window that does more stutters. */
const calm = 66;
/** Stretches that are held: what is far from the view is asked for again when one comes back to it. */
export const held = 20;

export type AskLines = (from: number, count: number) => Promise<LogLine[]>;

/**
 * The rows of a log that are looked at, asked for in stretches. A log only grows: a stretch that was short is filled up
 * with what came since. An answer to an earlier question is dropped.
 */
export class RunLogRows {
  /** How many rows there are to scroll through. */
  length = $state(0);
  /** Counts how often rows came; whoever reads rows by place reads this too. */
  changes = $state(0);
  /** Why rows are missing: the first refusal since others were asked for or some came. */
  failure = $state.raw<unknown>(null);
  readonly #pages = new Stretches<LogLine>();
  readonly #asked = byPage<Promise<boolean>>();
  /** Stretches that came shorter than they should be, and how long the log was said to be then. */
  readonly #short = byPage<number>();
  #view: [number, number] = [0, 0];
  #seen = 0;
  #total = 0;
  #question = 0;
  #watched = false;
  #growing = false;

  /** @param follows whether one looks at the end, so that it is to be here before it is shown */
  constructor(
    private readonly ask: AskLines,
    private readonly follows: () => boolean,
  ) {}

  /** How many rows are held. */
  get held(): number {
    return this.#pages.inOrder().reduce((sum, [, rows]) => sum + rows.length, 0);
  }

  /** A row, where it is here. */
  at(row: number): LogLine | undefined {
    void this.changes;
    return this.#pages.of(Math.floor(row / stretch))?.[row % stretch];
  }

  /** From now on somebody looks; answers how to stop that, which lets go of all rows. */
  watch(): () => void {
    this.#watched = true;
    this.grow(this.#total);
    return () => {
      this.#watched = false;
      this.begin(this.#total);
    };
  }

  /** Says which rows are in view; those around them are asked for too. */
  want(first: number, last: number): void {
    this.#view = [first, last];
    this.#seen = Math.floor(first / stretch);
    this.#next();
  }

  grow(total: number): void {
    this.#total = Math.max(this.#total, total);
    if (this.#watched && this.follows()) return void this.#follow();
    this.length = this.#total;
    this.#next();
  }

  /** Has a row to scroll to, which who follows may not have been shown yet, or which the counts do not tell of yet. */
  reach(row: number): void {
    this.#total = Math.max(this.#total, row + 1);
    this.length = this.#total;
  }

  /** Other rows are asked for from now on. */
  begin(total: number): void {
    this.#question++;
    this.#growing = false;
    this.#pages.clear();
    this.#asked.clear();
    this.#short.clear();
    this.#total = total;
    this.length = total;
    this.failure = null;
    this.changes++;
    this.#next();
  }

  /** Lets the list grow once what is at its new end is here, so that one who follows sees no gaps. */
  async #follow(): Promise<void> {
    if (this.#growing) return;
    const mine = this.#question;
    this.#growing = true;
    while (this.length < this.#total) {
      const total = this.#total;
      const [first, last] = this.#view;
      await this.#bring(total - 2 * Math.max(20, last - first), total);
      if (mine !== this.#question) return;
      this.length = Math.max(this.length, total);
      await new Promise((go) => setTimeout(go, calm));
      if (mine !== this.#question) return;
    }
    this.#growing = false;
    this.#next();
  }

  async #bring(first: number, last: number): Promise<void> {
    const [from, to] = [Math.floor(Math.max(0, first) / stretch), Math.floor((last - 1) / stretch)];
    this.#seen = to;
    const pages = Array.from({ length: to - from + 1 }, (_, at) => from + at);
    await Promise.all(pages.filter((page) => !this.#isWhole(page)).map((page) => this.#take(page)));
  }

  #isWhole(page: number): boolean {
    const here = this.#pages.of(page)?.length ?? 0;
    return here >= Math.min(stretch, this.#total - page * stretch);
  }

  #next(): void {
    if (!this.#watched) return;
    for (const page of this.#around()) {
      if (this.#asked.size >= atMost) return;
      if (this.#asked.has(page) || this.#isWhole(page) || this.#short.get(page) === this.#total) continue;
      // What did not come is asked for again when it is next looked at.
      void this.#take(page).then((came) => came && this.#next());
    }
  }

  /** The stretches in view and a screen beyond, what is in view first. */
  #around(): number[] {
    const [first, last] = this.#view;
    const screen = last - first;
    if (screen === 0) return [];
    const from = Math.max(0, Math.floor((first - screen) / stretch));
    const to = Math.floor((Math.min(last + screen, this.length) - 1) / stretch);
    const seen = Math.floor(first / stretch);
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at).sort((a, b) => Math.abs(a - seen) - Math.abs(b - seen));
  }

  /** Asks for what a stretch lacks, unless that is on its way already; answers whether something came. */
  #take(page: number): Promise<boolean> {
    const underWay = this.#asked.get(page);
    if (underWay) return underWay;
    const taken = this.#fill(page, this.#question, this.#total);
    this.#asked.set(page, taken);
    return taken;
  }

  async #fill(page: number, mine: number, total: number): Promise<boolean> {
    const here = this.#pages.of(page) ?? [];
    try {
      const rows = await this.ask(page * stretch + here.length, stretch - here.length);
      if (mine !== this.#question) return false;
      this.#put(page, [...here, ...rows], total);
      this.failure = null;
      return true;
    } catch (thrown) {
      if (mine === this.#question) this.failure ??= thrown;
      return false;
    } finally {
      if (mine === this.#question) this.#asked.delete(page);
    }
  }

  #put(page: number, rows: LogLine[], total: number): void {
    this.#pages.put(page, rows);
    this.#pages.keepNear(this.#seen, held);
    if (this.#isWhole(page)) this.#short.delete(page);
    else this.#short.set(page, total);
    this.changes++;
  }
}
