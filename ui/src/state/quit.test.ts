import { expect, test } from "vitest";
import { playRecorded } from "../api/recordings";
import { Quit } from "./quit.svelte";
import { Runs } from "./runs.svelte";

test("counts what goes on, also what only the shell knows of, and stops it once", async () => {
  const stage = playRecorded();
  const quit = new Quit(new Runs(() => undefined));
  quit.ask(2);
  expect([quit.isAsked, quit.count]).toEqual([true, 2]);
  await Promise.all([quit.stop(), quit.stop()]);
  expect(stage.asked.map((each) => each.command)).toEqual(["app_quit"]);
  quit.keepRunning();
  expect(quit.isAsked).toBe(false);
});

test("a refusal stays in the question until it is asked anew", async () => {
  window.__granaryScene = { instead: [{ command: "app_quit", answers: [{ error: { code: "internal", message: "no", hints: [], causes: [] } }] }] };
  playRecorded();
  delete window.__granaryScene;
  const quit = new Quit(new Runs(() => undefined));
  quit.ask(1);
  await quit.stop();
  expect([quit.failure?.message, quit.isAsked, quit.working]).toEqual(["no", true, false]);
  quit.ask(1);
  expect(quit.failure).toBeNull();
});
