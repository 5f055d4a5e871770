import { beforeEach, expect, test, vi } from "vitest";
import * as api from "../api/crate";
import * as feeds from "../api/feed";
import { IpcFailure } from "../api/transport";
import { samplePage, sampleRow } from "../test-samples";
import { Crates } from "./crates.svelte";

vi.mock("../api/crate");
vi.mock("../api/feed");
const kept = { at: "2026-11-22T14:05:00Z", isComplete: true, saved: 1000, notSaved: 2 };

beforeEach(() => {
  vi.mocked(api.cratePage).mockImplementation((_, query, offset, limit) => Promise.resolve(samplePage(query.text || "crate", 1000, offset, limit)));
  vi.mocked(feeds.refreshFeed).mockResolvedValue({ changed: 0, kept });
});

test("every key asks at once, and the newest answer wins", async () => {
  const answers: (() => void)[] = [];
  vi.mocked(api.cratePage).mockImplementation(
    (_, query) => new Promise((resolve) => answers.push(() => resolve(samplePage(query.text ?? "", 5, 0, 100)))),
  );
  const crates = new Crates("feed");
  crates.change({ text: "se" });
  crates.change({ text: "tok" });
  expect(api.cratePage).toHaveBeenCalledTimes(2);
  answers[1]?.();
  await vi.waitFor(() => expect(crates.pages.at(0)?.name).toBe("tok0"));
  answers[0]?.();
  await Promise.resolve();
  expect(crates.pages.at(0)?.name).toBe("tok0");
});

test("what is kept is shown while the feed cannot be reached", async () => {
  vi.mocked(feeds.refreshFeed).mockRejectedValue(new IpcFailure({ code: "unreachable", message: "no answer", hints: [], causes: [] }));
  const crates = new Crates("feed");
  await crates.open();
  expect([crates.offline, crates.refreshing, crates.pages.length]).toEqual([true, false, 1000]);
  crates.change({ text: "x" });
  await vi.waitFor(() => expect(crates.pages.at(0)?.name).toBe("x0"));
  vi.mocked(feeds.refreshFeed).mockResolvedValue({ changed: 0, kept });
  await crates.refresh();
  expect(crates.offline).toBe(false);
});

test("rows that come in are read where one looks, without another place or selection", async () => {
  let tell: (event: { kind: "rows"; crates: number }) => void = () => undefined;
  let end: () => void = () => undefined;
  vi.mocked(feeds.refreshFeed).mockImplementation((_, hear) => {
    tell = hear;
    return new Promise((resolve) => (end = () => resolve({ changed: 3, kept })));
  });
  const crates = new Crates("feed");
  void crates.open();
  await vi.waitFor(() => expect(crates.refreshing).toBe(true));
  crates.selection.add([sampleRow("crate3")]);
  crates.inView(400, 420);
  await vi.waitFor(() => expect(crates.pages.at(410)?.name).toBe("crate410"));
  vi.mocked(api.cratePage).mockClear();
  tell({ kind: "rows", crates: 700 });
  expect(crates.arriving).toBe(700);
  await vi.waitFor(() => expect(api.cratePage).toHaveBeenCalled());
  expect(vi.mocked(api.cratePage).mock.calls.map((call) => call[2]).sort()).toEqual([300, 400]);
  expect(crates.selection.size).toBe(1);
  end();
  await vi.waitFor(() => expect(crates.refreshing).toBe(false));
  expect(crates.pages.kept?.notSaved).toBe(0);
});

test("each crate on screen is looked up once until the next refresh", async () => {
  vi.useFakeTimers();
  vi.mocked(api.lookUpCrates).mockResolvedValue([{ ...sampleRow("crate1"), yanked: true }]);
  const crates = new Crates("feed");
  await crates.open();
  crates.inView(0, 3);
  crates.inView(0, 4);
  await vi.advanceTimersByTimeAsync(200);
  expect(vi.mocked(api.lookUpCrates).mock.calls).toEqual([["feed", ["crate0", "crate1", "crate2", "crate3"]]]);
  expect(crates.pages.at(1)?.yanked).toBe(true);
  crates.inView(0, 4);
  await vi.advanceTimersByTimeAsync(200);
  expect(api.lookUpCrates).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});

test("all that fits is selected, as far as one can act on it", async () => {
  vi.mocked(api.cratePage).mockImplementation((_, __, offset, limit) => Promise.resolve(samplePage("crate", 2500, offset, limit)));
  const crates = new Crates("feed");
  await crates.read();
  expect(await crates.selectAll()).toBe(false);
  expect(crates.selection.size).toBe(2000);
});

test("a letter finds its first name in a list that is not all here", async () => {
  const names = ["axum", "bytes", "clap", "tokio", "tower", "zerocopy"];
  vi.mocked(api.cratePage).mockImplementation((_, __, offset, limit) =>
    Promise.resolve({ ...samplePage("x", names.length, offset, limit), rows: names.slice(offset, offset + limit).map((name) => sampleRow(name)) }),
  );
  const crates = new Crates("feed");
  crates.sort = "name";
  await crates.read();
  expect(await Promise.all(["t", "a", "q", "z"].map((letter) => crates.seek(letter)))).toEqual([3, 0, -1, 5]);
  crates.sort = "published";
  expect(await crates.seek("t")).toBe(-1);
});
