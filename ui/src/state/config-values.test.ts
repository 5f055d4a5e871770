import { expect, test } from "vitest";
import type { Setting, SettingOrigin, SettingValue } from "../api/project";
import { config as words, inToml } from "../text/en";
import { lockOf, ownValue, parseValue, type ValueProblem } from "./config-values";

test("a value is read as config writes it", () => {
  const check = (typed: string, value: SettingValue): void => expect(parseValue(typed), typed).toEqual({ value });
  check(" 5 ", 5);
  check("-1_000", -1000);
  check("true", true);
  check("false", false);
  check('"up\\"stream"', 'up"stream');
  check("'C:\\cargo'", "C:\\cargo");
  check("[]", []);
  check('["-D", \'warnings\', ]', ["-D", "warnings"]);
  check('["a, b]"]', ["a, b]"]);
});

test("what is written is read again as it was", () => {
  for (const value of [5, true, "", 'a "b" \\ c', ["x", "y, z"], []]) expect(parseValue(inToml(value))).toEqual({ value });
});

test("a wrong value gets a sentence with its cure", () => {
  const check = (typed: string, problem: ValueProblem, says: RegExp): void => {
    expect(parseValue(typed), typed).toEqual({ problem });
    expect(words.wrong(problem, typed)).toMatch(says);
  };
  check("  ", "nothing", /A value is needed/);
  check("upstream", "text", /Text stands in quotes: `"upstream"`/);
  check("10MB", "number", /`"10MB"`/);
  check("1.5", "number", /whole/);
  check("007", "number", /whole/);
  check("99999999999999999999", "number", /whole/);
  check('"open', "quotes", /quote it begins with/);
  check('"a" b', "quotes", /quote it begins with/);
  check("[1, 2]", "list", /texts in quotes/);
  check('["a" "b"]', "list", /commas/);
});

const file = (path: string): SettingOrigin => ({ kind: "file", path, display: path, line: 3, place: "computer" });
const setting = (more: Partial<Setting>): Setting => ({ key: "a.b", value: 1, secret: null, origin: file("/a"), elements: [], overrides: [], ...more });

test("variables, tokens and tables are not set from here", () => {
  expect(lockOf(setting({}))).toBeNull();
  expect(lockOf(setting({ value: ["a"] }))).toBeNull();
  expect(lockOf(setting({ origin: { kind: "variable", name: "CARGO_A_B" } }))).toEqual({ kind: "variable", name: "CARGO_A_B" });
  expect(lockOf(setting({ value: null, secret: { scheme: "basic", hasBlanks: false, isEmpty: false } }))).toEqual({ kind: "secret" });
  expect(lockOf(setting({ value: [{ path: "x" }] }))).toEqual({ kind: "table" });
});

test("of a list that several files give, the one that wins is changed alone", () => {
  const joined = setting({ value: ["x", "y", "z"], elements: [file("/home"), file("/a"), file("/a")] });
  expect(ownValue(joined)).toEqual(["y", "z"]);
  expect(ownValue(setting({ value: 5 }))).toBe(5);
});
