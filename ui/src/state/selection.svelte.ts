import { SvelteMap } from "svelte/reactivity";

/** Several things chosen at once, each by its key. */
export class Selection<T> {
  readonly #chosen = new SvelteMap<string, T>();

  constructor(readonly keyOf: (item: T) => string) {}

  get size(): number {
    return this.#chosen.size;
  }
  get items(): T[] {
    return [...this.#chosen.values()];
  }
  has(item: T): boolean {
    return this.#chosen.has(this.keyOf(item));
  }
  add(items: Iterable<T>): void {
    for (const item of items) this.#chosen.set(this.keyOf(item), item);
  }
  toggle(item: T): void {
    if (!this.#chosen.delete(this.keyOf(item))) this.add([item]);
  }
  /** Chooses exactly these. */
  set(items: T[]): void {
    this.#chosen.clear();
    this.add(items);
  }
  /** Keeps of the chosen ones those that still stand for something. */
  keep(stays: (item: T) => boolean): void {
    for (const [key, item] of [...this.#chosen]) if (!stays(item)) this.#chosen.delete(key);
  }
  clear(): void {
    this.#chosen.clear();
  }
}
