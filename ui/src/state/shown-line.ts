import type { LogLine } from "../api/run";
import { log as words } from "../text/runs";
import { placeName } from "../text/units";
import { pieces, withoutEscapes, type Piece } from "./ansi";

/** A line as it is drawn; the rest is of downloads alone. */
export type ShownLine = { pieces: Piece[]; registry: string | null; bytes: number | null; seconds: number | null };
export type NamedCrate = { name: string; version: string };

/** cargo's word for it, and ours for what was fetched before cargo ran, and maybe saved in its feed by that. Only cargo writes a `v`. */
const downloaded = /^\s*(?:Downloaded|Fetched|First fetched) (\S+) (v?\d\S*)(?: \((?:registry `([^`]+)`|([^()]+))\))?(?:, (\d+) bytes in (\d+) ms)?\s*$/;
const named = /(?:^|[\s`(])([A-Za-z_][\w-]*) v?(\d+\.\d+\.\d+(?:[-+][\w.+-]*\w)?)/;
/** Where cargo's words for what it does end, as it sets them to the right. */
const column = 12;
const deed = /^ *[A-Z][a-z]+(?= )/;

/** A line as it is drawn: the indents of cargo's own words are left out, and a download is its crate and where from. */
export function shownLine(line: LogLine): ShownLine {
  const text = withoutEscapes(line.text);
  const isSave = line.source === "save";
  const [whole, name, version, registry, from, bytes, ms] = ((isSave || line.source === "download") && downloaded.exec(text)) || [];
  if (whole === undefined) return { pieces: pieces(withoutIndent(line)), registry: null, bytes: null, seconds: null };
  // What is drawn is what a search for it finds, so cargo's `v` stays.
  const crate = `${name} ${version}`;
  const place = registry ?? (from === undefined ? null : placeName(from));
  return {
    pieces: pieces(isSave && place !== null ? words.firstUse(crate, place) : crate),
    registry: isSave ? null : place,
    bytes: bytes === undefined ? null : Number(bytes),
    seconds: ms === undefined ? null : Number(ms) / 1000,
  };
}

/** What the compiler shows of the code keeps its indents: they say where. */
function withoutIndent({ source, text }: LogLine): string {
  const [said] = deed.exec(withoutEscapes(text)) ?? [];
  if (source === "granary" || source === "compiler" || said?.length !== column) return text;
  const word = said.trimStart();
  const at = text.indexOf(word);
  return text.slice(0, at).replaceAll(" ", "") + text.slice(at);
}

/** The crate a line is about, if it names one with its version. */
export function crateOf({ text }: LogLine): NamedCrate | null {
  const [, name, version] = named.exec(withoutEscapes(text)) ?? [];
  return name !== undefined && version !== undefined ? { name, version } : null;
}
