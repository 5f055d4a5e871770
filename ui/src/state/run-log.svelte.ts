import { errorAfter, findInLog, linesAtOnce, logLines, rowOfCrate, type LogCounts, type LogFilter, type LogLine } from "../api/run";
import { RunLogRows } from "./run-log-rows.svelte";
import { RunLogSearch } from "./run-log-search.svelte";

export type { LogFilter };
export const noLines: LogCounts = { lines: 0, warnings: 0, errors: 0, longest: 0 };

/** Lines that are copied at once, at most. */
export const copiedAtMost = 20_000;

/**
 * The log of one run. Its lines stay with the engine, however many they are; here is how long it is, what is shown of
 * it, and the few rows around what one looks at.
 */
export class RunLog {
  /** Under which its lines are to be had, once that is known. */
  id: string | null = null;
  counts = $state.raw<LogCounts>(noLines);
  filter = $state<LogFilter>("all");
  /** Whether one looks at the end, wherever that goes. */
  following = $state(true);
  readonly rows = new RunLogRows(
    async (from, count) => (this.id === null ? [] : logLines(this.id, this.filter, from, count)),
    () => this.following,
  );
  readonly search = new RunLogSearch(async (query, hit) =>
    this.id === null ? { count: 0, hit: 0, row: null } : findInLog(this.id, this.filter, query, hit),
  );

  hear(counts: LogCounts): void {
    this.counts = counts;
    this.rows.grow(this.count(this.filter));
    this.search.grew();
  }

  count(filter: LogFilter): number {
    const { lines, warnings, errors } = this.counts;
    return { all: lines, warning: warnings, error: errors }[filter];
  }

  /** Rows to scroll through. */
  get shown(): number {
    return this.rows.length;
  }

  /** Characters in the longest line, so that the whole of it can be scrolled to. */
  get longest(): number {
    return this.counts.longest;
  }

  at(row: number): LogLine | undefined {
    return this.rows.at(row);
  }

  show(filter: LogFilter): void {
    if (filter === this.filter) return;
    this.filter = filter;
    this.rows.begin(this.count(filter));
    this.search.again();
  }

  /** The row, among errors where those are shown and else of all lines, of the next error after a row; from the start again at the end. */
  async errorAfter(row: number | null): Promise<number | null> {
    const errors = this.count("error");
    if (this.id === null || errors === 0) return null;
    if (this.filter === "error") return row === null ? 0 : (row + 1) % errors;
    return errorAfter(this.id, row);
  }

  /** The row, of all lines, that tells of a crate. */
  async rowNaming(name: string, version: string): Promise<number | null> {
    return this.id === null ? null : rowOfCrate(this.id, name, version);
  }

  /** All that is shown, line by line; null where that is more than one copies. */
  async text(write: (line: LogLine) => string): Promise<string[] | null> {
    const { id, filter } = this;
    const wanted = this.count(filter);
    if (wanted > copiedAtMost) return null;
    const said: string[] = [];
    while (id !== null && said.length < wanted) {
      const lines = await logLines(id, filter, said.length, Math.min(linesAtOnce, wanted - said.length));
      if (lines.length === 0) break;
      for (const line of lines) said.push(write(line));
    }
    return said;
  }
}
