import { beforeEach, expect, test, vi } from "vitest";
import * as api from "../api/crate";
import { IpcFailure } from "../api/transport";
import { samplePage, sampleRow } from "../test-samples";
import { CrateActs } from "./crate-acts.svelte";
import { Crates } from "./crates.svelte";
import { Notices } from "./notices.svelte";
import { OpenCrate } from "./open-crate.svelte";

vi.mock("../api/crate");

const version = (number: string, yanked = false): api.CrateVersion => ({ version: number, origin: { kind: "ours" }, yanked, publishedAt: null, views: [], size: null, downloads: null, usedBy: [] });
const one = { name: "relay", version: "1.1.0" };

async function opened(): Promise<{ acts: CrateActs; pane: OpenCrate; notices: Notices }> {
  const pane = new OpenCrate("feed");
  const crates = new Crates("feed");
  const notices = new Notices();
  await crates.read();
  await pane.open("relay");
  return { acts: new CrateActs(crates, pane, notices, () => undefined), pane, notices };
}

beforeEach(() => {
  vi.mocked(api.cratePage).mockResolvedValue(samplePage("relay", 1, 0, 100));
  vi.mocked(api.showCrate).mockResolvedValue({ row: sampleRow("relay", { kind: "ours" }, "1.1.0"), versions: [version("1.1.0"), version("1.0.0")], pageUrl: null, gaps: [] });
  vi.mocked(api.cratesUsedBy).mockResolvedValue([]);
  vi.mocked(api.showVersion).mockRejectedValue(new Error("not asked here"));
});

test("a yank shows at once, and can be undone", async () => {
  const { acts, pane, notices } = await opened();
  let answer: (outcome: api.BatchOutcome) => void = () => undefined;
  vi.mocked(api.changeCrates).mockImplementation(() => new Promise((resolve) => (answer = resolve)));
  const done = acts.yank([one]);
  expect([pane.versions[0]?.yanked, acts.isWaiting(one)]).toEqual([true, true]);
  answer({ done: [one], refused: [] });
  await done;
  expect([acts.isWaiting(one), notices.toast?.text]).toEqual([false, "**relay 1.1.0** yanked"]);
  notices.act();
  expect(vi.mocked(api.changeCrates).mock.lastCall?.[1]).toEqual({ kind: "unyank" });
});

test("what is refused goes back, with its reason", async () => {
  const { acts, pane } = await opened();
  const error = { code: "forbidden" as const, message: "you may not yank", hints: [], causes: [] };
  vi.mocked(api.changeCrates).mockResolvedValue({ done: [], refused: [{ ...one, error }] });
  const done = acts.yank([one]);
  expect(pane.versions[0]?.yanked).toBe(true);
  await done;
  expect(pane.versions[0]?.yanked).toBe(false);
  expect(acts.refused?.versions).toEqual([{ ...one, error }]);
});

test("a removed version keeps its place until it is brought back", async () => {
  const { acts, pane, notices } = await opened();
  vi.mocked(api.changeCrates).mockResolvedValue({ done: [one], refused: [] });
  vi.mocked(api.showCrate).mockResolvedValue({ row: sampleRow("relay"), versions: [version("1.0.0")], pageUrl: null, gaps: [] });
  vi.mocked(api.cratesUsedBy).mockResolvedValue([{ ...one, projects: ["edge-gateway"] }]);
  await acts.remove([one]);
  expect(notices.toast?.text).toBe("**relay 1.1.0** moved to the recycle bin. Locked by edge-gateway");
  expect([pane.versions.map((each) => each.version), acts.isRemoved(one)]).toEqual([["1.1.0", "1.0.0"], true]);
  await acts.recover([one]);
  expect(acts.isRemoved(one)).toBe(false);
});

test("nothing is shown done where the shell refuses all of it", async () => {
  const { acts, notices } = await opened();
  vi.mocked(api.changeCrates).mockRejectedValue(new IpcFailure({ code: "unreachable", message: "no answer", hints: [], causes: [] }));
  await acts.remove([one]);
  expect([acts.isRemoved(one), notices.toast, acts.refused?.versions.length]).toEqual([false, null, 1]);
});

test("promoting reports what was refused, version by version", async () => {
  const { acts, notices } = await opened();
  const error = { code: "precondition" as const, message: "it came from upstream", hints: [], causes: [] };
  vi.mocked(api.changeCrates).mockResolvedValue({ done: [one], refused: [{ name: "tokio", version: "1.0.0", error }] });
  await acts.promote("Release", [one, { name: "tokio", version: "1.0.0" }]);
  expect(notices.toast?.text).toBe("**relay 1.1.0** promoted to **@Release**, 1 refused");
  expect(notices.toast?.action).toBeNull();
});

test("the version one looks at stays when another one is the latest by now", async () => {
  const { acts, pane } = await opened();
  vi.mocked(api.changeCrates).mockResolvedValue({ done: [one], refused: [] });
  vi.mocked(api.showCrate).mockResolvedValue({ row: sampleRow("relay", { kind: "ours" }, "1.0.0"), versions: [version("1.1.0", true), version("1.0.0")], pageUrl: null, gaps: [] });
  await acts.yank([one]);
  await pane.reload();
  expect(pane.shown).toBe("1.1.0");
});
