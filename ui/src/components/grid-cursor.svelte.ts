/** Rows by place; one that is not here yet is none. Arrays are such rows. */
export type Rows<T> = { readonly length: number; at: (index: number) => T | undefined };

/** Which rows several are chosen from; `Selection` is one. */
export type Chosen<T> = {
  readonly size: number;
  has: (item: T) => boolean;
  toggle: (item: T) => void;
  set: (items: T[]) => void;
};

type Source<T> = {
  rows: () => Rows<T>;
  keyOf: (item: T) => string;
  /** Where a key is; without it rows are few and all here. */
  find?: ((key: string) => number) | undefined;
};

/** The row one stands on: it stays the same row where others come and go. */
export class GridCursor<T> {
  /** Where it was last seen. */
  place = $state(-1);
  key = $state<string | null>(null);
  /** Where a stretch of chosen rows began. */
  #from = -1;
  readonly current = $derived.by(() => {
    const rows = this.source.rows();
    if (this.place < 0 || rows.length === 0) return -1;
    const item = rows.at(this.place);
    const here = Math.min(this.place, rows.length - 1);
    // What is let go of, since one scrolled far, is still where it was.
    const isAway = item === undefined && this.place < rows.length;
    if (this.key === null || isAway || (item !== undefined && this.source.keyOf(item) === this.key)) return here;
    const found = this.#find(this.key);
    // What was removed leaves the place to the next; what is only not here yet does not.
    return found >= 0 || this.source.find ? found : here;
  });

  constructor(private readonly source: Source<T>) {}

  get item(): T | undefined {
    return this.current < 0 ? undefined : this.source.rows().at(this.current);
  }
  /** Where the next key starts from. */
  get start(): number {
    return this.current >= 0 ? this.current : this.place - 1;
  }

  go(index: number): void {
    const item = this.source.rows().at(index);
    this.place = index;
    this.key = item === undefined ? null : this.source.keyOf(item);
  }

  /** Stands on a row by its key; -1 where it is not here. */
  stand(key: string | null): void {
    if (key === this.key) return;
    this.key = key;
    this.place = key === null ? -1 : this.#find(key);
  }

  #find(key: string): number {
    if (this.source.find) return this.source.find(key);
    const rows = this.source.rows();
    for (let at = 0; at < rows.length; at++) {
      const each = rows.at(at);
      if (each !== undefined && this.source.keyOf(each) === key) return at;
    }
    return -1;
  }

  /** The rows from where Shift was first held to here. */
  span(to: number): T[] {
    if (this.#from < 0) this.#from = Math.max(0, this.current);
    const [low, high] = [Math.min(this.#from, to), Math.max(this.#from, to)];
    return Array.from({ length: high - low + 1 }, (_, at) => this.source.rows().at(low + at)).filter((each) => each !== undefined);
  }
  endSpan(): void {
    this.#from = -1;
  }
}
