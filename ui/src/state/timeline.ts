import type { Fetch } from "../api/run";

/**
 * The timeline of a run's fetches, reckoned: where bars stand and which of them merge, what lies under a point, where one
 * goes by key, how far one sees.
 *
 * **Invariant**: pure; knows no canvas, no colour and no words. Rows hold their fetches in the order they began in.
 */

/** What a bar is coloured by. */
export type Look = "index" | "crates" | "ours" | "other" | "refused";
export const looks: Look[] = ["index", "crates", "ours", "other", "refused"];
/** All there is to see of a bar, but for where it stands. */
export type BarStyle = { look: Look; saves: boolean; isRunning: boolean };
/** How much of its colour a bar has while it is under way. */
export const runningOpacity = 0.6;
/** A stretch of time, in seconds from the run's start. */
export type Span = { from: number; to: number };
/** A bar as it is drawn, in pixels from the left edge. */
export type Bar = BarStyle & { row: number; x: number; width: number };
export type Box = { x: number; y: number; width: number; height: number };

/** Below this, in seconds, there is nothing to see. */
const leastDrawn = 0.2;
/** More fetches than that, and those thinner than a pixel become one. */
const manyFetches = 2000;
/** The shortest stretch one can zoom in to. */
const shortestSpan = 0.02;
/** How near the pointer has to be to a bar, in pixels. */
const nearness = 3;

export const ended = ({ began, seconds }: Fetch): number => began + seconds;

/** What stands for crates.io is crates.io; other feeds are ours, and what is no feed is another registry. */
export function lookOf({ version, from, refused }: Fetch, cratesIo: string | null): Look {
  if (refused) return "refused";
  if (version === null) return "index";
  if (from === "crates.io" || from === cratesIo) return "crates";
  return from.includes("://") ? "other" : "ours";
}

export const isWorthDrawing = (first: number, last: number): boolean => last - first >= leastDrawn;

/**
 * Puts a fetch into its lane; lanes are in order, and as many as were used. A lane does one thing at a time: what began
 * there at the same moment is the same, and gives way.
 */
export function place(fetch: Fetch, lanes: number[], rows: Fetch[][]): void {
  let row = lanes.indexOf(fetch.lane);
  if (row < 0) {
    row = lanes.filter((lane) => lane < fetch.lane).length;
    lanes.splice(row, 0, fetch.lane);
    rows.splice(row, 0, []);
  }
  const fetches = rows[row] ?? [];
  let at = fetches.length;
  while (at > 0 && (fetches[at - 1]?.began ?? 0) > fetch.began) at--;
  const same = Number(fetches[at - 1]?.began === fetch.began);
  fetches.splice(at - same, same, fetch);
}

/** How high a row is, so that all of them together have about so much room. */
export const rowHeight = (rows: number, room = 176): number => Math.max(3, Math.min(18, Math.floor(room / Math.max(1, rows))));

/** A round number of seconds, at least as long as this. */
function roundUp(seconds: number): number {
  const power = 10 ** Math.floor(Math.log10(seconds));
  return ([1, 2, 5].find((times) => times * power >= seconds * (1 - 1e-9)) ?? 10) * power;
}

/** Where the whole timeline ends: with the run, but so that fetches have most of it. */
export function endOf(last: number, elapsed: number): number {
  const end = Math.max(shortestSpan, Math.min(Math.max(last, elapsed), 1.6 * last));
  const step = roundUp(end / 6) / 2;
  return step * Math.ceil(end / step - 1e-9);
}

/** Round moments of a stretch, and how far apart they are; never nearer than fits their labels. */
export function ticksOf(span: Span, width: number): { at: number[]; step: number } {
  const step = roundUp(((span.to - span.from) * 96) / Math.max(96, width));
  const first = Math.ceil(span.from / step - 1e-9);
  const count = Math.max(0, Math.floor(span.to / step + 1e-9) - first + 1);
  return { at: Array.from({ length: count }, (_, index) => (first + index) * step), step };
}

export const xOf = (at: number, span: Span, width: number): number => ((at - span.from) / (span.to - span.from)) * width;
export const timeAt = (x: number, span: Span, width: number): number => span.from + (x / width) * (span.to - span.from);

