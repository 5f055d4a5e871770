import { expect, test } from "vitest";
import { IpcFailure } from "../api/transport";
import { Loaded } from "./loaded.svelte";

/** An answer that comes when the test says so. */
function later<T>(): { promise: Promise<T>; come: (value: T) => void; fail: (reason: unknown) => void } {
  let come!: (value: T) => void;
  let fail!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => ((come = yes), (fail = no)));
  return { promise, come, fail };
}

test("goes from idle over loading to ready", async () => {
  const value = new Loaded<number>();
  expect(value.state).toBe("idle");
  const answer = later<number>();
  const done = value.load(() => answer.promise);
  expect(value.state).toBe("loading");
  answer.come(3);
  expect(await done).toBe(3);
  expect([value.state, value.value, value.refreshing]).toEqual(["ready", 3, false]);
});

test("a late answer is ignored", async () => {
  const value = new Loaded<string>();
  const [first, second] = [later<string>(), later<string>()];
  const one = value.load(() => first.promise);
  const two = value.load(() => second.promise);
  second.come("second");
  first.come("first");
  expect(await one).toBeNull();
  expect(await two).toBe("second");
  expect(value.value).toBe("second");
});

test("what was there stays while it is asked for again, and when that fails", async () => {
  const value = new Loaded<string>();
  await value.load(() => Promise.resolve("kept"));
  const answer = later<string>();
  const done = value.load(() => answer.promise);
  expect([value.state, value.value, value.refreshing]).toEqual(["ready", "kept", true]);
  answer.fail(new IpcFailure({ code: "unreachable", message: "no answer", hints: [], causes: [] }));
  await done;
  expect([value.state, value.value, value.failure?.code]).toEqual(["failed", "kept", "unreachable"]);
});

test("an answer after clearing does not bring the value back", async () => {
  const value = new Loaded<string>();
  const answer = later<string>();
  const done = value.load(() => answer.promise);
  value.clear();
  answer.come("late");
  await done;
  expect([value.state, value.value]).toEqual(["idle", null]);
});
