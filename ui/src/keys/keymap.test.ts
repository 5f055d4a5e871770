import { expect, test } from "vitest";
import { acts as titles } from "../text/en";
import { actOf, acts, ariaKeys, hint, keymap, writes } from "./keymap";
import { gridStep } from "./grid";

const key = (name: string, more: KeyboardEventInit = {}): KeyboardEvent => new KeyboardEvent("keydown", { key: name, ...more });

test("events find their act", () => {
  expect(actOf(key("k", { ctrlKey: true }))).toBe("palette");
  expect(actOf(key("?", { shiftKey: true }))).toBe("help");
  expect(actOf(key("F6", { shiftKey: true }))).toBe("previousPane");
  expect(actOf(key("Enter", { ctrlKey: true }))).toBe("apply");
  expect(actOf(key("k"))).toBeUndefined();
  expect(actOf(key("&", { ctrlKey: true, code: "Digit1" }))).toBe("goTo");
});

test("no key stands twice, and every act has words", () => {
  const all = acts.flatMap((act) => keymap[act].keys);
  expect(new Set(all).size).toBe(all.length);
  expect(acts.filter((act) => !titles[act])).toEqual([]);
});

test("keys as drawn and as spoken", () => {
  expect([hint("palette"), hint("apply"), ariaKeys("palette"), hint("goTo"), hint("zoomIn")]).toEqual(["Ctrl K", "Ctrl ↵", "Control+K", "Ctrl 1 … 9", "+"]);
});

test("a character typed into a field is no command", () => {
  const input = document.body.appendChild(document.createElement("input"));
  let wrote = false;
  input.addEventListener("keydown", (event) => (wrote = writes(event)));
  input.dispatchEvent(key("/"));
  expect(wrote).toBe(true);
  input.dispatchEvent(key("k", { ctrlKey: true }));
  expect(wrote).toBe(false);
  input.remove();
});

test("steps in a list", () => {
  const names = ["alpha", "beta", "bravo", "gamma"];
  const check = (name: string, at: number, expected: number | null): void =>
    expect(gridStep(key(name), at, 4, 2, (index) => names[index] ?? "")).toBe(expected);
  check("ArrowDown", 3, 3);
  check("ArrowUp", 0, 0);
  check("End", 0, 3);
  check("PageDown", 1, 3);
  check("b", 1, 2);
  check("b", 2, 1);
  check("z", 0, null);
});