/** The first fetch of a row that ends after a moment. */
function firstAfter(fetches: Fetch[], moment: number): number {
  let [low, high] = [0, fetches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const fetch = fetches[middle];
    if (fetch && ended(fetch) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const isAlike = (one: BarStyle, two: BarStyle): boolean =>
  one.look === two.look && one.saves === two.saves && one.isRunning === two.isRunning;

/** The bars of a stretch. Where there are many, those thinner than a pixel become one; of two kinds the longer run stays. */
export function barsOf(rows: Fetch[][], span: Span, width: number, style: (fetch: Fetch) => BarStyle): Bar[] {
  const merges = rows.reduce((sum, row) => sum + row.length, 0) > manyFetches;
  const bars: Bar[] = [];
  rows.forEach((fetches, row) => {
    let thin: Bar | null = null;
    for (let at = firstAfter(fetches, span.from); at < fetches.length; at++) {
      const fetch = fetches[at];
      if (!fetch || fetch.began > span.to) break;
      const x = xOf(fetch.began, span, width);
      const long = xOf(ended(fetch), span, width) - x;
      const bar: Bar = { row, x, width: Math.max(1, long), ...style(fetch) };
      if (!merges || long >= 1) {
        thin = null;
        bars.push(bar);
        continue;
      }
      bar.x = Math.floor(x);
      const last: Bar | null = thin;
      if (last && bar.x <= last.x + last.width && isAlike(bar, last))
        last.width = Math.max(last.width, bar.x + 1 - last.x);
      else if (!last || bar.x >= last.x + last.width) bars.push((thin = bar));
    }
  });
  return bars;
}

/** The cross on a bar that was refused, as the data of a path, since colour alone is no sign; nothing where it has no room. */
export function crossOf({ x, y, width, height }: Box): string {
  const long = Math.min(6, Math.floor(Math.min(width, height)) - 2);
  const [left, top] = [x + (width - long) / 2, y + (height - long) / 2].map((each) => Number(each.toFixed(2)));
  return long > 0 ? `M${left} ${top}l${long} ${long}m0 ${-long}l${-long} ${long}` : "";
}

/** The fetch of a row that lies at a place, or next to it. */
export function fetchAt(fetches: Fetch[], span: Span, width: number, x: number): Fetch | null {
  if (width <= 0) return null;
  const until = timeAt(x + nearness, span, width);
  const away = (fetch: Fetch | undefined): number => {
    if (!fetch) return Infinity;
    const [from, to] = [xOf(fetch.began, span, width), xOf(ended(fetch), span, width)];
    return Math.max(0, from - x, x - to);
  };
  let best: Fetch | null = null;
  for (let at = firstAfter(fetches, timeAt(x - nearness, span, width)); at < fetches.length; at++) {
    const fetch = fetches[at];
    if (!fetch || fetch.began > until) break;
    if (away(fetch) < away(best ?? undefined)) best = fetch;
  }
  return best;
}

/** The fetch a key leads to: along the row, to the nearest of the next row, or to the first and last of all. */
export function fetchTowards(key: string, rows: Fetch[][], fetch: Fetch): Fetch | null {
  const all = (pick: (row: Fetch[]) => Fetch | undefined): Fetch[] => rows.flatMap((row) => pick(row) ?? []);
  if (key === "Home") return all((row) => row[0]).sort((a, b) => a.began - b.began)[0] ?? null;
  if (key === "End") return all((row) => row.at(-1)).sort((a, b) => ended(b) - ended(a))[0] ?? null;
  const row = rows.findIndex((each) => each.includes(fetch));
  const fetches = rows[row];
  if (!fetches) return null;
  if (key === "ArrowLeft") return fetches[fetches.indexOf(fetch) - 1] ?? fetch;
  if (key === "ArrowRight") return fetches[fetches.indexOf(fetch) + 1] ?? fetch;
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const middle = fetch.began + fetch.seconds / 2;
  const away = (each: Fetch): number => Math.max(0, each.began - middle, middle - ended(each));
  const next = rows[row + (key === "ArrowUp" ? -1 : 1)] ?? [];
  return next.reduce<Fetch | null>((best, each) => (best === null || away(each) < away(best) ? each : best), null) ?? fetch;
}

/** A stretch pushed into the whole. */
function within(span: Span, end: number): Span {
  const length = Math.min(end, span.to - span.from);
  const from = Math.max(0, Math.min(span.from, end - length));
  return { from, to: from + length };
}

/** Nearer or farther by a factor; a moment keeps its place. Null where all is seen again. */
export function zoomed(span: Span, end: number, factor: number, around: number): Span | null {
  const length = Math.max(Math.min(shortestSpan, end), (span.to - span.from) / factor);
  if (length >= end * (1 - 1e-9)) return null;
  const share = (around - span.from) / (span.to - span.from);
  return within({ from: around - share * length, to: around + (1 - share) * length }, end);
}

export const panned = (span: Span, end: number, by: number): Span => within({ from: span.from + by, to: span.to + by }, end);

/** Moved as little as it takes to have a fetch in view, its beginning before all. */
export function showing(span: Span, end: number, fetch: Fetch): Span {
  const edge = (span.to - span.from) / 20;
  const late = Math.max(0, ended(fetch) + edge - span.to);
  const early = Math.min(0, fetch.began - edge - (span.from + late));
  return late === 0 && early === 0 ? span : panned(span, end, late + early);
}
