import { expect, test, vi } from "vitest";
import { sampleRow, samplePage } from "../test-samples";
import { CratePages, stretch } from "./crate-pages.svelte";

const page = (prefix: string) => (offset: number, limit: number) => Promise.resolve(samplePage(prefix, 50_000, offset, limit));

test("only what is looked at and what is around it is asked for, few at a time", async () => {
  const pages = new CratePages();
  const ask = vi.fn(page("a"));
  await pages.ask(ask);
  expect([pages.length, pages.at(3)?.name, pages.at(20_000)]).toEqual([50_000, "a3", undefined]);
  const waiting: (() => void)[] = [];
  ask.mockImplementation((offset, limit) => new Promise((resolve) => waiting.push(() => resolve(samplePage("a", 50_000, offset, limit)))));
  pages.want(20_150, 20_950);
  expect(ask.mock.calls.slice(1).map(([offset]) => offset)).toEqual([20_100, 20_000, 20_200]);
  // Scrolled on before the answers came: what is in view now comes next.
  pages.want(30_000, 30_020);
  waiting.shift()?.();
  await vi.waitFor(() => expect(ask.mock.calls.at(-1)?.[0]).toBe(30_000));
});

test("an answer to an earlier question is dropped, also when it is a refusal", async () => {
  const pages = new CratePages();
  let refuse: (why: Error) => void = () => undefined;
  const late = pages.ask(() => new Promise((_, reject) => (refuse = reject)));
  await pages.ask(page("b"));
  refuse(new Error("too late"));
  expect(await late).toBe(false);
  expect(pages.at(0)?.name).toBe("b0");
});

test("rows stay until those in their place are here", async () => {
  const pages = new CratePages();
  let turn = "old";
  await pages.ask((offset, limit) => page(turn)(offset, limit));
  turn = "new";
  const again = pages.again(0, 20);
  expect(pages.at(0)?.name).toBe("old0");
  await again;
  expect([pages.at(0)?.name, pages.indexOf("new7")]).toEqual(["new0", 7]);
});

test("single rows are mended in place", async () => {
  const pages = new CratePages();
  await pages.ask(page("c"));
  pages.patch([{ ...sampleRow(`c${stretch - 1}`), yanked: true }, sampleRow("elsewhere")]);
  expect([pages.at(stretch - 1)?.yanked, pages.length]).toEqual([true, 50_000]);
});

test("what is far from the view is let go of, and asked for again when one comes back", async () => {
  const pages = new CratePages();
  const ask = vi.fn(page("d"));
  await pages.ask(ask);
  for (let first = 0; first < 5_000; first += stretch) {
    pages.want(first, first + 20);
    await vi.waitFor(() => expect(pages.at(first)?.name).toBe(`d${first}`));
  }
  expect([pages.at(0), pages.at(4_900)?.name, pages.indexOf("d4900")]).toEqual([undefined, "d4900", 4_900]);
  pages.want(0, 20);
  await vi.waitFor(() => expect(pages.at(0)?.name).toBe("d0"));
});
