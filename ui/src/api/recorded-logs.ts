import type { KeptRun, LogCounts, LogFilter, LogHit, LogLine, RunEntry, RunEvent } from "./bindings";

/** What tests tell of a log: its lines; or how many more there are, each made when it is asked for. */
export type LinesEvent = { type: "lines"; lines: LogLine[] } | { type: "madeLines"; count: number };
export type ToldEvent = RunEvent | LinesEvent;

const levelOf = (number: number): LogLine["level"] => (number % 1000 === 0 ? "error" : number % 100 === 0 ? "warning" : "info");
const made = (number: number): LogLine => ({ number, at: "2026-11-22T14:02:12.000Z", source: "cargo", level: levelOf(number), text: `line ${number} of a long build` });
// The engine looks at what is read, not at what colours it.
const plain = (text: string): string => text.replace(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "");

/** A log as the engine keeps it: lines that were told, then lines that are made. */
class RecordedLog {
  readonly #lines: LogLine[] = [];
  #made = 0;
  #longest = 0;
  readonly #marked: Record<Exclude<LogFilter, "all">, number[]> = { warning: [], error: [] };
  #looked: { key: string; rows: number[] } = { key: "", rows: [] };

  get counts(): LogCounts {
    return { lines: this.#count("all"), warnings: this.#count("warning"), errors: this.#count("error"), longest: this.#longest };
  }

  take(event: LinesEvent): void {
    const start = this.#count("all");
    if (event.type === "lines") this.#lines.push(...event.lines);
    else this.#made += event.count;
    for (let row = start; row < this.#count("all"); row++) {
      const level = row < this.#lines.length ? this.#line(row).level : levelOf(row + 1);
      if (level !== "info") this.#marked[level].push(row);
    }
    this.#longest = Math.max(this.#longest, ...(event.type === "lines" ? event.lines.map(({ text }) => text.length) : [made(this.#count("all")).text.length]));
  }

  lines(filter: LogFilter, from: number, count: number): LogLine[] {
    const last = Math.min(from + Math.min(count, 500), this.#count(filter));
    return Array.from({ length: Math.max(0, last - from) }, (_, at) => this.#line(this.#rowOf(filter, from + at)));
  }

  find(filter: LogFilter, query: string, hit: number): LogHit {
    const rows = this.#hits(filter, query);
    const at = Math.min(hit, Math.max(0, rows.length - 1));
    return { count: rows.length, hit: at, row: rows[at] ?? null };
  }

  errorAfter(row: number | null): number | null {
    const { error } = this.#marked;
    return error.find((each) => each > (row ?? -1)) ?? error[0] ?? null;
  }

  rowOf(name: string, version: string): number | null {
    // As we name it, and as cargo does.
    const said = [` ${name} ${version} `, ` ${name} v${version} `];
    const words = (text: string): string => ` ${text.split(/[\s`(),:]+/).join(" ")} `;
    const naming = this.#lines.flatMap(({ text }, row) => (said.some((each) => words(text).includes(each)) ? [row] : []));
    const isHere = (row: number): boolean => ["download", "save"].includes(this.#line(row).source) && this.#line(row).level === "info";
    return naming.find(isHere) ?? naming[0] ?? null;
  }

  #count(filter: LogFilter): number {
    return filter === "all" ? this.#lines.length + this.#made : this.#marked[filter].length;
  }
  #rowOf(filter: LogFilter, row: number): number {
    return filter === "all" ? row : (this.#marked[filter][row] ?? -1);
  }
  #line(row: number): LogLine {
    return this.#lines[row] ?? made(row + 1);
  }

  #hits(filter: LogFilter, query: string): number[] {
    const key = `${filter} ${this.#count(filter)} ${query}`;
    if (this.#looked.key === key) return this.#looked.rows;
    const wanted = query.toLowerCase();
    const rows: number[] = [];
    for (let row = 0; row < this.#count(filter); row++)
      if (plain(this.#line(this.#rowOf(filter, row)).text).toLowerCase().includes(wanted)) rows.push(row);
    this.#looked = { key, rows };
    return rows;
  }
}

/** The logs of runs that were started, and of those that are recorded whole. */
export class RecordedLogs {
  readonly #logs = new Map<string, RecordedLog>();
  #latest = "";

  start(id: string): void {
    this.#latest = id;
    this.#logs.set(id, new RecordedLog());
  }

  /** An event as the engine would send it. */
  sent(event: ToldEvent): RunEvent {
    if (event.type !== "lines" && event.type !== "madeLines") return event;
    const log = this.#logs.get(this.#latest) ?? new RecordedLog();
    log.take(event);
    return { type: "logged", log: log.counts };
  }

  /** What is asked of a log; `lines` are those recorded for it, where it was not started here. */
  answer(command: string, args: Record<string, unknown>, recorded: unknown, lines: () => unknown): unknown {
    const log = this.#of(args["id"] as string, lines);
    const filter = args["filter"] as LogFilter;
    switch (command) {
      case "run_lines":
        return log.lines(filter, args["from"] as number, args["count"] as number);
      case "run_find":
        return log.find(filter, args["query"] as string, args["hit"] as number);
      case "run_error_after":
        return log.errorAfter(args["row"] as number | null);
      case "run_row_of":
        return log.rowOf(args["name"] as string, args["version"] as string);
      default:
        return recorded;
    }
  }

  #of(id: string, lines: () => unknown): RecordedLog {
    const known = this.#logs.get(id);
    if (known) return known;
    const log = new RecordedLog();
    log.take({ type: "lines", lines: (lines() ?? []) as LogLine[] });
    this.#logs.set(id, log);
    return log;
  }
}

/** Those of recorded runs that are asked for. */
export function runsOf(entries: RunEntry[], folder: string | null, query: string): RunEntry[] {
  const wanted = query.toLowerCase();
  const says = ({ project, command, summary }: RunEntry): string => [project, command, summary?.failure?.message ?? ""].join(" ").toLowerCase();
  return entries.filter((each) => (folder === null || each.folder === folder) && says(each).includes(wanted));
}

/** A run that was not recorded by itself has no more than its entry. */
export const shownRun = (run: KeptRun, id: string, entries: RunEntry[]): KeptRun => {
  const entry = entries.find((each) => each.id === id);
  return run.entry.id === id || !entry ? run : { entry, fetches: [], diagnostics: [] };
};
