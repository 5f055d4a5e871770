import type { LogLine } from "../api/run";
import { placeName } from "../text/units";

export type ShownLine = { text: string; registry: string | null };
export type NamedCrate = { name: string; version: string };

/** cargo's word for it, and ours for what was fetched before cargo ran. */
const downloaded = /^\s*(?:Downloaded|Fetched) (\S+) v(\S+)(?: \((?:registry `([^`]+)`|([^()]+))\))?\s*$/;
const named = /(?:^|[\s`(])([A-Za-z_][\w-]*) v(\d+\.\d+\.\d+(?:[-+][\w.+-]*\w)?)/;

/** A line as it is drawn: cargo's own indents are left out, and a download is its crate and where from. */
export function shownLine(line: LogLine): ShownLine {
  if (line.source === "granary") return { text: line.text, registry: null };
  const [, name, version, registry, from] = (line.source === "download" && downloaded.exec(line.text)) || [];
  if (name !== undefined && version !== undefined) return { text: `${name} ${version}`, registry: registry ?? (from === undefined ? null : placeName(from)) };
  return { text: line.text.trimStart(), registry: null };
}

/** Whether a line has what is looked for, as it was said or as it is drawn. */
export function hasText(line: LogLine, lowercase: string): boolean {
  if (line.text.toLowerCase().includes(lowercase)) return true;
  return line.source === "download" && shownLine(line).text.toLowerCase().includes(lowercase);
}

/** The crate a line is about, if it names one with its version. */
export function crateOf({ text }: LogLine): NamedCrate | null {
  const [, name, version] = named.exec(text) ?? [];
  return name !== undefined && version !== undefined ? { name, version } : null;
}
