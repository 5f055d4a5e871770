import type { CrateChange, CrateSort, Dependency, OriginFilter, VersionReference } from "../api/crate";
import { bytes, count, listed, plural } from "./units";

export const origin = {
  ours: "ours",
  cratesIo: "crates.io",
  notSaved: "not saved yet",
  path: "this project",
  git: "git",
  otherRegistry: "other registry",
  says: {
    ours: "published to this feed",
    cratesIo: "came from crates.io and is saved here",
    other: "came from another feed and is saved here",
    notSaved: "an upstream has it, saved on first use",
  },
};

export const crates = {
  search: (n: number): string => `Search ${plural(n, "crate", "crates")}`,
  searchLabel: "Search crates",
  filters: { all: "All", ours: "Ours", cratesIo: "crates.io", otherFeed: "Other feeds", notSaved: "Not saved yet" } satisfies Record<OriginFilter, string>,
  filterLabel: "Where crates come from",
  sorts: { published: "Published", name: "Name", downloads: "Downloads" } satisfies Record<CrateSort, string>,
  sortBy: (by: string): string => `Sorted by: ${by}`,
  more: "More filters",
  moreOn: (n: number): string => `More filters: ${n} on`,
  inView: (view: string): string => `Only in @${view}`,
  onlyYanked: "Only with a yanked version",
  onlyBoth: "Only names that are on crates.io too",
  columns: { name: "Crate", what: "What it is", latest: "Latest", origin: "Origin", versions: "Versions", published: "Published", downloads: "Downloads" },
  list: (name: string): string => `Crates in ${name}`,
  footer: (saved: number, notSaved: number): string =>
    notSaved > 0 ? `${count(saved)} saved, ${count(notSaved)} not saved yet` : plural(saved, "crate", "crates"),
  found: (shown: number, all: number): string => `${count(shown)} of ${count(all)}`,
  upToDate: (when: string): string => `Up to date ${when}`,
  bringing: "Bringing up to date",
  arriving: (n: number): string => `Bringing up to date, ${plural(n, "crate", "crates")} so far`,
  notUpToDate: "Not brought up to date",
  refresh: "Bring up to date",
  neededBy: (n: number): string => `needed by ${plural(n, "project", "projects")}`,
  alsoOnCratesIo: "also on crates.io",
  mixed: "has versions of another origin too",
  yanked: "yanked",
  above: (n: number): string => `${count(n)} new`,
  showAbove: "Show them",
  offline: (when: string | null): string =>
    when ? `**Offline.** Everything here is from the copy on this computer, brought up to date ${when}.` : "**Offline.** Nothing of this feed is kept on this computer yet.",
  refreshRefused: (name: string): string => `**${name}** could not be brought up to date`,
  nothingKept: (name: string): string => `Nothing of **${name}** is kept on this computer yet`,
  nothingKeptText: "What it holds is shown as soon as it answers, and kept from then on.",
  notFoundTitle: (query: string, name: string): string => `No crate named \`${query}\` in **${name}**`,
  notFoundText: "The search looks at names and descriptions.",
  clearSearch: "Clear the search",
  noneOfKind: "No crates of this kind",
  noneOfKindText: "Choose *All* and no further filter to see every crate of this feed.",
  showAll: "Show all crates",
  emptyUpstreamTitle: (name: string): string => `**${name}** has saved no crates yet`,
  emptyUpstreamText:
    "It takes them from crates.io as projects need them. Connect a project and restore it: every crate it uses is saved here.",
  emptyOursTitle: (name: string): string => `Nothing is published to **${name}** yet`,
  emptyOursText: (name: string): string =>
    `Connect a project, then publish from its folder with \`cargo publish --registry ${name}\`.`,
  copyCommand: "Copy the command",
  commandCopied: "The command is copied",
  selected: (n: number): string => `${plural(n, "crate", "crates")}, latest ${n === 1 ? "version" : "versions"}`,
  versionsSelected: (n: number): string => `${plural(n, "version", "versions")} selected`,
  someSelected: (n: number): string => `The first ${count(n)} are selected. Narrow the list to select others.`,
  batch: "What to do with what is selected",
  copyLines: "Copy lines",
  promote: "Promote…",
  yank: "Yank",
  remove: "Delete",
  clearSelection: "Clear the selection",
  lineCopied: (name: string): string => `The dependency line of ${name} is copied`,
  linesCopied: (n: number): string => `${plural(n, "dependency line is", "dependency lines are")} copied`,
};

