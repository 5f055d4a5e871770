import type { Fetch } from "../api/run";
import type { BarStyle, Look } from "../state/timeline";
import { origin as originWords } from "./crate";
import { bytes, count, listed, placeName, plural, seconds } from "./units";

const looks: Record<Look, string> = {
  index: "index", crates: originWords.cratesIo, ours: originWords.ours, other: originWords.otherRegistry, refused: "refused",
};

/** What a registry says of itself; no crate can be called so. */
const configFile = "config.json";

/** What is known of a fetch, its name first. */
function fetchWords(fetch: Fetch, { look, saves, isRunning }: BarStyle): string[] {
  const { name, version, from, retries } = fetch;
  const where = look === "ours" || look === "other" ? `${looks[look]}, ${placeName(from)}` : look === "crates" ? looks[look] : placeName(from);
  const time = seconds(fetch.seconds);
  const so = isRunning ? `${time} so far` : look === "refused" ? `${looks[look]} after ${time}` : `${bytes(fetch.bytes)} in ${time}`;
  return [
    version !== null ? `${name} ${version}` : name === configFile ? name : `Index of ${name}`,
    `${so}, ${where}`,
    ...(saves && !isRunning ? [timeline.saved] : []),
    ...(retries > 0 ? [timeline.askedAgain(retries)] : []),
  ];
}

export const timeline = {
  title: "Timeline",
  lanes: (n: number): string => `${count(n)} at a time`,
  alreadyHere: (n: number): string => `${count(n)} already here`,
  slowest: (name: string, s: number): string => `slowest: ${name}, ${seconds(s)}`,
  noCrates: (refused: number): string => `${refused === 0 ? "only the index was asked, " : ""}no crate was downloaded`,
  looks,
  saved: "saved by this run",
  askedAgain: (n: number): string => `asked for again ${n === 1 ? "once" : `${count(n)} times`}`,
  legend: "What the colours stand for",
  told: fetchWords,
  fetches: "Fetches, by connection and time",
  /** All of it in words. */
  summary: (counts: Record<Look, number>, saves: number, lanes: number, s: number, slowest: Fetch | null): string => {
    const crates = counts.crates + counts.ours + counts.other;
    const origins = (["crates", "ours", "other"] as const).filter((look) => counts[look] > 0).map((look) => `${count(counts[look])} ${looks[look]}`);
    return [
      `${plural(counts.index, "index file", "index files")} and ${plural(crates, "crate", "crates")} in ${seconds(s)}, ${timeline.lanes(lanes)}.`,
      origins.length > 0 ? `${listed(origins)}${saves > 0 ? `, ${count(saves)} ${timeline.saved}` : ""}.` : "",
      counts.refused > 0 ? `${count(counts.refused)} ${looks.refused}.` : "",
      slowest ? `Slowest: ${slowest.name} ${slowest.version}, ${seconds(slowest.seconds)}.` : "",
      crates + counts.index + counts.refused > 0 ? "The table beneath has the same." : "",
    ].filter(Boolean).join(" ");
  },
  /** A moment on the axis, as exact as its steps. */
  tick: (at: number, step: number): string => `${Number(at.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9))))} s`,
  began: (at: number): string => `${at.toFixed(2)} s`,
  now: (at: number): string => `${at.toFixed(1)} s`,
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  zoomAll: "Show all of it",
  allShown: "All of it is shown",
  save: "Save as SVG…",
  saveDone: (path: string): string => `The timeline is saved to ${path}`,
  svgTitle: (project: string, at: string): string => `Restore of ${project}, ${at}`,
  table: (n: number, all: number, refused: number): string =>
    n === all ? `All ${count(all)} as a table` : `${refused > 0 ? "Refused ones and the slowest," : "The slowest"} ${count(n)} of ${count(all)} as a table`,
  tableLabel: "Fetches, refused ones first, then the slowest",
  columns: { name: "Crate", version: "Version", from: "From", size: "Size", seconds: "Time", began: "Began at", retries: "Retries" },
  index: "index",
  point: (name: string): string => `Show ${name} in the timeline and in the log`,
};
