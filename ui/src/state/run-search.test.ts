import { expect, test } from "vitest";
import { installRecorded } from "../api/recorded";
import { sampleEntry, sampleSummary } from "../test-samples";
import { byDay } from "./run-days";
import { RunSearch } from "./run-search.svelte";
import { Runs } from "./runs.svelte";

const refused = sampleSummary({ state: "failed", failure: { code: "internal", message: "no access to `internal`", hints: [], causes: [] } });
const entries = [
  sampleEntry("c", "2026-11-22T11:00:00Z", { command: "cargo build" }),
  sampleEntry("b", "2026-11-22T10:00:00Z", { folder: "/q", project: "edge" }),
  sampleEntry("a", "2026-11-21T11:00:00Z", { state: "failed", summary: refused }),
];

async function searchOf(folder: string | null) {
  const stage = installRecorded([{ command: "run_list", answers: [{ ok: entries }] }]);
  const runs = new Runs(() => undefined);
  await runs.load();
  const search = new RunSearch(runs, folder);
  const found = async (query: string): Promise<string> => {
    await search.find(query);
    return search.of(runs.list).map(({ id }) => id).join(" ");
  };
  return { found, search, stage };
}

test("runs are found by project, command, and the words of a failure", async () => {
  const { found } = await searchOf(null);
  expect([await found(" edge "), await found("BUILD"), await found("no access"), await found("nowhere"), await found("")]).toEqual(["b", "c", "a", "", "c b a"]);
});

test("a folder's runs alone, and the newest question wins", async () => {
  const { found, search, stage } = await searchOf("/p");
  const [, last] = await Promise.all([search.find("edge"), found("fetch")]);
  expect(last).toBe("a");
  expect(stage.asked.filter(({ command }) => command === "run_list").map(({ args }) => [args["folder"], args["query"]])).toEqual([[null, ""], ["/p", "fetch"]]);
});

test("runs of a day are together", () => {
  const days = byDay(["2026-11-22T11:00:00Z", "2026-11-22T10:00:00Z", "2026-11-20T10:00:00Z"].map((startedAt) => ({ startedAt })));
  expect(days.map(({ day, runs }) => [day, runs.length])).toEqual([["22 Nov 2026", 2], ["20 Nov 2026", 1]]);
});
