import { render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import Waiting from "./Waiting.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = async (seconds: number): Promise<void> => {
  vi.advanceTimersByTime(seconds * 1000);
  await tick();
};

test("nothing, then whom it asks, then for how long", async () => {
  const oncancel = vi.fn();
  const { container } = render(Waiting, { words: "Asking contoso", oncancel });
  expect(container).toHaveTextContent("");
  await pass(1);
  expect(container).toHaveTextContent("Asking contoso");
  expect(screen.queryByRole("button")).toBeNull();
  await pass(11);
  expect(container).toHaveTextContent("Still waiting, 12 s");
  screen.getByRole("button", { name: "Cancel" }).click();
  expect(oncancel).toHaveBeenCalledOnce();
});

test("what moves is not waited for", async () => {
  const { container, rerender } = render(Waiting, { words: "", beat: 1 });
  await pass(9);
  await rerender({ beat: 2 });
  await pass(9);
  expect(container).toHaveTextContent("");
  await pass(1);
  expect(container).toHaveTextContent("Still waiting, 10 s");
});
