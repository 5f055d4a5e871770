import { expect, test } from "vitest";
import { installRecorded } from "../api/recorded";
import { KeepRunning } from "./keep-running.svelte";

const plan = (installed: boolean) => ({ installed, kind: "launchAgent", file: "~/x", text: "", commands: [] });

test("installed, and removed again", async () => {
  installRecorded([
    { command: "autostart_plan", answers: [{ ok: plan(false) }] },
    { command: "autostart_install", answers: [{ ok: plan(true) }] },
    { command: "autostart_remove", answers: [{ ok: plan(false) }] },
  ]);
  const keep = new KeepRunning();
  expect(keep.installed).toBeNull();
  await keep.load();
  expect(keep.installed).toBe(false);
  const [first, second] = await Promise.all([keep.install(), keep.install()]);
  expect([first, second, keep.installed, keep.working]).toEqual([true, false, true, null]);
  await keep.remove();
  expect(keep.installed).toBe(false);
});

test("a refusal is kept until one looks again", async () => {
  const error = { code: "precondition", message: "`systemctl` failed", hints: [], causes: [] };
  installRecorded([
    { command: "autostart_plan", answers: [{ ok: plan(false) }] },
    { command: "autostart_install", answers: [{ error }] },
  ]);
  const keep = new KeepRunning();
  await keep.load();
  expect(await keep.install()).toBe(false);
  expect([keep.failure?.code, keep.installed]).toEqual(["precondition", false]);
  await keep.reconsider();
  expect(keep.failure).toBeNull();
});
