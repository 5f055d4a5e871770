import type { Program, Project } from "../api/project";

/** What something in a project's own config leads to: a program that runs, another way for requests, or more config. */
export type Leads = "start" | "way" | "flags" | "include";

const ways = ["http.proxy", "http.cainfo"];

const flags = /^(env\.|unstable\.)|\.(rustflags|rustdocflags)$/;

export const leadsTo = (key: string): Leads => {
  if (ways.includes(key)) return "way";
  if (flags.test(key)) return "flags";
  return key === "include" ? "include" : "start";
};

/** How many signs of a value are told; it may have been longer. */
const told = 200;

/** As it would stand in the file. What nobody would see, or would see in another order, is written out. */
export function assignment({ key, program }: Program): string {
  const quoted = JSON.stringify(program);
  const isCut = Array.from(program).length >= told;
  return visible(`${key} = ${isCut ? `${quoted.slice(0, -1)}…"` : quoted}`);
}

/** The file as the project's page shows it. */
export function fileOf(file: string, { configFiles, folder }: Project): string {
  const known = configFiles.find(({ path }) => path === file);
  const isInside = file.startsWith(folder) && /^[\\/]/.test(file.slice(folder.length));
  return visible(known?.display ?? (isInside ? file.slice(folder.length + 1) : file));
}

const visible = (text: string): string => text.replace(/(?! )[\p{C}\p{Z}]/gu, (sign) => escaped(sign.codePointAt(0) ?? 0));

const escaped = (code: number): string =>
  code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