export const crate = {
  pane: (name: string): string => `About ${name}`,
  split: "Width of the crate beside the list",
  copyLine: "Copy dependency line",
  version: (version: string): string => `Version ${version}`,
  close: "Close",
  more: (name: string): string => `More for ${name}`,
  tabs: { overview: "Overview", versions: "Versions", dependencies: "Depends on", features: "Features", readme: "Readme" },
  asking: (name: string): string => `Asking about ${name}`,
  facts: { licence: "Licence", rust: "Rust", size: "Size", usedBy: "Used by", repository: "Sources", documentation: "Documentation", homepage: "Home page", checksum: "SHA-256", authors: "By" },
  rust: (version: string): string => `${version} or newer`,
  size: (size: number, files: number | null): string => (files === null ? bytes(size) : `${bytes(size)}, ${plural(files, "file", "files")}`),
  ofYours: "of your projects",
  noProjects: "none of your projects",
  notSaid: "not said",
  cameIn: (version: string): string => `How ${version} came in`,
  publishedTo: (feed: string): string => `Published to **${feed}**`,
  savedIn: (feed: string): string => `Saved in **${feed}**`,
  notSavedIn: (feed: string): string => `Not saved in **${feed}** yet`,
  notSavedText: "The first fetch by somebody who may save it brings it in.",
  from: (source: string): string => `From **${source}**`,
  promotedTo: (view: string): string => `Promoted to **@${view}**`,
  run: (who: string, run: string | null): string => (run ? `${who}, run ${run}` : who),
  unknownWho: "by whom is not known",
  versions: "Versions",
  showAll: (n: number): string => `Show all ${count(n)}`,
  versionList: (name: string): string => `Versions of ${name}`,
  versionColumns: { version: "Version", origin: "Origin", views: "", size: "Size" },
  kinds: { normal: "To use it", build: "To build it", dev: "To test it" } satisfies Record<Dependency["kind"], string>,
  optional: "optional",
  on: (target: string): string => `on \`${target}\``,
  renamed: (name: string): string => `called \`${name}\``,
  noDependencies: "It depends on nothing.",
  fromFeed: (feed: string): string => `from ${feed}`,
  sameFeed: "from this feed",
  noFeatures: "It has no features.",
  defaultOn: (on: string[]): string => `default turns on ${on.join(", ")}`,
  noReadme: "It has no readme.",
  readmeCut: "The readme is longer than is shown here.",
  bothTitle: "crates.io has a crate of this name too",
  bothServed: (theirs: string): string => `This feed serves theirs too: \`${theirs}\` could be taken for ours.`,
  bothHigher: (theirs: string): string => `This feed serves theirs too, and cargo would prefer their \`${theirs}\`.`,
  bothHidden: (theirs: string): string => `This feed hides theirs (\`${theirs}\`): cargo gets ours only.`,
  bothNotBehind: (theirs: string): string => `crates.io is not behind this feed, so it never serves theirs (\`${theirs}\`).`,
  bothUnknown: "What the feed does about it could not be found out.",
  watch: "Name watch…",
  pageCopied: "The address of its page is copied",
  copyPage: "Copy the address of its page",
  yank: (version: string): string => `Yank ${version}`,
  unyank: (version: string): string => `Take back the yank of ${version}`,
  promote: (version: string): string => `Promote ${version}…`,
  remove: (version: string): string => `Move ${version} to the recycle bin`,
  notSavedYet: "It is not saved in this feed yet.",
  inBin: "in the recycle bin",
  waiting: "not confirmed yet",
};

const named = (versions: VersionReference[]): string => {
  const [only] = versions;
  return versions.length === 1 && only ? `**${only.name} ${only.version}**` : plural(versions.length, "version", "versions");
};

export const changes = {
  undo: "Undo",
  done: (change: CrateChange, versions: VersionReference[]): string => {
    const words: Record<CrateChange["kind"], string> = {
      yank: "yanked",
      unyank: versions.length === 1 ? "is no longer yanked" : "are no longer yanked",
      promote: `promoted${change.kind === "promote" ? ` to **@${change.view}**` : ""}`,
      delete: "moved to the recycle bin",
      recover: "brought back",
      purge: "deleted for ever",
    };
    return `${named(versions)} ${words[change.kind]}`;
  },
  outcome: (change: CrateChange, done: VersionReference[], refused: number): string => {
    if (done.length === 0) return changes.none(change, refused);
    return refused === 0 ? changes.done(change, done) : `${changes.done(change, done)}, ${count(refused)} refused`;
  },
  none: (change: CrateChange, n: number): string => {
    const words: Record<CrateChange["kind"], string> = {
      yank: "yanked",
      unyank: "taken back",
      promote: "promoted",
      delete: "moved to the recycle bin",
      recover: "brought back",
      purge: "deleted",
    };
    return n === 1 ? `It was not ${words[change.kind]}` : `None of ${count(n)} was ${words[change.kind]}`;
  },
  refusedList: "What was refused, and why",
  dismiss: "Close",
  promoteTitle: (versions: VersionReference[]): string => {
    const [only] = versions;
    return versions.length === 1 && only ? `Promote ${only.name} ${only.version}` : `Promote ${plural(versions.length, "version", "versions")}`;
  },
  toView: "To view",
  noWayBack: "A promoted version cannot be taken out of a view.",
  promote: "Promote",
  promoting: "Promoting",
  noViews: "This feed has no view to promote to. Create one under *Views*.",
  purge: "Delete for ever",
  purging: "Deleting",
  stillLocked: (projects: string[]): string => `Locked by ${listed(projects)}`,
  locked: (projects: string[]): string => `${listed(projects)} ${projects.length === 1 ? "locks" : "lock"} some of them.`,
};
