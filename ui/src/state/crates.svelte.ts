import { cratePage, lookUpCrates, type CrateQuery, type CrateRow, type CrateSort, type OriginFilter } from "../api/crate";
import { refreshFeed } from "../api/feed";
import { asFailure, type IpcFailure } from "../api/transport";
import { CratePages } from "./crate-pages.svelte";
import { LookUps } from "./look-ups";
import { Selection } from "./selection.svelte";

const most = 2000;
const gathered = 500;

/** The crates of one feed: read from what is kept here, and brought up to date beside that. */
export class Crates {
  readonly pages = new CratePages();
  readonly selection = new Selection<CrateRow>((row) => row.name);
  text = $state("");
  origin = $state<OriginFilter>("all");
  view = $state<string | null>(null);
  onlyYanked = $state(false);
  onlyOnBothSides = $state(false);
  sort = $state<CrateSort>("published");
  isReversed = $state(false);
  /** Why what is kept could not be read. */
  failure = $state.raw<IpcFailure | null>(null);
  refreshing = $state(false);
  /** Why it could not be brought up to date. */
  refreshFailure = $state.raw<IpcFailure | null>(null);
  /** How many crates came in while it is brought up to date. */
  arriving = $state(0);
  /** How many rows came above the view since one last scrolled up. */
  above = $state(0);
  readonly #lookUps: LookUps;
  #inView: [number, number] = [0, 0];
  #refreshes = 0;
  #rereading: Promise<unknown> | null = null;

  constructor(readonly feed: string) {
    this.#lookUps = new LookUps(
      (names) => lookUpCrates(feed, names),
      (rows) => this.pages.patch(rows),
    );
  }

  get query(): CrateQuery {
    const { text, origin, view, onlyYanked, onlyOnBothSides, sort, isReversed } = this;
    return { text: text.trim(), origin, view, onlyYanked, onlyOnBothSides, sort, isReversed };
  }
  /** Whether anything but all crates is asked for, beside the origin. */
  get isNarrowed(): boolean {
    return this.view !== null || this.onlyYanked || this.onlyOnBothSides;
  }
  get isKept(): boolean {
    return this.pages.kept !== null;
  }
  /** How many crates the feed holds, whatever is looked for. */
  get total(): number {
    return this.pages.kept?.saved ?? 0;
  }
  get offline(): boolean {
    return this.refreshFailure?.code === "unreachable";
  }

  /** Reads the list, then has it brought up to date. */
  async open(): Promise<void> {
    await this.read();
    await this.refresh();
  }

  /** Asks at once, since what is kept answers at once. */
  async read(): Promise<void> {
    const query = this.query;
    this.above = 0;
    try {
      const mine = await this.pages.ask((offset, limit) => cratePage(this.feed, query, offset, limit));
      if (!mine) return;
      this.failure = null;
      this.selection.clear();
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
  }

  /** Narrows or orders the list; the newest question wins. */
  change(change: Partial<Pick<Crates, "text" | "origin" | "view" | "onlyYanked" | "onlyOnBothSides" | "sort" | "isReversed">>): void {
    Object.assign(this, change);
    void this.read();
  }

  sortBy(sort: CrateSort): void {
    this.change({ sort, isReversed: this.sort === sort ? !this.isReversed : false });
  }

  async refresh(): Promise<void> {
    const mine = ++this.#refreshes;
    this.refreshing = true;
    this.arriving = 0;
    try {
      const { kept } = await refreshFeed(this.feed, (event) => {
        if (mine !== this.#refreshes) return;
        this.arriving = event.crates;
        void this.#reread();
      });
      if (mine !== this.#refreshes) return;
      this.refreshFailure = null;
      this.pages.kept = kept;
      this.#lookUps.forget();
    } catch (thrown) {
      if (mine !== this.#refreshes) return;
      this.refreshFailure = asFailure(thrown);
    }
    await this.reread();
    if (mine === this.#refreshes) this.refreshing = false;
  }

  /** Reads what is on screen again: rows stay where they are until the new ones come. */
  async reread(): Promise<void> {
    await this.#rereading;
    await this.#reread();
  }

  /** Says which rows are on screen, and asks for what is missing there. */
  inView(first: number, last: number): void {
    this.#inView = [first, last];
    if (first === 0) this.above = 0;
    this.pages.want(first, last);
    this.lookUp();
  }

  /** Has the index asked about what is on screen, as far as it is here. */
  lookUp(): void {
    const [first, last] = this.#inView;
    const names = Array.from({ length: Math.max(0, last - first) }, (_, at) => this.pages.at(first + at)?.name);
    const here = names.filter((name) => name !== undefined);
    if (here.length > 0) this.#lookUps.onScreen(here);
  }

  /** Where the first name with this letter is, in a list by name that is not all here; -1 where there is none. */
  async seek(letter: string): Promise<number> {
    if (this.sort !== "name" || this.isReversed) return -1;
    const query = this.query;
    const nameAt = async (index: number): Promise<string> => (await cratePage(this.feed, query, index, 1)).rows[0]?.name.toLowerCase() ?? "";
    let [low, high] = [0, this.pages.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((await nameAt(middle)) < letter) low = middle + 1;
      else high = middle;
    }
    return low < this.pages.length && (await nameAt(low)).startsWith(letter) ? low : -1;
  }

  /** Chooses every crate that fits, as far as that can be acted on at once; answers whether those were all. */
  async selectAll(): Promise<boolean> {
    const query = this.query;
    const wanted = Math.min(this.pages.length, most);
    const rows: CrateRow[] = [];
    while (rows.length < wanted) {
      const page = await cratePage(this.feed, query, rows.length, Math.min(gathered, wanted - rows.length));
      if (page.rows.length === 0) break;
      rows.push(...page.rows);
    }
    this.selection.set(rows);
    return rows.length >= this.pages.length;
  }

  /** One at a time: what comes in while rows are read is read with the next event, and at the end. */
  async #reread(): Promise<void> {
    if (this.#rereading) return;
    this.#rereading = this.#readView();
    await this.#rereading;
    this.#rereading = null;
  }

  async #readView(): Promise<void> {
    const query = this.query;
    try {
      if (this.isKept) await this.pages.again(...this.#inView);
      else await this.pages.ask((offset, limit) => cratePage(this.feed, query, offset, limit));
      this.failure = null;
    } catch (thrown) {
      this.failure ??= asFailure(thrown);
    }
  }
}
