import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { commands } from "./bindings";
import type { RecordedAnswer, Recording } from "./recorded";

const here = import.meta.dirname;
const folder = join(here, "../../../tests/fixtures/ipc");
const recordings = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ name, recording: JSON.parse(readFileSync(join(folder, name), "utf8")) as Recording }));

/** `feed_create` in the shell is `feedCreate` in the bindings. */
const called = (command: string): string => command.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const parts = (answer: RecordedAnswer, command: string): [string, unknown][] => [
  ...("ok" in answer ? [[`Ok<"${called(command)}">`, answer.ok] as [string, unknown]] : []),
  ...("error" in answer ? [["IpcError", answer.error] as [string, unknown]] : []),
  ...("events" in answer ? [[command === "feed_refresh" ? "RefreshEvent[]" : "ToldEvent[]", answer.events] as [string, unknown]] : []),
  ...("steps" in answer ? [["SignInStep[]", answer.steps] as [string, unknown]] : []),
];

/** Written out as literals, so that the compiler minds keys that are too many, too few, or of another type. */
function complaints(all: { name: string; recording: Recording }[]): string[] {
  const head = [
    'import type { commands, IpcError, RefreshEvent, SignInStep } from "./bindings";',
    'import type { ToldEvent } from "./recorded-logs";',
    "type Commands = typeof commands;",
    'type Ok<K extends keyof Commands> = Extract<Awaited<ReturnType<Commands[K]>>, { status: "ok" }>["data"];',
  ];
  const owners = head.map(() => "");
  const lines = [...head];
  for (const { name, recording } of all)
    for (const [number, answer] of recording.answers.entries())
      for (const [type, value] of parts(answer, recording.command)) {
        const text = `export const _${lines.length}: ${type} = ${JSON.stringify(value, null, 1)};`;
        for (const line of text.split("\n")) {
          lines.push(line);
          owners.push(`${name}, answer ${number + 1}`);
        }
      }
  const file = join(here, "recordings-written-out.ts");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === file ? ts.createSourceFile(path, lines.join("\n"), ts.ScriptTarget.ES2022) : getSourceFile(path, ...rest);
  const program = ts.createProgram([file], options, host);
  return program.getSemanticDiagnostics(program.getSourceFile(file)).map((each) => {
    const line = each.file?.getLineAndCharacterOfPosition(each.start ?? 0).line ?? 0;
    return `${owners[line]}: ${ts.flattenDiagnosticMessageText(each.messageText, "\n")}`;
  });
}

test("every command is recorded, and nothing else", () => {
  expect(recordings.map(({ recording }) => called(recording.command)).sort()).toEqual(Object.keys(commands).sort());
  expect(recordings.map(({ name }) => name)).toEqual(recordings.map(({ recording }) => `${recording.command}.json`));
});

test("recorded answers have the types the shell declares", { timeout: 60_000 }, () => {
  expect(complaints(recordings)).toEqual([]);
});

test("a recording that drifted is noticed", { timeout: 60_000 }, () => {
  const check = (command: string, ok: unknown, words: RegExp): void =>
    expect(complaints([{ name: "x", recording: { command, answers: [{ ok }] } }]).join("\n")).toMatch(words);
  check("project_list", [{ folder: "/a", name: "a", age: 3 }], /answer 1: .*age.* does not exist/s);
  check("project_list", [{ folder: "/a" }], /'name' is missing/);
  check("project_list", [{ folder: "/a", name: 3 }], /'number' is not assignable/);
  check("account_use_local", { id: "", kind: "other", title: "", projects: [], url: "" }, /"other"/);
});
