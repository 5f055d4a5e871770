import { expect, test } from "vitest";
import { assignment, fileOf, leadsOf, leadsTo, placeIn, trustState } from "./programs";
import type { Program, Project } from "../api/project";

test("a value stands as in its file, and hides nothing", () => {
  const check = (program: string, expected: string): void =>
    expect(assignment({ file: "", key: "build.rustc-wrapper", program, mark: "", when: "always" })).toBe(`build.rustc-wrapper = ${expected}`);
  check("./scripts/wrap.sh", '"./scripts/wrap.sh"');
  check('C:\\wrap "it"', '"C:\\\\wrap \\"it\\""');
  check("\u00fcber wrap", '"\u00fcber wrap"');
  check("sccache\n\n\n./evil", '"sccache\\n\\n\\n./evil"');
  check("a\u202eb\u200bc\u00a0d\u2028e\u{e0041}", '"a\\u202eb\\u200bc\\u00a0d\\u2028e\\U000e0041"');
  check("x".repeat(199), `"${"x".repeat(199)}"`);
  check("x".repeat(200), `"${"x".repeat(200)}…"`);
});

test("what leads requests elsewhere is no program", () => {
  const keys = ["build.rustc-wrapper", "alias.fetch", "toolchain.path", "http.proxy", "http.cainfo", "include", "alias.include", "build.rustflags", "env.X", "target.x86.rustflags"];
  expect(keys.map(leadsTo)).toEqual(["start", "start", "start", "way", "way", "include", "start", "flags", "flags", "flags"]);
});

test("what runs while code is compiled has a name of its own", () => {
  const check = (key: string, when: Program["when"], expected: string): void =>
    expect(leadsOf({ file: "", key, program: "", mark: "", when })).toBe(expected);
  check("build script", "build", "script");
  check("proc macro", "build", "macro");
  check("dependencies", "build", "dependencies");
  check("build.rustc-wrapper", "always", "start");
});

test("a value is found in full where its own file sets it", () => {
  const at = (path: string, line: number) => ({ kind: "file", path, display: path, line, place: "repository" });
  const setting = { key: "build.rustc-wrapper", value: "./wrap", secret: null, origin: at("/a", 3), elements: [], overrides: [{ value: "./other", secret: null, origin: at("/b", 4) }] };
  const check = (file: string, expected: object | null): void =>
    expect(placeIn({ settings: [setting] } as unknown as Project, { file, key: setting.key, program: "", mark: "", when: "always" })).toEqual(expected);
  check("/a", { at: "/a:3", line: 'build.rustc-wrapper = "./wrap"' });
  check("/b", { at: "/b:4", line: 'build.rustc-wrapper = "./other"' });
  check("/c", null);
});

test("trust is told as far as it goes", () => {
  const check = (when: Program["when"][], isTrusted: boolean, isTrustedToBuild: boolean, expected: string | null): void =>
    expect(trustState({ programs: when.map((each) => ({ when: each })), isTrusted, isTrustedToBuild } as unknown as Project)).toBe(expected);
  check([], true, true, null);
  check(["always"], false, false, "lacking");
  check(["always", "build"], true, false, "toRestore");
  check(["build"], true, false, null);
  check(["build"], true, true, "trusted");
});

test("a file is called as it is on the rest of the page", () => {
  const configFiles = [{ path: "/src/.cargo/config.toml", display: "../.cargo/config.toml", place: "repository", includedBy: null, hides: null }];
  const project = { folder: "/src/p", configFiles } as unknown as Project;
  const check = (file: string, expected: string): void => expect(fileOf(file, project)).toBe(expected);
  check("/src/.cargo/config.toml", "../.cargo/config.toml");
  check("/src/p/rust-toolchain.toml", "rust-toolchain.toml");
  check("/src/pp/rust-toolchain.toml", "/src/pp/rust-toolchain.toml");
});
