import { expect, test, vi } from "vitest";
import { playRecorded } from "../api/recordings";
import { Quit } from "./quit.svelte";
import { Runs } from "./runs.svelte";

test("counts what goes on, also what only the shell knows of, and stops it once", async () => {
  const stage = playRecorded();
  const quit = new Quit(new Runs(() => undefined));
  quit.ask(2);
  expect([quit.isAsked, quit.count]).toEqual([true, 2]);
  await Promise.all([quit.stop(), quit.stop()]);
  expect(stage.asked.map((each) => each.command)).toEqual(["app_quit_heard", "app_quit"]);
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

test("the shell is told at once that the page asks, and asking does not hang on that", async () => {
  window.__granaryScene = { instead: [{ command: "app_quit_heard", answers: [{ error: { code: "internal", message: "no", hints: [], causes: [] } }] }] };
  const stage = playRecorded();
  delete window.__granaryScene;
  const warned = vi.spyOn(console, "warn").mockReturnValue();
  const quit = new Quit(new Runs(() => undefined));
  quit.ask(1);
  expect([stage.asked.map((each) => each.command), quit.isAsked]).toEqual([["app_quit_heard"], true]);
  await expect.poll(() => warned.mock.calls.length).toBe(1);
  expect([quit.failure, quit.isAsked]).toEqual([null, true]);
});
