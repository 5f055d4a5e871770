import { expect, test } from "vitest";
import type { Project, Setting, SettingOrigin } from "../api/project";
import { config as words, inToml } from "../text/en";
import { homeConfig, layersOf, originsOf, standing } from "./config-layers";

const file = (display: string, line: number, place: "repository" | "computer" = "computer"): SettingOrigin => ({ kind: "file", path: display.replace("~", "/home/mira"), display, line, place });
const own = (line: number): SettingOrigin => file(".cargo/config.toml", line, "repository");
const setting = (key: string, origin: SettingOrigin, more: Partial<Setting> = {}): Setting => ({ key, value: 1, secret: null, origin, elements: [], overrides: [], ...more });
const over = (origin: SettingOrigin) => ({ value: 2, secret: null, origin });

test("layers stand in the order in which they win, and each says what it has to do with a value", () => {
  const [home, above, near] = [file("~/.cargo/config.toml", 9), file("~/.cargo.d/../config", 3), file("~/src/.cargo/config", 4)];
  const retry = setting("net.retry", { kind: "variable", name: "CARGO_NET_RETRY" }, { overrides: [over(own(2)), over(home)] });
  const settings = [setting("a", home), setting("b", above), setting("c", near), retry];
  const layers = layersOf(settings, [near, above, home].map((each) => (each.kind === "file" ? each.path : "")));
  expect(layers.map((layer) => words.layer(layer))).toEqual(["env", "project", "~/src", "~/.cargo.d/..", "home"]);
  expect(layers.map((layer) => standing(retry, layer))).toEqual(["sets", "overridden", null, null, "overridden"]);
});

test("every file that gives part of an array sets it, each line once", () => {
  const home = file("~/.cargo/config.toml", 9);
  const flags = setting("build.rustflags", own(4), { value: ["-C", "x", "-D"], elements: [home, own(4), own(4)] });
  expect(originsOf(flags)).toEqual([own(4), home]);
  expect(layersOf([flags], []).map((layer) => standing(flags, layer))).toEqual(["sets", "sets"]);
  expect(inToml(flags.value)).toBe('["-C", "x", "-D"]');
});

test("values are written as config writes them, and a secret is not", () => {
  expect(inToml([{ name: "a", list: [true, 2] }])).toBe('[{ name = "a", list = [true, 2] }]');
  expect(words.shown({ value: null, secret: { scheme: "bearer", hasBlanks: false, isEmpty: false } })).toBe("a token, Bearer …");
});

test("the user’s own config is the one cargo finds in the home folder by itself", () => {
  const files = (...displays: [string, string | null][]): Project =>
    ({ configFiles: displays.map(([display, includedBy]) => ({ path: display.replace("~", "/home/mira"), display, place: "computer", includedBy, hides: null })) }) as unknown as Project;
  expect(homeConfig(files([".cargo/config.toml", null], ["~/.cargo/proxy.toml", "~/.cargo/config.toml"], ["~/.cargo/config.toml", null]))).toBe("/home/mira/.cargo/config.toml");
  expect(homeConfig(files(["~/src/.cargo/config.toml", null]))).toBeNull();
});
