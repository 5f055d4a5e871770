import type { DependencyList, Held, ListKind, LockedCrate, LockedOrigin, Project } from "../api/project";
import { shortFeed, type HeldFilter } from "../state/locked";
import { origin as originWords } from "./crate";
import { bytes, count, plural } from "./units";

/** What a locked crate's badge and state say. */
export const lockedSays = {
  origin: (from: LockedOrigin, project: Project): string => {
    switch (from.kind) {
      case "cratesIo":
        return originWords.cratesIo;
      case "feed":
        return originWords.ours;
      case "registry": {
        const name = shortFeed(from.url, project);
        return name === from.url ? originWords.otherRegistry : name;
      }
      case "git":
        return originWords.git;
      case "path":
        return originWords.path;
    }
  },
  states: { saved: "saved", yanked: "yanked", notSaved: originWords.notSaved, missing: "not in feed" } satisfies Record<Held, string>,
  /** What one has to know of it; null where all is well. */
  lacks: (held: Held | null): string | null => (held === null || held === "saved" ? null : lockedSays.states[held]),
  state: (held: Held | null): string => (held === null ? "not known" : lockedSays.states[held]),
  /** A tile in full. */
  tile: (crate: LockedCrate, project: Project): string[] => [
    `${crate.name} ${crate.version}`,
    crate.size === null ? "size not known" : bytes(crate.size),
    lockedSays.origin(crate.origin, project),
    ...(crate.held === null ? [] : [lockedSays.states[crate.held]]),
  ],
};

export const whereFrom = {
  title: (n: number): string => `Where ${plural(n, "crate", "crates")} come from`,
  size: (total: number, complete: boolean): string => (complete ? bytes(total) : `over ${bytes(total)}`),
  map: (n: number, parts: string[]): string => `Sizes of ${plural(n, "crate", "crates")}: ${parts.join(", ")}. The list beneath has the same.`,
  legend: { cratesIo: "crates.io", ours: "Ours", notSaved: "Not saved" },
  part: (name: string, n: number): string => `${count(n)} ${name}`,
  list: "Locked crates, those to look at first",
  only: (name: string): string => `Only **${name}**`,
  showAll: "Show all",
  toLookAt: "to look at",
  all: (n: number): string => `Cargo.lock, all ${count(n)}`,
  open: "Open list",
};

export const dependencies = {
  partLabel: "Which dependencies to show",
  parts: { manifests: "In manifests", locked: "Locked" },
  search: (n: number): string => `Search ${plural(n, "dependency", "dependencies")}`,
  state: "State",
  heldLabel: "Which locked crates to show",
  held: { all: "All", notSaved: "Not saved", missing: "Not in feed", yanked: "Yanked" } satisfies Record<HeldFilter, string>,
  noneOfKind: "No locked crate is of this kind",
  showAll: "Show all",
};

export const seeding = {
  notSaved: (n: number, all: number, feed: string | null): string =>
    `**${count(n)} of ${plural(all, "crate", "crates")}** ${n === 1 ? "is" : "are"} not saved in ${feed === null ? "their feeds" : `**${feed}**`} yet. Builds by readers, by forks and without an account would fail on ${n === 1 ? "it" : "them"}.`,
  missing: (n: number): string => `**${count(n)}** ${n === 1 ? "is" : "are"} neither in ${n === 1 ? "its" : "their"} feed nor in an upstream of it.`,
  yanked: (n: number): string => `**${count(n)}** ${n === 1 ? "is" : "are"} yanked: cargo takes ${n === 1 ? "it" : "them"} while locked, and not anew.`,
  save: (n: number): string => `Save ${count(n)} to feed`,
};

export const needs = {
  list: "Dependencies in manifests",
  columns: { name: "Crate", requirement: "Requirement", from: "From", list: "For", features: "Features" },
  workspace: "The workspace",
  renamed: (name: string): string => `is ${name}`,
  optional: "optional",
  /** What stands in the plain list needs no word. */
  lists: { normal: "", dev: "dev", build: "build" } satisfies Record<ListKind, string>,
  for: ({ kind, target }: DependencyList): string => [needs.lists[kind ?? "normal"], target].filter(Boolean).join(", "),
  byWorkspace: "as the workspace says",
  workspaceHas: "workspace",
  showInWorkspace: (name: string): string => `Show ${name} among the workspace’s dependencies`,
  any: "any version",
  editing: (name: string): string => `Version requirement of ${name}`,
  wrong: "Write a requirement as cargo does: `1.2`, `^1`, `>=1, <3` or `*`.",
  update: (name: string, requirement: string): string => `Require ${name} ${requirement}`,
  moveTo: (name: string, where: string): string => `Take ${name} from ${where}`,
  remove: (name: string): string => `Remove ${name}`,
  from: (name: string, where: string): string => `${name} comes from ${where}. Take it from…`,
  cratesIo: "crates.io",
  path: (path: string): string => `path ${path}`,
  git: (url: string): string => `git ${url}`,
  pathStays: "It is taken from a folder. Its path says from where, so no feed is asked.",
  gitStays: "It is taken from git. Its address says from where, so no feed is asked.",
  workspaceStays: "The workspace says where it comes from.",
  workspaceKeeps: "The workspace lists it for its packages. Take it out of those instead.",
  cannotEdit: "A crate from a folder or from git has no version to choose here.",
  footer: (shown: number, all: number): string =>
    shown === all ? `${plural(all, "dependency", "dependencies")} in manifests` : `${count(shown)} of ${plural(all, "dependency", "dependencies")} in manifests`,
  noneTitle: "No manifest names a crate yet",
  noneText: "Add a crate: Granary shows the lines first, and writes them when you apply.",
  notFoundTitle: (query: string): string => `No manifest names \`${query}\``,
  notFoundText: "Only what manifests name themselves is searched. *Locked* has all the crates.",
  add: "Add dependency…",
};

export const addDependency = {
  title: "Add a dependency",
  from: "From",
  cratesIo: "crates.io",
  through: (feed: string): string => `through ${feed}`,
  name: "Crate",
  namePlaceholder: "Its name",
  noneKept: (text: string, feed: string): string => `Nothing kept of **${feed}** is called \`${text}\`. What is typed is taken as it is.`,
  freeName: "Type the whole name. Nothing is kept of crates.io here to search.",
  requirement: "Version",
  requirementHint: "Empty takes the latest version.",
  requirementPlaceholder: "latest",
  features: "Features",
  featuresHint: "Several with commas between them.",
  noDefaultFeatures: "Without its default features",
  optional: "Optional",
  kind: "For",
  kinds: { normal: "The package itself", dev: "Its tests and examples", build: "Its build script" } satisfies Record<ListKind, string>,
  packages: "Into which packages",
  noPackage: "Choose at least one package.",
  more: "More",
  target: "Only for a target",
  targetHint: "As cargo writes it, such as `cfg(windows)`.",
  rename: "Call it",
  renameHint: "Under another name than its own.",
  nothingYet: "Name a crate to see what would change.",
  notConnected: (project: string, feed: string): string => `**${project}** does not know **${feed}** yet. Connect it first.`,
  connect: "Connect…",
  toProject: "Add to project…",
};
