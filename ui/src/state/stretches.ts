/** Rows by stretch; plain, since whoever draws them watches one counter for all. */
export class Stretches<Row> {
  readonly #rows = new Map<number, Row[]>();
  /** Of an earlier answer: shown, and asked for anew when they are looked at. */
  #aged = numbers();

  /** How many are held. */
  get size(): number {
    return this.#rows.size;
  }
  of(page: number): Row[] | undefined {
    return this.#rows.get(page);
  }
  inOrder(): [number, Row[]][] {
    return [...this.#rows].sort(([a], [b]) => a - b);
  }
  isFresh(page: number): boolean {
    return this.#rows.has(page) && !this.#aged.has(page);
  }
  put(page: number, rows: Row[]): void {
    this.#rows.set(page, rows);
    this.#aged.delete(page);
  }
  age(): void {
    this.#aged = new Set(this.#rows.keys());
  }
  /** Lets go of what is farthest from a stretch, but for so many. */
  keepNear(page: number, most: number): void {
    if (this.#rows.size <= most) return;
    const far = [...this.#rows.keys()].sort((a, b) => Math.abs(a - page) - Math.abs(b - page)).slice(most);
    for (const each of far) {
      this.#rows.delete(each);
      this.#aged.delete(each);
    }
  }
  clear(): void {
    this.#rows.clear();
    this.#aged = numbers();
  }

  /** Puts rows in the place of those of the same name; answers whether there were any. */
  mend(rows: Row[], nameOf: (row: Row) => string): boolean {
    const byName = new Map(rows.map((row) => [nameOf(row), row]));
    let mended = false;
    for (const [page, old] of this.#rows) {
      if (!old.some((row) => byName.has(nameOf(row)))) continue;
      this.#rows.set(page, old.map((row) => byName.get(nameOf(row)) ?? row));
      mended = true;
    }
    return mended;
  }
}

export const numbers = (): Set<number> => new Set();
export const byPage = <T>(): Map<number, T> => new Map();
