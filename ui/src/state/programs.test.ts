import { expect, test } from "vitest";
import { assignment, fileOf, leadsTo } from "./programs";
import type { Project } from "../api/project";

test("a value stands as in its file, and hides nothing", () => {
  const check = (program: string, expected: string): void =>
    expect(assignment({ file: "", key: "build.rustc-wrapper", program, mark: "" })).toBe(`build.rustc-wrapper = ${expected}`);
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

test("a file is called as it is on the rest of the page", () => {
  const configFiles = [{ path: "/src/.cargo/config.toml", display: "../.cargo/config.toml", place: "repository", includedBy: null, hides: null }];
  const project = { folder: "/src/p", configFiles } as unknown as Project;
  const check = (file: string, expected: string): void => expect(fileOf(file, project)).toBe(expected);
  check("/src/.cargo/config.toml", "../.cargo/config.toml");
  check("/src/p/rust-toolchain.toml", "rust-toolchain.toml");
  check("/src/pp/rust-toolchain.toml", "/src/pp/rust-toolchain.toml");
});
