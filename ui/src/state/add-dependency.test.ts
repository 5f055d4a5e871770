import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { installRecorded } from "../api/recorded";
import type { Project } from "../api/project";
import { samplePage } from "../test-samples";
import { AddDependency } from "./add-dependency.svelte";

const plan = { files: [], added: 0, removed: 0, notes: [], fingerprint: "f", patch: "" };
const record = () =>
  installRecorded([
    { command: "change_plan", answers: [{ ok: plan }] },
    { command: "crate_page", answers: [{ ok: samplePage("serde", 3, 0, 3) }] },
  ]);
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("nothing is planned before a crate and a package are named, then once the keys rest", async () => {
  const stage = record();
  const adding = new AddDependency("/p", {});
  adding.preselect({ members: [{ name: "relay" }] } as unknown as Project);
  expect(adding.packages).toEqual(["relay"]);
  adding.type("se", null);
  adding.type("serde", null);
  await vi.advanceTimersByTimeAsync(119);
  expect(stage.asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(stage.asked).toMatchObject([{ command: "change_plan", args: { request: { folder: "/p", packages: ["relay"], change: { kind: "add", name: "serde", requirement: null } } } }]);
});

test("what cannot be a version is not planned, and takes the plan away", async () => {
  record();
  const adding = new AddDependency("/p", { name: "serde" });
  adding.toggle("relay");
  await vi.advanceTimersByTimeAsync(120);
  expect(adding.change.shown).not.toBeNull();
  adding.requirement = "newest";
  adding.look();
  await vi.advanceTimersByTimeAsync(120);
  expect([adding.isRequirementWrong, adding.change.shown]).toEqual([true, null]);
});

test("a typed name is looked for in the feed, a chosen one no more", async () => {
  const stage = record();
  const adding = new AddDependency("/p", {});
  adding.type("serd", "local/main/upstream");
  await vi.advanceTimersByTimeAsync(120);
  expect(adding.matches.value?.map((row) => row.name)).toEqual(["serde0", "serde1", "serde2"]);
  adding.choose("serde0");
  await vi.advanceTimersByTimeAsync(120);
  expect(adding.matches.value).toBeNull();
  expect(stage.asked.map((each) => each.command)).toEqual(["crate_page"]);
});

test("features are told apart by commas and blanks; what is left empty is none", () => {
  const adding = new AddDependency("/p", { name: " serde ", feed: "local/main/internal" });
  adding.features = "derive,  rc std";
  adding.target = " ";
  expect(adding.request.change).toMatchObject({ name: "serde", feed: "local/main/internal", features: ["derive", "rc", "std"], list: { kind: "normal", target: null }, rename: null });
});
