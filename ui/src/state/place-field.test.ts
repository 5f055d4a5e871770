import { afterEach, expect, test, vi } from "vitest";
import { installRecorded } from "../api/recorded";
import { PlaceField } from "./place-field.svelte";

const named = (organization: string) => ({ kind: "services", organization, server: null, project: null, feed: null, account: null });
const play = () =>
  installRecorded([
    {
      command: "place_named",
      answers: [
        { args: { text: "con" }, ok: named("con") },
        { args: { text: "contoso" }, ok: named("contoso") },
        { args: { text: "not a place" }, error: { code: "invalidInput", message: "this names nothing", hints: ["Give a name."], causes: [] } },
      ],
    },
  ]);

afterEach(() => vi.useRealTimers());

test("what was typed is understood after a pause, and only the last of it", async () => {
  vi.useFakeTimers();
  const stage = play();
  const field = new PlaceField();
  field.type("con");
  field.type("contoso");
  await vi.advanceTimersByTimeAsync(300);
  expect(field.named?.organization).toBe("contoso");
  expect(stage.asked).toHaveLength(1);
  expect(field.place).toBe("contoso");
});

test("what names nothing is an error until it is changed", async () => {
  vi.useFakeTimers();
  play();
  const field = new PlaceField("not a place");
  await vi.advanceTimersByTimeAsync(300);
  expect(field.problem).toBe("this names nothing. Give a name.");
  expect(field.named).toBeNull();
  field.type("contoso");
  await vi.advanceTimersByTimeAsync(300);
  expect(field.problem).toBeNull();
  field.type("  ");
  expect(field.named).toBeNull();
  expect(field.place).toBeNull();
});
