import type { LogLine } from "../api/run";

export type ShownLine = { text: string; registry: string | null };

const downloaded = /^\s*Downloaded (\S+) v(\S+)(?: \(registry `([^`]+)`\))?\s*$/;

/** A line as it is drawn: cargo's own indents are left out, and a download is its crate and where from. */
export function shownLine(line: LogLine): ShownLine {
  if (line.source === "granary") return { text: line.text, registry: null };
  const [, name, version, registry] = (line.source === "download" && downloaded.exec(line.text)) || [];
  if (name !== undefined && version !== undefined) return { text: `${name} ${version}`, registry: registry ?? null };
  return { text: line.text.trimStart(), registry: null };
}

/** Whether a line has what is looked for, as it was said or as it is drawn. */
export function hasText(line: LogLine, lowercase: string): boolean {
  if (line.text.toLowerCase().includes(lowercase)) return true;
  return line.source === "download" && shownLine(line).text.toLowerCase().includes(lowercase);
}
