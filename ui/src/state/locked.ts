import type { Held, LockedCrate, LockedOrigin, Project } from "../api/project";
import { compareVersions } from "./versions";

export type LockedKind = "crates" | "ours" | "other" | "plain";
/** Those of one badge: of an origin, or not saved yet whatever their origin. */
export type LockedGroup = { key: string; origin: LockedOrigin; isSaved: boolean; count: number };

/** How an origin is drawn. A registry that is no feed of ours counts as another feed. */
export function kindOf(origin: LockedOrigin): LockedKind {
  if (origin.kind === "cratesIo") return "crates";
  if (origin.kind === "feed") return "ours";
  return origin.kind === "registry" ? "other" : "plain";
}

export const isSaved = ({ held }: LockedCrate): boolean => held !== "notSaved" && held !== "missing";

/** Whether cargo downloads it: what is in the project or in git is no feed's. */
export const isDownloaded = ({ origin }: LockedCrate): boolean => kindOf(origin) !== "plain";

const kinds: LockedKind[] = ["crates", "ours", "other", "plain"];

/** The downloaded ones by their badge, in the legend's order. */
export function groupLocked(locked: LockedCrate[]): LockedGroup[] {
  const groups = new Map<string, LockedGroup>();
  for (const crate of locked) {
    const { origin } = crate;
    if (!isDownloaded(crate)) continue;
    const saved = crate.held !== "notSaved";
    const key = saved ? `${origin.kind} ${origin.kind === "registry" ? origin.url : ""}` : "notSaved";
    const group = groups.get(key);
    if (group) group.count++;
    else groups.set(key, { key, origin, isSaved: saved, count: 1 });
  }
  const rank = ({ origin, isSaved: saved }: LockedGroup): number => (saved ? kinds.indexOf(kindOf(origin)) : kinds.length);
  return [...groups.values()].sort((a, b) => rank(a) - rank(b));
}

const toLookAt: Held[] = ["notSaved", "missing", "yanked"];
const listed: LockedKind[] = ["ours", "other", "crates", "plain"];

/** Whether somebody should look at it before a build fails on it. */
export const needsLook = ({ held }: LockedCrate): boolean => held !== null && toLookAt.includes(held);

const byName = (a: LockedCrate, b: LockedCrate): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : compareVersions(a.version, b.version);

/** Those to look at first, then ours, other feeds', crates.io's. */
export function byAttention(locked: LockedCrate[]): LockedCrate[] {
  const rank = (crate: LockedCrate): number =>
    crate.held !== null && needsLook(crate) ? toLookAt.indexOf(crate.held) : toLookAt.length + listed.indexOf(kindOf(crate.origin));
  return [...locked].sort((a, b) => rank(a) - rank(b) || byName(a, b));
}

/** Those to look at, by what they lack, or all. */
export type HeldFilter = "all" | "notSaved" | "missing" | "yanked";

export const heldFilters: HeldFilter[] = ["all", "notSaved", "missing", "yanked"];

/** How many there are of each; null where nothing is known of any. */
export function heldCounts(locked: LockedCrate[]): Record<HeldFilter, number> | null {
  if (locked.every(({ held }) => held === null)) return null;
  const of = (wanted: Held): number => locked.filter(({ held }) => held === wanted).length;
  return { all: locked.length, notSaved: of("notSaved"), missing: of("missing"), yanked: of("yanked") };
}

/** The feed that those not saved come through; null where that is not one alone. */
export function lackingFeed(locked: LockedCrate[]): string | null {
  const through = ({ origin }: LockedCrate): string | null =>
    origin.kind === "cratesIo" ? origin.through : origin.kind === "feed" ? origin.feed : origin.kind === "registry" ? origin.url : null;
  const [first, ...others] = new Set(locked.filter(({ held }) => held === "notSaved").map(through));
  return others.length === 0 ? (first ?? null) : null;
}

/** By name, of those a search finds. */
export function found(locked: LockedCrate[], query: string, only: HeldFilter = "all"): LockedCrate[] {
  const wanted = query.trim().toLowerCase();
  return locked.filter((each) => (only === "all" || each.held === only) && each.name.toLowerCase().includes(wanted)).sort(byName);
}

export const lockedKey = ({ name, version, origin }: LockedCrate): string => `${name} ${version} ${origin.kind}`;

/** What this project calls a feed or registry; else the last part of its reference, or its address. */
export const shortFeed = (place: string, project: Project | null): string =>
  project?.connection.registries.find((each) => each.feed === place || each.indexUrl === place)?.name ??
  (place.includes("://") ? place : (place.split("/").at(-1) ?? place));
