import type { Setting, SettingValue } from "../api/project";
import { placeOf } from "./config-layers";

/** Why a key cannot be set from here. */
export type ConfigLock = { kind: "variable"; name: string } | { kind: "secret" } | { kind: "table" };

export function lockOf(setting: Setting): ConfigLock | null {
  if (setting.secret) return { kind: "secret" };
  if (setting.origin.kind === "variable") return { kind: "variable", name: setting.origin.name };
  return isPlain(setting.value) ? null : { kind: "table" };
}

const isPlain = (value: SettingValue | null): boolean =>
  Array.isArray(value) ? value.every((each) => typeof each === "string") : typeof value !== "object";

/** What the file that wins says itself, where an array was joined of several. */
export function ownValue({ value, elements, origin }: Setting): SettingValue | null {
  if (!Array.isArray(value) || elements.length !== value.length) return value;
  const file = (of: Setting["origin"]): string => (of.kind === "file" ? of.path : placeOf(of));
  return value.filter((_, at) => elements[at] && file(elements[at]) === file(origin));
}

/** What is wrong with a value that was typed. */
export type ValueProblem = "nothing" | "quotes" | "list" | "number" | "text";
export type Parsed = { value: SettingValue } | { problem: ValueProblem };

const text = String.raw`"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|'[^']*'`;
const wholeText = new RegExp(`^(?:${text})$`);
const wholeList = new RegExp(String.raw`^\[\s*(?:(?:${text})\s*(?:,\s*(?:${text})\s*)*,?\s*)?\]$`);
const wholeNumber = /^[+-]?(?:0|[1-9](?:_?\d)*)$/;

const unquoted = (quoted: string): string =>
  quoted.startsWith("'") ? quoted.slice(1, -1) : (JSON.parse(quoted) as string);

/** A value as TOML writes it: a boolean, a whole number, a text, or a list of texts. */
export function parseValue(given: string): Parsed {
  const typed = given.trim();
  if (typed === "") return { problem: "nothing" };
  if (typed === "true" || typed === "false") return { value: typed === "true" };
  if (wholeNumber.test(typed)) {
    const number = Number(typed.replaceAll("_", ""));
    return Number.isSafeInteger(number) ? { value: number } : { problem: "number" };
  }
  if (wholeText.test(typed)) return { value: unquoted(typed) };
  if (wholeList.test(typed)) return { value: (typed.match(new RegExp(text, "g")) ?? []).map(unquoted) };
  if (typed.startsWith("[")) return { problem: "list" };
  if (/^["']/.test(typed)) return { problem: "quotes" };
  return { problem: /^[+-]?\d/.test(typed) ? "number" : "text" };
}
