import type { CrateRow } from "../api/crate";
import type { Feed } from "../api/feed";
import type { LockedCrate, Project } from "../api/project";

/** A line for `[dependencies]`. What follows a `+` is not compared by cargo, so it is left out. */
function line(name: string, version: string, registry: string | null): string {
  const wanted = `"${version.replace(/\+.*/s, "")}"`;
  return registry === null ? `${name} = ${wanted}` : `${name} = { version = ${wanted}, registry = "${registry}" }`;
}

/** The line for a crate of a feed: our own are taken by the feed's name, the rest by crates.io's. */
export function dependencyLine(crate: Pick<CrateRow, "name" | "latest" | "origin">, feed: Feed): string {
  const asCratesIo = crate.origin.kind !== "ours" && feed.includesCratesIo;
  return line(crate.name, crate.latest, asCratesIo ? null : feed.name);
}

/** The line for a locked crate; null where none can be written from the lock file alone. */
export function lockedLine({ name, version, origin }: LockedCrate, project: Project): string | null {
  if (origin.kind === "cratesIo") return line(name, version, null);
  const registry = project.connection.registries.find((each) =>
    origin.kind === "feed" ? each.feed === origin.feed : origin.kind === "registry" && each.indexUrl === origin.url,
  );
  return registry ? line(name, version, registry.name) : null;
}
