import { expect, test } from "vitest";
import { descriptionProblem, nameProblem } from "./feed-names";

const check = (name: string, expected: string | null): void => expect(nameProblem(name, ["Taken"], "other")).toBe(expected);

test("names both cargo and Azure take", () => {
  for (const name of ["upstream", "my-feed", "Feed_2", "a".repeat(64)]) check(name, null);
});

test("what is wrong, with the cure", () => {
  check("", "A feed needs a name.");
  check("a".repeat(65), "64 characters at most.");
  check("my feed", "No blanks. Try **my-feed**.");
  check("_hidden", "Start with a letter. Try **hidden**.");
  check("2fast", "Start with a letter. Try **fast**.");
  check("a.b", "cargo cannot use `.` in a name. Try **a-b**.");
  check("feed@home", "cargo cannot use `@` in a name. Try **feed-home**.");
  check("größe", "cargo cannot use `ö` in a name. Try **gr-e**.");
  check("???", "cargo cannot use `?` in a name.");
  check("taken", "**taken** exists already. Take another name.");
  check("OTHER", "The two feeds need different names.");
});

test("descriptions", () => {
  expect(descriptionProblem("x".repeat(255))).toBeNull();
  expect(descriptionProblem("x".repeat(256))).toBe("255 characters at most.");
});
