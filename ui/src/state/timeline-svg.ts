import type { Fetch } from "../api/run";
import { crossOf, ended, looks, rowHeight, runningOpacity, ticksOf, xOf, type BarStyle, type Box, type Look } from "./timeline";

/** All that the picture of a timeline is made of. */
export type SvgTimeline = {
  title: string;
  note: string;
  rows: Fetch[][];
  style: (fetch: Fetch) => BarStyle;
  /** Where the axis ends, in seconds. */
  end: number;
  legend: [Look, string][];
  /** What is said of hatched bars; null where there are none. */
  saved: string | null;
  /** Real colours: a file knows no tokens. */
  colours: Record<Look | "surface" | "text" | "quiet" | "border", string>;
  tick: (at: number, step: number) => string;
  /** What a bar says where one points at it. */
  words: (fetch: Fetch) => string;
};

const width = 1200;
const margin = 24;
const top = 76;

const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// Of the signs below a blank, XML knows only three.
const escaped = (text: string): string =>
  [...text].filter((sign) => sign >= " " || "\t\n\r".includes(sign)).map((sign) => signs[sign] ?? sign).join("");
const fixed = (n: number): string => Number(n.toFixed(2)).toString();

/**
 * The whole timeline as an SVG image that stands by itself.
 *
 * **Invariant**: pure; every word from outside is escaped, and nothing in it refers to anything outside.
 */
export function timelineSvg(drawn: SvgTimeline): string {
  const { rows, style, end, colours } = drawn;
  const span = { from: 0, to: end };
  const high = rowHeight(rows.length);
  const inner = width - 2 * margin;
  const bottom = top + rows.length * high;
  const xAt = (at: number): string => fixed(margin + xOf(at, span, inner));
  const ticks = ticksOf(span, inner);
  const bar = (fetch: Fetch, row: number): string => {
    const x = margin + xOf(fetch.began, span, inner);
    const long = margin + xOf(ended(fetch), span, inner) - x;
    const box = { x, y: top + row * high, width: Math.max(0.5, long > 4 ? long - 1 : long), height: high - 1 };
    return drawnBar(box, style(fetch), colours, long > 4 && high > 5 ? 2 : 0, `<title>${escaped(drawn.words(fetch))}</title>`);
  };
  const hatches = looks.map(
    (kind) =>
      `<pattern id="saved-${kind}" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" height="4" fill="${escaped(colours.surface)}"/><rect width="1" height="4" fill="${escaped(colours[kind])}"/></pattern>`,
  );
  const text = (x: string, y: number, words: string, more: string): string =>
    `<text x="${x}" y="${y}" ${more}>${escaped(words)}</text>`;
  const quiet = `fill="${escaped(colours.quiet)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + 40}" viewBox="0 0 ${width} ${bottom + 40}" font-family="Inter, sans-serif" font-size="12">`,
    `<title>${escaped(drawn.title)}</title>`,
    `<defs>${hatches.join("")}</defs>`,
    `<rect width="100%" height="100%" fill="${escaped(colours.surface)}"/>`,
    text(`${margin}`, 32, drawn.title, `font-size="15" font-weight="600" fill="${escaped(colours.text)}"`),
    text(`${margin}`, 52, drawn.note, quiet),
    ...legend(drawn, quiet),
    ...ticks.at.map((at) => `<rect x="${xAt(at)}" y="${top}" width="1" height="${rows.length * high}" fill="${escaped(colours.border)}"/>`),
    ...rows.flatMap((fetches, row) => fetches.map((fetch) => bar(fetch, row))),
    ...ticks.at.map((at) => text(xAt(at), bottom + 16, drawn.tick(at, ticks.step), `${quiet} font-size="10" text-anchor="${at === end ? "end" : "start"}"`)),
    "</svg>",
  ].join("\n");
}

function drawnBar(box: Box, { look, saves, isRunning }: BarStyle, colours: SvgTimeline["colours"], round: number, inside: string): string {
  const { x, y, width, height } = box;
  const [colour, ground] = [escaped(colours[look]), escaped(colours.surface)];
  const fill = saves ? `fill="url(#saved-${look})" stroke="${colour}"` : `fill="${colour}"`;
  const faint = isRunning ? ` opacity="${runningOpacity}"` : "";
  const cross = look === "refused" ? `<path d="${crossOf(box)}" stroke="${ground}" stroke-width="1.5"/>` : "";
  return `<rect x="${fixed(x)}" y="${y}" width="${fixed(width)}" height="${height}" rx="${round}" ${fill}${faint}>${inside}</rect>${cross}`;
}

/** From the right edge leftwards, a letter taken for as wide as in most fonts. */
function legend({ legend: kinds, saved, style, rows, colours }: SvgTimeline, quiet: string): string[] {
  const hatched = rows.flat().find((fetch) => fetch.saves);
  const entries: [BarStyle, string][] = kinds.map(([look, word]) => [{ look, saves: false, isRunning: false }, word]);
  if (saved !== null) entries.push([{ look: hatched ? style(hatched).look : "crates", saves: true, isRunning: false }, saved]);
  let right = width - margin;
  return entries.reverse().flatMap(([kind, word]) => {
    const left = right - 6.6 * word.length - 18;
    right = left - 14;
    return [drawnBar({ x: left, y: 43, width: 12, height: 9 }, kind, colours, 1, ""), `<text x="${fixed(left + 18)}" y="52" ${quiet}>${escaped(word)}</text>`];
  });
}
