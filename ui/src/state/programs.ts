import type { Program, Project, SettingOrigin } from "../api/project";
import type { RestoreRequest, RunVerb } from "../api/run";
import { config } from "../text/config";
import { originsOf } from "./config-layers";

/** What runs while code is compiled. */
export type BuildKind = "script" | "macro" | "dependencies";

const buildKinds: Record<string, BuildKind> = { "build script": "script", "proc macro": "macro", dependencies: "dependencies" };

export const buildKindOf = ({ key, when }: Program): BuildKind | null => (when === "build" ? (buildKinds[key] ?? null) : null);

/** What something in a project's own config leads to: a program that runs, another way for requests, or more config. */
export type Leads = "start" | "way" | "flags" | "include" | BuildKind;

/** What a run is to do, and how. */
export type Verb = { verb: RunVerb } & Partial<Omit<RestoreRequest, "folder" | "verb">>;

/** Whether the run compiles: only then build scripts and macros are programs that run. */
export const compiles = (verb: RunVerb): boolean => verb === "check" || verb === "build";

/** As far as is known here: whoever starts cargo looks for himself. */
export const lacksTrust = (project: Project, verb: RunVerb): boolean => !(compiles(verb) ? project.isTrustedToBuild : project.isTrusted);

/** What a run needs to have trusted and is not yet, as far as that is known of each. */
export function toTrust({ isTrusted, programs }: Project, verb: RunVerb): Program[] {
  if (!compiles(verb)) return programs.filter((each) => each.when === "always");
  return isTrusted ? programs.filter((each) => each.when === "build") : programs;
}

/** How far a project is trusted; null where nothing asks for it before code is compiled. */
export function trustState({ programs, isTrusted, isTrustedToBuild }: Project): "trusted" | "toRestore" | "lacking" | null {
  if (programs.length === 0) return null;
  if (isTrustedToBuild) return "trusted";
  if (!isTrusted) return "lacking";
  return programs.some((each) => each.when === "always") ? "toRestore" : null;
}

const ways = ["http.proxy", "http.cainfo"];

const flags = /^(env\.|unstable\.)|\.(rustflags|rustdocflags)$/;

export const leadsTo = (key: string): Leads => {
  if (ways.includes(key)) return "way";
  if (flags.test(key)) return "flags";
  return key === "include" ? "include" : "start";
};

/** How many signs of a value are told; it may have been longer. */
const told = 200;

/** What it leads to, be it of config or of what is compiled. */
export const leadsOf = (program: Program): Leads => buildKindOf(program) ?? leadsTo(program.key);

/** Where config sets it and what stands there, in full. */
export function placeIn({ settings }: Project, { file, key }: Program): { at: string; line: string } | null {
  const isHere = (origin: SettingOrigin): boolean => origin.kind === "file" && origin.path === file;
  for (const setting of settings.filter((each) => each.key === key)) {
    const layers = [...originsOf(setting).map((origin) => ({ ...setting, origin })), ...setting.overrides];
    const layer = layers.find(({ origin }) => isHere(origin));
    if (layer?.origin.kind === "file") return { at: `${file}:${layer.origin.line}`, line: `${key} = ${config.shown(layer)}` };
  }
  return null;
}

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

export const visible = (text: string): string => text.replace(/(?! )[\p{C}\p{Z}]/gu, (sign) => escaped(sign.codePointAt(0) ?? 0));

const escaped = (code: number): string =>
  code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
