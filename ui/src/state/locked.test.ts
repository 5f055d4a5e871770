import { expect, test } from "vitest";
import type { LockedCrate } from "../api/project";
import { byAttention, found, groupLocked, heldCounts, lackingFeed } from "./locked";

const crate = (name: string, more: Partial<LockedCrate> = {}): LockedCrate => ({
  name,
  version: "1.0.0",
  origin: { kind: "cratesIo", through: null },
  size: null,
  held: "saved",
  ...more,
});
const ours = { origin: { kind: "feed", feed: "contoso/internal" } } as const;
const shared = { origin: { kind: "registry", url: "sparse+https://elsewhere/" } } as const;
const all = [
  crate("tokio"),
  crate("zerocopy", { held: "notSaved" }),
  crate("contoso-lints", shared),
  crate("contoso-http", ours),
  crate("relay", { origin: { kind: "path" }, held: null }),
  crate("ring", { held: "yanked" }),
  crate("gone", { held: "missing" }),
];

test("the legend counts each badge once, and the project's own packages not", () => {
  expect(groupLocked(all).map((each) => [each.key, each.count])).toEqual([
    ["cratesIo ", 3],
    ["feed ", 1],
    ["registry sparse+https://elsewhere/", 1],
    ["notSaved", 1],
  ]);
});

test("what one has to look at comes first, then ours, other feeds', crates.io's", () => {
  expect(byAttention(all).map((each) => each.name)).toEqual(["zerocopy", "gone", "ring", "contoso-http", "contoso-lints", "tokio", "relay"]);
});

test("a search finds parts of names, older versions first", () => {
  const two = [crate("syn", { version: "2.0.1" }), crate("syn", { version: "1.0.109" }), crate("async-trait")];
  expect(found(two, " SYN ").map((each) => `${each.name} ${each.version}`)).toEqual(["async-trait 1.0.0", "syn 1.0.109", "syn 2.0.1"]);
});

test("what its feeds lack is counted, and found by that", () => {
  expect(heldCounts(all)).toEqual({ all: 7, notSaved: 1, missing: 1, yanked: 1 });
  expect(heldCounts([crate("a", { held: null })])).toBeNull();
  expect(found(all, "", "missing").map((each) => each.name)).toEqual(["gone"]);
  expect(found(all, "g", "notSaved")).toEqual([]);
});

test("one feed is named, several are not", () => {
  const through = (feed: string) => ({ origin: { kind: "cratesIo", through: feed }, held: "notSaved" }) as const;
  expect(lackingFeed([crate("a", through("u")), crate("b", through("u")), crate("c", ours)])).toBe("u");
  expect(lackingFeed([crate("a", through("u")), crate("b", through("v"))])).toBeNull();
});
