import { expect, test, vi } from "vitest";
import { Drop } from "./drop.svelte";
import { Notices } from "./notices.svelte";
import { installRecorded } from "../api/recorded";

test("a toast leaves by itself, later while it is looked at", () => {
  vi.useFakeTimers();
  const notices = new Notices();
  notices.show("one");
  notices.pause();
  vi.advanceTimersByTime(60_000);
  expect(notices.toast?.text).toBe("one");
  notices.resume();
  vi.advanceTimersByTime(6000);
  expect(notices.toast).toBeNull();
  vi.useRealTimers();
});

test("what is said has no marks in it", () => {
  const notices = new Notices();
  notices.say("**upstream** has `tokio`");
  expect(notices.polite).toBe("upstream has tokio");
});

test("a probe that answers after the drag left shows nothing", async () => {
  installRecorded([{ command: "project_probe", answers: [{ ok: { name: "p", folder: "/p", displayFolder: "/p", kind: "project", hasLockfile: true, hasConfig: false, known: false } }] }]);
  const drop = new Drop();
  const entered = drop.enter(["/p"]);
  drop.leave();
  await entered;
  expect([drop.over, drop.projects]).toEqual([false, []]);
  await drop.enter(["/p"]);
  expect(drop.projects.map((each) => each.name)).toEqual(["p"]);
});
