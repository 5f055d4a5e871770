import { expect, test } from "vitest";
import type { RecordedAnswer, Recording } from "../api/recorded";
import { playRecorded } from "../api/recordings";
import { Workspace } from "./workspace.svelte";

const folder = "/home/mira/src/edge-gateway";
const fetch = { verb: "fetch", release: false } as const;
const overview = { at: "project", folder, tab: "overview" } as const;
const refusal = (code: string) => ({ code, message: "no", hints: [], causes: [] });

function spaceWith(...instead: Recording[]) {
  window.__granaryScene = { instead: [{ command: "run_start", answers: [{ ok: "run-1", events: [] }] }, ...instead] };
  const stage = playRecorded();
  delete window.__granaryScene;
  const space = new Workspace();
  return { space, stage, asked: (command: string) => stage.asked.filter((each) => each.command === command).length };
}
const answers = (command: string, ...all: RecordedAnswer[]): Recording => ({ command, answers: all });

test("a restore waits for trust, wherever it is asked for, and starts once", async () => {
  const { space, asked } = spaceWith();
  await space.projects.open(folder);
  space.navigation.go({ at: "runs" });
  await space.restore(folder);
  expect(space.trust.folder).toBe(folder);
  expect(space.navigation.place).toEqual(overview);
  expect(asked("run_start")).toBe(0);
  await Promise.all([space.trust.agree(), space.trust.agree()]);
  await expect.poll(() => asked("run_start")).toBe(1);
  expect(asked("project_trust")).toBe(1);
  expect(space.trust.folder).toBeNull();
  expect(space.projects.of(folder)?.value?.isTrusted).toBe(true);
  expect(space.navigation.place).toEqual({ ...overview, tab: "runs" });
  await space.restore(folder);
  expect(space.trust.folder).toBeNull();
});

test("trust that was asked for by itself starts nothing", async () => {
  const { space, asked } = spaceWith();
  await space.projects.open(folder);
  await space.trust.ask(folder);
  await space.trust.agree();
  expect(space.notices.toast?.text).toBe("edge-gateway is trusted");
  expect(asked("run_start")).toBe(0);
});

test("a refusal stays in the question, and is told where that was closed", async () => {
  const { space, stage } = spaceWith(answers("project_trust", { pending: true }));
  await space.projects.open(folder);
  await space.trust.ask(folder, fetch);
  const refused = space.trust.agree();
  stage.settle("project_trust", { error: refusal("internal") });
  await refused;
  expect([space.trust.folder, space.trust.failure?.message, space.trust.working]).toEqual([folder, "no", false]);
  const again = space.trust.agree();
  expect(space.trust.failure).toBeNull();
  space.trust.close();
  stage.settle("project_trust", { error: refusal("internal") });
  await again;
  expect(space.notices.toast?.text).toBe("no");
  expect(space.runs.list).toEqual([]);
});

test("a question closed while it was answered starts nothing", async () => {
  const { space, stage, asked } = spaceWith(answers("project_trust", { pending: true }));
  const project = await space.projects.open(folder);
  await space.trust.ask(folder, fetch);
  const agreed = space.trust.agree();
  space.trust.close();
  stage.settle("project_trust", { ok: { ...project, isTrusted: true } });
  await agreed;
  expect(asked("run_start")).toBe(0);
  expect(space.projects.of(folder)?.value?.isTrusted).toBe(true);
});

test("an answer from before does not take a trust back", async () => {
  const { space, stage } = spaceWith();
  const project = await space.projects.open(folder);
  stage.record(answers("project_open", { pending: true }));
  void space.trust.ask(folder);
  await space.trust.agree();
  stage.settle("project_open", { ok: project });
  await Promise.resolve();
  expect(space.projects.of(folder)?.value?.isTrusted).toBe(true);
});

test("what is trusted meanwhile is not asked about", async () => {
  const { space, stage, asked } = spaceWith();
  const project = await space.projects.open(folder);
  stage.record(answers("project_open", { ok: { ...project, isTrusted: true } }));
  await space.restore(folder);
  expect(space.trust.folder).toBeNull();
  await expect.poll(() => asked("run_start")).toBe(1);
  expect(asked("project_trust")).toBe(0);
});

test("a build asks for what compiling runs, and sends the marks of what it showed", async () => {
  const { space, stage, asked } = spaceWith();
  const project = await space.projects.open(folder);
  stage.record(answers("project_trust", { ok: { ...project, isTrusted: true, isTrustedToBuild: true } }));
  await space.run(folder, { verb: "build", release: true, locked: true });
  expect([space.trust.folder, space.trust.verb]).toEqual([folder, "build"]);
  expect(space.trust.rows(project).map((each) => each.when)).toEqual(["always", "always", "build", "build", "build"]);
  expect(space.trust.rows({ ...project, isTrusted: true }).map((each) => each.when)).toEqual(["build", "build", "build"]);
  await space.trust.agree();
  await expect.poll(() => asked("run_start")).toBe(1);
  expect(stage.asked.find((each) => each.command === "project_trust")?.args).toEqual({ folder, marks: project.programs.map(({ mark }) => mark) });
  expect(stage.asked.find((each) => each.command === "run_start")?.args["request"]).toEqual({ folder, verb: "build", release: true, locked: true, offline: false });
});

test("a fetch asks for what holds always, and what is trusted for it is not for a build", async () => {
  const { space, stage } = spaceWith();
  const project = await space.projects.open(folder);
  await space.run(folder, { verb: "verify" });
  expect(space.trust.rows(project)).toHaveLength(2);
  await space.trust.agree();
  expect(stage.asked.find((each) => each.command === "project_trust")?.args["marks"]).toHaveLength(2);
  expect([space.trust.isLacking(folder, "seed"), space.trust.isLacking(folder, "check")]).toEqual([false, true]);
});

test("a start that is refused for lack of trust leads to the question, where one still looks", async () => {
  const { space } = spaceWith(answers("run_start", { error: refusal("projectRunsPrograms") }));
  await space.restore(folder);
  expect(space.trust.folder).toBe(folder);
  space.trust.close();
  const other = spaceWith(answers("run_start", { error: refusal("projectRunsPrograms") })).space;
  const started = other.restore(folder);
  other.navigation.go({ at: "runs" });
  await started;
  expect(other.trust.folder).toBeNull();
});
