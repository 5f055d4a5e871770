import type { SecretScheme, Setting, SettingValue } from "../api/project";
import type { ConfigLayer } from "../state/config-layers";
import type { ConfigLock, ValueProblem } from "../state/config-values";

/** A value as config writes it. */
export const inToml = (value: SettingValue | null): string => {
  if (value === null) return "";
  if (Array.isArray(value)) return `[${value.map(inToml).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([key, each]) => `${key} = ${inToml(each)}`).join(", ")} }`;
};
const schemes: Record<SecretScheme, string> = { basic: "Basic …", bearer: "Bearer …", none: "…" };

export const config = {
  title: "Config in force",
  leftmost: "leftmost square wins",
  none: "Nothing is set for this folder: cargo does as it does everywhere.",
  key: "Key",
  valueOf: "Value",
  layer: (layer: ConfigLayer): string => {
    const names = { variables: "env", project: "project", home: "home", folder: layer.folder };
    return names[layer.kind];
  },
  shown: ({ value, secret }: Pick<Setting, "value" | "secret">): string => (secret ? `a token, ${schemes[secret.scheme]}` : inToml(value)),
  sets: "sets it",
  overridden: "overridden",
  wins: "wins",
  joined: "joined",
  edit: "Edit…",
  files: "Config cargo reads here",
  nearestFirst: "nearest first",
  noFiles: "cargo finds no config file for this folder.",
  faulty: (file: string): string => `cargo stops at \`${file}\``,
  change: "Change value",
  remove: (file: string): string => `Remove from ${file}`,
  changeOf: (key: string): string => `Change ${key}`,
  inFile: (key: string, file: string): string => `${key} in ${file}`,
  add: "Add a key…",
  where: "For",
  places: { project: "This project, committed", home: "All your projects" },
  keyHint: "With its table, as `net.retry`.",
  valueHint: "As config writes it: `5`, `true`, `\"text\"` or `[\"a\", \"b\"]`.",
  review: "Review the change…",
  wrongKey: "A key has its table in front and no blanks: `net.retry`.",
  wrong: (problem: ValueProblem, typed: string): string =>
    ({
      nothing: "A value is needed: `5`, `true`, `\"text\"` or `[\"a\", \"b\"]`.",
      quotes: "Text ends with the quote it begins with, and has a `\\` before each `\"` and `\\` in it.",
      list: "A list holds texts in quotes, with commas between them: `[\"a\", \"b\"]`.",
      number: `A number is whole and has no unit: \`5\`. Text stands in quotes: \`${JSON.stringify(typed)}\`.`,
      text: `Text stands in quotes: \`${JSON.stringify(typed)}\`.`,
    })[problem],
  locked: (lock: ConfigLock): string => {
    switch (lock.kind) {
      case "variable":
        return `The variable \`${lock.name}\` sets it, so no file does: change it where your shell sets it.`;
      case "secret":
        return "A token is neither shown nor written from here. Sign in instead, and cargo asks Granary for it.";
      case "table":
        return "There are tables in it: change it in its file.";
    }
  },
};
