import { expect, test } from "vitest";
import { playRecorded } from "../api/recordings";
import { Workspace } from "./workspace.svelte";

const folder = "/home/mira/src/telemetry-relay";

test("what was previewed is what is undone, and the project is read and checked again", async () => {
  const stage = playRecorded();
  const space = new Workspace();
  await space.projectActs.undo(folder);
  const commands = [...new Set(stage.asked.map((each) => each.command))];
  expect(commands).toEqual(["undo_plan", "undo_apply", "project_check", "project_open"]);
  expect(stage.asked[1]?.args).toMatchObject({ folder, fingerprint: expect.stringMatching(/^undo-/) });
  expect(space.notices.toast?.text).toBe("2 files of telemetry-relay are as before");
});

test("a refusal is told", async () => {
  const error = { code: "precondition", message: "`.cargo/config.toml` was changed since, so nothing is undone", hints: [], causes: [] };
  window.__granaryScene = { instead: [{ command: "undo_plan", answers: [{ error }] }] };
  const stage = playRecorded();
  delete window.__granaryScene;
  const space = new Workspace();
  await space.projectActs.undo(folder);
  expect(stage.asked.map((each) => each.command)).toEqual(["undo_plan"]);
  expect(space.notices.toast?.text).toContain("was changed since");
});

test("what was written is told with the way back, and one leaves only where one still is", async () => {
  playRecorded();
  const space = new Workspace();
  const connect = { at: "connect" as const, folder, feed: null };
  space.navigation.go(connect);
  const applied = { files: [".cargo/config.toml"] };
  await space.projectActs.changed(folder, applied);
  expect(space.navigation.place).toEqual({ at: "welcome" });
  expect(space.notices.toast).toMatchObject({ text: "1 file changed in telemetry-relay", action: { label: "Undo" } });
  space.navigation.go(connect);
  const done = space.projectActs.changed(folder, applied);
  space.navigation.go({ at: "runs" });
  await done;
  expect(space.navigation.place).toEqual({ at: "runs" });
});

test("a terminal is opened in the folder, and told of only where it is not", async () => {
  const stage = playRecorded();
  const space = new Workspace();
  await space.projectActs.openTerminal(folder);
  expect([stage.asked.at(-1), space.notices.toast]).toEqual([{ command: "project_open_terminal", args: { folder } }, null]);
  stage.record({ command: "project_open_terminal", answers: [{ error: { code: "precondition", message: "no terminal was found", hints: ["Set `TERMINAL`."], causes: [] } }] });
  await space.projectActs.openTerminal(folder);
  expect(space.notices.toast?.text).toBe("no terminal was found. Set `TERMINAL`.");
});
