import type { LogLine } from "../api/run";
import { crateOf, hasText } from "./shown-line";

export type LogFilter = "all" | "warning" | "error";

/**
 * The lines of one run. They live in plain arrays, outside reactivity: a counter says that they grew, and
 * whoever draws asks for the few lines in view.
 */
export class RunLog {
  /** Rises with every change of what is shown. */
  version = $state(0);
  filter = $state<LogFilter>("all");
  query = $state("");
  /** Which hit is the current one. */
  current = $state(0);

  #lines: LogLine[] = [];
  #marked: Record<Exclude<LogFilter, "all">, number[]> = { warning: [], error: [] };
  #hits: number[] = [];
  #longest = 0;

  append(batch: LogLine[]): void {
    const start = this.#lines.length;
    for (const line of batch) {
      if (line.level !== "info") this.#marked[line.level].push(this.#lines.length);
      this.#longest = Math.max(this.#longest, line.text.length);
      this.#lines.push(line);
    }
    if (this.query) this.#findFrom(start);
    this.version++;
  }

  count(filter: LogFilter): number {
    void this.version;
    return filter === "all" ? this.#lines.length : this.#marked[filter].length;
  }

  get shown(): number {
    return this.count(this.filter);
  }

  /** Characters in the longest line, so that the whole of it can be scrolled to. */
  get longest(): number {
    void this.version;
    return this.#longest;
  }

  /** The line at a row of what is shown. */
  at(row: number): LogLine | undefined {
    const index = this.filter === "all" ? row : this.#marked[this.filter][row];
    return index === undefined ? undefined : this.#lines[index];
  }

  show(filter: LogFilter): void {
    this.filter = filter;
    this.#search();
  }

  find(query: string): void {
    this.query = query;
    this.#search();
  }

  get hitCount(): number {
    void this.version;
    return this.#hits.length;
  }

  /** The row of the current hit, or null without one. */
  get hitRow(): number | null {
    void this.version;
    return this.#hits[this.current] ?? null;
  }

  step(by: 1 | -1): void {
    const all = this.#hits.length;
    if (all > 0) this.current = (this.current + by + all) % all;
  }

  /** The row of the next error after a row, from the start again at the end. */
  errorAfter(row: number): number | null {
    const errors = this.#marked.error;
    if (this.filter === "error") return errors.length > 0 ? (row + 1) % errors.length : null;
    if (this.filter === "warning") return null;
    return errors.find((index) => index > row) ?? errors[0] ?? null;
  }

  /** The row, of all lines, that says that a crate is here; else the first that names it. */
  rowNaming(name: string, version: string): number | null {
    const said = `${name} v${version}`;
    let first: number | null = null;
    for (const [row, line] of this.#lines.entries()) {
      if (!line.text.includes(said)) continue;
      const crate = crateOf(line);
      if (crate?.name !== name || crate.version !== version) continue;
      if (line.source === "download" && line.level === "info") return row;
      first ??= row;
    }
    return first;
  }

  text(write: (line: LogLine) => string): string {
    const rows = Array.from({ length: this.shown }, (_, row) => this.at(row));
    return rows.map((line) => (line ? write(line) : "")).join("\n");
  }

  #search(): void {
    this.#hits = [];
    this.current = 0;
    if (this.query) this.#findFrom(0);
    this.version++;
  }

  #findFrom(start: number): void {
    const wanted = this.query.toLowerCase();
    const rows = this.filter === "all" ? this.#lines.length : this.#marked[this.filter].length;
    const last = this.#hits.at(-1) ?? -1;
    for (let row = this.filter === "all" ? start : last + 1; row < rows; row++) {
      const line = this.at(row);
      if (line && hasText(line, wanted)) this.#hits.push(row);
    }
  }
}
