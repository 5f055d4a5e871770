import { expect, test } from "vitest";
import type { Need } from "../api/project";
import { inherited, looksLikeRequirement, needRows, packagesOf } from "./needs";

const need = (of: string | null, name: string, more: Partial<Need> = {}): Need => ({
  package: of,
  manifest: `/p/${of ?? "Cargo"}.toml`,
  display: `${of ?? "Cargo"}.toml`,
  line: 3,
  name,
  rename: null,
  requirement: "1",
  source: { kind: "cratesIo" },
  list: { kind: "normal", target: null },
  features: [],
  optional: false,
  ...more,
});
const shared = { source: { kind: "workspace" as const }, requirement: null };
const needs = [
  need(null, "serde"),
  need("relay", "serde", shared),
  need("relay", "tokio"),
  need("relay-cli", "serde", shared),
  need("relay-cli", "clap", { rename: "arguments" }),
];

test("needs stand below their package, the workspace's too", () => {
  const said = needRows(needs, "").map((row) => (row.need ? row.need.name : `${row.name} ${row.count}`));
  expect(said).toEqual(["null 1", "serde", "relay 2", "serde", "tokio", "relay-cli 2", "serde", "clap"]);
});

test("a search finds names and what manifests call them, and leaves no package without any", () => {
  const said = (query: string) => needRows(needs, query).map((row) => (row.need ? row.need.name : `${row.name} ${row.count}`));
  expect(said("ARGU")).toEqual(["relay-cli 1", "clap"]);
  expect(said("toki")).toEqual(["relay 1", "tokio"]);
  expect(said("nothing")).toEqual([]);
});

test("what a workspace holds is changed for all that inherit it", () => {
  const [held, heir, own] = needs as [Need, Need, Need];
  expect(inherited(needs, heir)).toBe(held);
  expect(packagesOf(needs, held)).toEqual(["relay", "relay-cli"]);
  expect(packagesOf(needs, own)).toEqual(["relay"]);
});

test("requirements are told from what is none", () => {
  const good = ["1", "1.2", "^1.2.3", "~0.4", ">=1, <3", "=1.0.0-rc.1", "*", "1.*", "1.0.0+build.5"];
  const bad = ["", " ", "latest", "1.", "1.2.3.4", ">= ", "1,", "v1"];
  expect(good.filter((each) => !looksLikeRequirement(each))).toEqual([]);
  expect(bad.filter(looksLikeRequirement)).toEqual([]);
});
