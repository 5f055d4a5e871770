import { expect, test } from "vitest";
import { marked, pieces, withoutEscapes } from "./ansi";

const E = "\u001b";
const told = (text: string): string[] => pieces(text).map(({ text: said, colour, bold }) => `${said}|${colour ?? ""}${bold ? " bold" : ""}`);

test("colours as the compiler and cargo write them", () => {
  const check = (text: string, expected: string[]): void => expect(told(text)).toEqual(expected);
  check("plain", ["plain|"]);
  check(`${E}[1m${E}[38;5;9merror[E0308]${E}[0m${E}[1m: mismatched${E}[0m`, ["error[E0308]|red bold", ": mismatched| bold"]);
  check(`${E}[1m${E}[92m   Compiling${E}[0m relay`, ["   Compiling|green bold", " relay|"]);
  check(`${E}[94m-->${E}[39m x ${E}[33;1mw${E}[22m${E}[m!`, ["-->|blue", " x |", "w|yellow bold", "!|"]);
  check(`${E}[38;2;1;2;3mrgb ${E}[48;5;1mground ${E}[90mgrey${E}[2mdim`, ["rgb |", "ground |", "grey|grey", "dim|grey"]);
  check(`${E}[38:5:14mcyan`, ["cyan|cyan"]);
});

test("other escapes are dropped", () => {
  expect(told(`a${E}[2Kb${E}[1;1Hc${E}]8;;https://x.test${E}\\link${E}]8;;${E}\\${E}(B${E}]0;title\u0007!`).map((each) => each.split("|")[0]).join("")).toBe("abclink!");
  expect(withoutEscapes(`${E}[31mred${E}[0m ${E}[Kdone`)).toBe("red done");
  expect(withoutEscapes("none")).toBe("none");
});

test("what is looked for is marked across colours", () => {
  const shown = (text: string, query: string): string => marked(pieces(text), query).map((piece) => (piece.hit ? `[${piece.text}]` : piece.text)).join("");
  expect(shown(`a ${E}[31mRing${E}[0m 0.17 ring`, "ring 0")).toBe("a [Ring][ 0].17 ring");
  expect(shown(`${E}[31mab${E}[0mcab`, "ab")).toBe("[ab]c[ab]");
  expect(shown("aaa", "a")).toBe("[a][a][a]");
  expect(shown("nothing", "")).toBe("nothing");
  expect(marked(pieces(`${E}[31mab${E}[0m`), "b").map(({ text, colour, hit }) => [text, colour, hit])).toEqual([["a", "red", false], ["b", "red", true]]);
});
