import { expect, test } from "vitest";
import { installRecorded } from "../api/recorded";
import type { Feed } from "../api/feed";
import { sampleFeed } from "../test-samples";
import type { Project } from "../api/project";
import { Connection } from "./connection.svelte";

const feed = (name: string, includesCratesIo: boolean, project = "main"): Feed =>
  sampleFeed(name, { reference: `local/${project}/${name}`, project, includesCratesIo });
const feeds = [feed("a-mirror", true, "other"), feed("internal", false), feed("upstream", true)];
const file = { path: "/p/.cargo/config.toml", display: ".cargo/config.toml", place: "repository", added: 1, removed: 0, created: false, deleted: false, hunks: [] };
const plan = { files: [file], added: 1, removed: 0, notes: [], fingerprint: "f1", patch: "" };

test("prefers what the project uses", () => {
  const used = { name: "upstream", indexUrl: "", feed: "local/main/upstream" };
  const project = { connection: { registries: [used], cratesIoThrough: used } } as unknown as Project;
  const connection = new Connection("/p");
  connection.preselect(project, feeds, null);
  expect(connection.cratesIoFeed).toBe("local/main/upstream");
});

test("then the feed one came from, and the other of its pair", () => {
  const connection = new Connection("/p");
  connection.preselect(null, feeds, "local/main/internal");
  expect([connection.cratesIoFeed, connection.ownFeed]).toEqual(["local/main/upstream", "local/main/internal"]);
});

test("without any feed chosen nothing is planned", async () => {
  const stage = installRecorded([{ command: "change_plan", answers: [{ ok: plan }] }]);
  const connection = new Connection("/p");
  await connection.look();
  expect(stage.asked).toEqual([]);
});

test("a stale plan is made again and nothing is applied", async () => {
  const stale = { code: "planStale", message: "changed", hints: [], causes: [] };
  const stage = installRecorded([
    { command: "change_plan", answers: [{ ok: plan }] },
    { command: "change_apply", answers: [{ error: stale }] },
  ]);
  const connection = new Connection("/p");
  connection.cratesIoFeed = "local/main/upstream";
  await connection.look();
  expect(await connection.change.apply()).toBeNull();
  expect([connection.change.stale, connection.change.failure, connection.change.applying]).toEqual([true, null, false]);
  expect(stage.asked.map((each) => each.command)).toEqual(["change_plan", "change_apply", "change_plan"]);
});
