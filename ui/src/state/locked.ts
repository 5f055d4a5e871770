import type { LockedCrate, LockedOrigin, Project } from "../api/project";

export type LockedKind = "crates" | "ours" | "other" | "plain";
export type LockedGroup = { kind: LockedKind; origin: LockedOrigin["kind"]; through: string | null; count: number };

/** How an origin is drawn. A registry that is no feed of ours counts as another feed. */
export function kindOf(origin: LockedOrigin): LockedKind {
  if (origin.kind === "cratesIo") return "crates";
  if (origin.kind === "feed") return "ours";
  return origin.kind === "registry" ? "other" : "plain";
}

const throughOf = (origin: LockedOrigin): string | null => {
  if (origin.kind === "cratesIo") return origin.through;
  if (origin.kind === "feed") return origin.feed;
  return origin.kind === "path" ? null : origin.url;
};

/** Where the locked crates come from, most first. */
export function groupLocked(locked: LockedCrate[]): LockedGroup[] {
  const groups = new Map<string, LockedGroup>();
  for (const { origin } of locked) {
    const through = throughOf(origin);
    const key = `${origin.kind} ${through}`;
    const group = groups.get(key);
    if (group) group.count++;
    else groups.set(key, { kind: kindOf(origin), origin: origin.kind, through, count: 1 });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/** The last part of a feed's reference; anything else as it is. */
export const shortFeed = (reference: string, project: Project | null): string =>
  project?.connection.registries.find((each) => each.feed === reference)?.name ??
  (reference.includes("://") ? reference : (reference.split("/").at(-1) ?? reference));
