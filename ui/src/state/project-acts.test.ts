import { expect, test } from "vitest";
import { playRecorded } from "../api/recordings";
import { Workspace } from "./workspace.svelte";

const folder = "/home/mira/src/telemetry-relay";

test("what was previewed is what is undone, and the project is read again", async () => {
  const stage = playRecorded();
  const space = new Workspace();
  await space.projectActs.undo(folder);
  const commands = stage.asked.map((each) => each.command);
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
