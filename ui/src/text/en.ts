import type { LockedOrigin } from "../api/project";
import type { AutostartPlan } from "../api/autostart";
import type { Act, Group } from "../keys/keymap";
import { bytes, count, plural, seconds } from "./units";

/** Every sentence of the window. `**bold**` and `` `code` `` are drawn by `Rich`. */
export const app = {
  name: "Granary",
  title: (page: string | null, percent: number | null): string =>
    [percent === null ? null : `${percent} %`, page, "Granary"].filter(Boolean).join(" · "),
};

export const acts: Record<Act, string> = {
  palette: "Search or run…",
  search: "Search this list",
  find: "Find in the log",
  help: "Show all keys",
  openFolder: "Open a project…",
  restore: "Restore",
  connect: "Connect to feeds…",
  apply: "Apply or create",
  close: "Close, clear or cancel: innermost first",
  cancelRun: "Cancel the restore",
  createPair: "Create a pair of feeds…",
  createFeed: "Create one feed…",
  refresh: "Bring this feed up to date",
  copyIndex: "Copy the index address",
  nextError: "Next error in the log",
  jumpToEnd: "Jump to the end of the log",
  runs: "Runs",
  keepRunning: "Keep feeds on this computer running…",
  stopKeeping: "Stop keeping feeds on this computer running",
  goTo: "Go to an entry of the sidebar",
  copyLine: "Copy the chosen crate as a dependency line",
  back: "Back",
  forward: "Forward",
  nextPane: "Next pane",
  previousPane: "Previous pane",
  nextTab: "Next tab",
  previousTab: "Previous tab",
};

export const help = {
  title: "All keys",
  groups: {
    everywhere: "Everywhere",
    project: "Projects and restores",
    feed: "Feeds",
    log: "Log",
    moving: "Moving about",
  } satisfies Record<Group, string>,
  lists: "In a list",
  listKeys: [
    ["↑ ↓", "Move by one"],
    ["Home End", "First or last row"],
    ["PgUp PgDn", "Move by a page"],
    ["A … Z", "Jump to a name"],
    ["↵", "Open"],
  ] as const,
};

export const common = {
  cancel: "Cancel",
  close: "Close",
  optional: "optional",
  tryAgain: "Try again",
  recommended: "Recommended",
  notice: "Notice",
  copyRefused: "The clipboard refused. Select the text and copy it.",
  clear: "Clear",
  loading: "Loading",
  noFeed: "none",
  rows: (n: number): string => plural(n, "row", "rows"),
  retry: "Try again",
  asking: (whom: string): string => `Asking ${whom}`,
  stillWaiting: (s: number): string => `Still waiting, ${seconds(s, 0)}`,
  unknown: "unknown",
};

export const sidebar = {
  label: "Accounts and projects",
  noFeeds: "No feeds yet",
  projects: "Projects",
  noProjects: "Drop a folder to add one",
  welcome: "Feeds on this computer",
  runs: "Runs",
  running: (n: number): string => `${n} running`,
  restoring: "restoring",
};

export const welcome = {
  tagline: "Your company’s crates, in every terminal, with no token to paste.",
  localTitle: "Start on this computer",
  localText:
    "No account needed. Create feeds, publish to them and restore through them, right here. cargo is signed in from then on.",
  useLocal: "Use feeds on this computer",
  startingLocal: "Starting the feeds",
  azure: "Signing in to Azure DevOps comes with the next version.",
  dropTitle: "Drop a project folder here, or anywhere, at any time",
  dropText: "See where its crates come from. Opening it runs nothing.",
  open: "Open…",
  version: (v: string): string => `Granary ${v}`,
  cargo: (v: string): string => `cargo ${v}`,
  noCargo:
    "cargo was not found, so nothing can be restored yet. Install Rust from rustup.rs, then start Granary again.",
  allCommands: "All commands",
  iconAlt: "",
};

export const account = {
  local: "This computer",
  localMeta: "Feeds on this computer",
  noFeedsTitle: (name: string): string => `${name} has no feeds yet`,
  noFeedsText:
    "A feed keeps crates for your company: copies from crates.io, and the crates you publish. Start with a pair, one for each.",
  createPair: "Create a pair of feeds…",
  createOne: "Create one feed…",
  feeds: "Feeds",
  columns: { name: "Feed", where: "Belongs to", fedBy: "Fed by", what: "What it is for" },
  ownOnly: "our own crates only",
  openProject: "Open a project…",
};

export const diagram = {
  cratesIo: "crates.io",
  yourCrates: "your crates",
  upstream: "upstream",
  internal: "internal",
  yourProjects: "your projects",
  aProject: "a project",
  pair: "crates.io feeds **upstream**, your crates are published to **internal**, and your projects use both.",
};

export const newFeed = {
  title: (where: string): string => `New feed on ${where}`,
  shape: "How many feeds",
  pair: "A pair of feeds",
  pairText: "One keeps copies from crates.io, one holds our own crates. A public crate can never take the place of one of ours.",
  one: "One feed",
  oneText: "Own crates and crates.io together, or either alone.",
  forCratesIo: "For crates.io",
  forOurs: "For our own crates",
  name: "Name",
  description: "Description",
  descriptionHint: "What belongs here, for the people who look for it",
  belongsTo: "Belongs to",
  belongsToLocal: (project: string): string => `${project}, on this computer`,
  include: "Include crates.io",
  includeText: "cargo may use this feed in place of crates.io. Each crate is saved on its first use.",
  whatYouGet: "What you get",
  pairNote: (upstream: string, internal: string): string =>
    `cargo asks **${upstream}** for every crates.io name, and **${internal}** only where \`registry\` says so.`,
  mixedNote: (name: string): string =>
    `cargo asks **${name}** for every crates.io name, and your own crates are in it too. One of ours hides the public crate of its name.`,
  ownNote: (name: string): string => `cargo asks **${name}** only where \`registry\` says so.`,
  createTwo: "Create two feeds",
  createOne: "Create feed",
  creating: "Creating",
  created: "created",
  refused: "refused",
  waiting: "waiting",
  outcome: "What happened",
  openCreated: (name: string): string => `Open ${name}`,
  stays: "Nothing leaves this computer.",
  placeholderName: "a feed",
};

export const nameRules = {
  empty: "A feed needs a name.",
  tooLong: "64 characters at most.",
  blank: (better: string): string => (better ? `No blanks. Try **${better}**.` : "No blanks."),
  firstSign: (better: string): string =>
    better ? `Start with a letter. Try **${better}**.` : "Start with a letter.",
  sign: (sign: string, better: string): string =>
    better
      ? `cargo cannot use \`${sign}\` in a name. Try **${better}**.`
      : `cargo cannot use \`${sign}\` in a name.`,
  taken: (name: string): string => `**${name}** exists already. Take another name.`,
  twice: "The two feeds need different names.",
  tooLongText: "255 characters at most.",
};

export const feed = {
  tabs: { crates: "Crates" },
  fedBy: (names: string[]): string => `fed by ${listed(names)}`,
  ownOnly: "holds our own crates",
  copyIndex: "Copy index",
  indexCopied: (name: string): string => `The index address of ${name} is copied`,
  connectProject: "Connect a project…",
  lineCopied: (name: string): string => `The dependency line of ${name} is copied`,
  otherFolder: "Open another folder…",
  search: (n: number): string => `Search ${plural(n, "crate", "crates")}`,
  searchLabel: "Search crates",
  filters: { all: "All", ours: "Ours", cratesIo: "crates.io", other: "Other feeds" },
  filterLabel: "Where crates come from",
  columns: {
    name: "Crate",
    latest: "Latest",
    origin: "Origin",
    versions: "Versions",
    published: "Published",
    what: "What it is",
  },
  list: (name: string): string => `Crates in ${name}`,
  footer: (shown: number, all: number): string =>
    shown === all ? plural(all, "crate", "crates") : `${count(shown)} of ${plural(all, "crate", "crates")}`,
  upToDate: (when: string): string => `Up to date ${when}`,
  bringing: "Bringing up to date",
  refresh: "Bring up to date",
  notFoundTitle: (query: string, name: string): string => `No crate named \`${query}\` in **${name}**`,
  notFoundText: "The search looks at names and descriptions.",
  clearSearch: "Clear the search",
  noneOfKind: "No crates of this kind",
  noneOfKindText: "Choose *All* to see every crate of this feed.",
  showAll: "Show all crates",
  emptyUpstreamTitle: (name: string): string => `**${name}** has saved no crates yet`,
  emptyUpstreamText:
    "It takes them from crates.io as projects need them. Connect a project and restore it: every crate it uses is saved here.",
  emptyOursTitle: (name: string): string => `Nothing is published to **${name}** yet`,
  emptyOursText: (name: string): string =>
    `Connect a project, then publish from its folder with \`cargo publish --registry ${name}\`.`,
  copyCommand: "Copy the command",
  commandCopied: "The command is copied",
  gone: "This feed is not there any more",
};

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

export const project = {
  members: (n: number): string => plural(n, "member", "members"),
  cargo: (v: string): string => `cargo ${v}`,
  connect: "Connect…",
  restore: "Restore",
  tabs: { overview: "Overview", dependencies: "Dependencies", runs: "Runs" },
  connection: "Connection",
  connectedTo: (name: string): string => `cargo takes crates.io’s crates through **${name}**.`,
  ownOnly: "cargo knows the feeds below and takes public crates from crates.io itself.",
  notConnected: "This project takes its crates from crates.io itself. Connect it to a feed.",
  columns: { registry: "Registry", feed: "Feed", use: "Used for" },
  inPlaceOf: "everything from crates.io",
  whereRegistry: "crates that name it",
  otherPlace: "not a feed you are signed in to",
  configFiles: "Config cargo reads here",
  nearestFirst: "nearest first",
  noConfig: "cargo finds no config file for this folder.",
  programsTitle: "Restore does not run here yet",
  programs: (n: number): string =>
    n === 1
      ? "This project’s config names a program that cargo would start. Granary reads it and does not run it."
      : `This project’s config names ${n} programs that cargo would start. Granary reads them and does not run them.`,
  programsHint: "Take the keys out of the files named here, then open the project again.",
  program: (key: string, program: string): string => `\`${key}\` starts \`${program}\``,
  whereFrom: (n: number): string => `Where ${plural(n, "crate", "crates")} come from`,
  noLock: "There is no Cargo.lock yet. Restore writes it.",
  membersTitle: "Members",
  noVersion: "no version",
  reread: "Read again",
  reading: "Reading the project",
  search: (n: number): string => `Search ${plural(n, "crate", "crates")}`,
  searchLabel: "Search dependencies",
  list: "Locked crates",
  lockedColumns: { name: "Crate", version: "Version", origin: "Origin", through: "Through" },
  direct: "crates.io itself",
  noLockTitle: "No crates are locked yet",
  noLockText: "Restore asks cargo which crates this project needs, and writes them to `Cargo.lock`.",
  notFoundTitle: (query: string): string => `No locked crate is named \`${query}\``,
  notFoundText: "Only crates in `Cargo.lock` are searched.",
  footer: (shown: number, all: number): string =>
    shown === all
      ? `Cargo.lock, all ${count(all)}`
      : `${count(shown)} of ${plural(all, "crate", "crates")} in Cargo.lock`,
  gone: "This folder cannot be read",
  opened: (name: string): string => `${name} is open`,
};

export const connect = {
  title: "Connect to feeds",
  feeds: "Feeds",
  cratesIoThrough: "crates.io through",
  ownFrom: "Our own crates from",
  directly: "No feed, crates.io itself",
  noOwn: "No feed",
  committed:
    "Written in the repository: whoever clones it builds through these feeds. The way to sign in is written on this computer only.",
  nothingChosen: "Choose at least one feed to see what would change.",
  already: "This project is connected to these feeds already. Nothing would change.",
  stale: "A file changed while you looked. The preview is made again.",
  filesChange: (n: number): string => (n === 1 ? "1 file changes" : `${n} files change`),
  nothing: "Nothing is written before you apply.",
  apply: "Apply",
  applying: "Applying",
  copyPatch: "Copy patch",
  patchCopied: "The patch is copied",
  preview: "Preview of the change",
  changed: (n: number, name: string): string => `${plural(n, "file", "files")} changed in ${name}`,
  noFeedsTitle: "There are no feeds to connect to yet",
  noFeedsText: "A feed keeps the crates this project uses. Create a pair first: one for crates.io, one for our own.",
  noAccountText: "A feed keeps the crates this project uses. Feeds on this computer need no account.",
  planning: "Looking at what would change",
};

export const keepRunning = {
  notKept:
    "Feeds on this computer answer while Granary runs, or `granary serve`. Crates cargo has fetched already need neither.",
  kept: "Feeds on this computer are kept running from sign-in on, also while Granary is closed.",
  offer: "Keep them running…",
  stop: "Stop keeping them running",
  stopping: "Stopping",
  title: "Keep feeds on this computer running",
  what: "They then answer from the moment you sign in to this computer, so that cargo finds them while Granary is closed.",
  kinds: {
    systemdUserUnit: "A systemd unit of yours runs `granary serve`. Nothing is installed for others.",
    launchAgent: "A launch agent of yours runs `granary serve`. Nothing is installed for others.",
    scheduledTask: "A scheduled task of yours runs `granary serve`. Nothing is installed for others.",
  } satisfies Record<AutostartPlan["kind"], string>,
  file: "This file is written",
  commands: "Then this is run",
  already: "They are kept running already.",
  looking: "Looking at what it takes",
  nothing: "Nothing is written before you agree.",
  apply: "Keep them running",
  installing: "Installing",
  nowKept: "Feeds on this computer are kept running from sign-in on",
  noLongerKept: "Feeds on this computer are no longer kept running",
};

export const diff = {
  places: { repository: "in the repository", computer: "on this computer" },
  created: "new file",
  added: (n: number): string => `${plural(n, "line", "lines")} added`,
  removed: (n: number): string => `${plural(n, "line", "lines")} removed`,
  file: (path: string): string => `Changes to ${path}`,
  kinds: { added: "added", removed: "removed", context: "unchanged" },
};

export const runs = {
  title: "Runs",
  list: "Runs, newest first",
  thisSession: "Since Granary started",
  verb: "restore",
  emptyTitle: "No runs yet",
  emptyProject: (locked: number | null): string =>
    locked === null
      ? "Restore writes Cargo.lock and fetches every crate of this project."
      : `Restore fetches all ${plural(locked, "crate", "crates")} of this project.`,
  emptyAll: "Open a project and restore it: what was fetched, and from where, is listed here.",
  phases: { plan: "Plan", index: "Index", download: "Download", finish: "Hand over to cargo" },
  phaseList: "Steps of this restore",
  phaseState: { done: "done", now: "now", later: "to come" },
  states: {
    starting: "Starting",
    plan: "Reading what is needed",
    index: "Asking for the index",
    download: "Downloading crates",
    finish: "Handing over to cargo",
    cancelling: "Cancelling",
  },
  done: (s: number): string => `Restored in ${seconds(s)}`,
  failed: (s: number): string => `Failed after ${seconds(s)}`,
  cancelled: (s: number): string => `Cancelled after ${seconds(s)}`,
  outcomes: { running: "running", done: "done", failed: "failed", cancelled: "cancelled" },
  couldNotStart: "The restore did not start",
  started: (command: string, at: string): string => `${command}, started ${at}`,
  at: (command: string, at: string): string => `${command}, ${at}`,
  ofCrates: (total: number): string => `of ${plural(total, "crate", "crates")}`,
  cratesSoFar: (n: number): string => (n === 1 ? "crate so far" : "crates so far"),
  ofBytes: (total: number): string => `of ${bytes(total)}`,
  rate: (n: number): string => `${bytes(n)}/s`,
  left: (s: number): string => (s < 1.5 ? "about 1 s left" : `about ${roundSeconds(s)} left`),
  progress: "Progress of the restore",
  cancel: "Cancel",
  cancelling: "Cancelling",
  downloaded: (n: number, size: number): [string, string] => [count(n), `downloaded, ${bytes(size)}`],
  alreadyHere: (n: number): [string, string] => [count(n), n === 1 ? "was already here" : "were already here"],
  match: (n: number): [string, string] => [count(n), n === 1 ? "matches Cargo.lock" : "match Cargo.lock"],
  nowWorks: "`cargo build` now works in every terminal and editor on this computer, also offline.",
  keptAfterCancel: "Crates that were downloaded stay in cargo’s cache. The next restore goes on from there.",
  feedColumns: { feed: "Through", crates: "Crates", downloaded: "Downloaded", size: "Size", cache: "cargo’s cache" },
  perFeed: "Where they came from",
  restoreAgain: "Restore again",
  showError: "Show the error in the log",
  row: {
    running: (n: number, total: number | null): string =>
      total === null ? plural(n, "crate", "crates") : `${count(n)} of ${plural(total, "crate", "crates")}`,
    done: (n: number, s: number, size: number): string =>
      `${plural(n, "crate", "crates")}, ${seconds(s)}, ${bytes(size)}`,
    cancelled: (s: number): string => `cancelled after ${seconds(s)}`,
    failed: (s: number): string => `failed after ${seconds(s)}`,
  },
  said: {
    quarter: (percent: number, name: string): string => `${name}: ${percent} % restored`,
    ended: {
      done: (name: string, s: number): string => `${name} is restored, ${seconds(s)}`,
      failed: (name: string): string => `The restore of ${name} failed`,
      cancelled: (name: string): string => `The restore of ${name} is cancelled`,
    },
  },
  saved: (path: string): string => `The log is saved to ${path}`,
  show: "Show",
};

export const log = {
  label: "Log",
  find: "Find in log",
  filters: { all: "All", warning: "Warnings", error: "Errors" },
  filterLabel: "Lines to show",
  follow: "Follow",
  jump: "Jump to end",
  copy: "Copy the log",
  save: "Save the log…",
  copied: (n: number): string => `${plural(n, "line", "lines")} copied`,
  hits: (at: number, all: number): string => (all === 0 ? "no hits" : `${count(at)} of ${count(all)}`),
  nextError: "Next error",
  waiting: "The first lines come in a moment.",
  noneShown: "No lines of this kind.",
  sources: { granary: "granary", cargo: "cargo", index: "index", download: "download" },
};

export const drop = {
  open: (name: string): string => `Drop to open ${name}`,
  openMany: (n: number): string => `Drop to open ${n} projects`,
  none: "Not a cargo project",
  noneText: (name: string): string => `${name} has no Cargo.toml, here or above.`,
  looking: "Looking",
  project: (lock: boolean): string => (lock ? "A cargo project with a lock file" : "A cargo project, no lock file yet"),
  config: "Config of its own in `.cargo/config.toml`",
  isNew: "New here: it is read, not run, until you trust it",
  known: "In your list already",
};

export const palette = {
  label: "Search or run",
  placeholder: "Search or run…",
  groups: { goTo: "Go to", commands: "Commands" },
  none: (query: string): string => `Nothing is called \`${query}\``,
  run: "run",
  move: "move",
  commandsOnly: "commands only",
  feedIn: (where: string): string => where,
  results: (n: number): string => plural(n, "result", "results"),
};

export const panes = { sidebar: "Sidebar", page: "Page" };

function roundSeconds(s: number): string {
  if (s < 60) return `${Math.round(s)} s`;
  return plural(Math.round(s / 60), "minute", "minutes");
}

function listed(names: string[]): string {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

export function lockedThrough(from: LockedOrigin): string {
  switch (from.kind) {
    case "cratesIo":
      return from.through ?? project.direct;
    case "feed":
      return from.feed;
    case "registry":
    case "git":
      return from.url;
    case "path":
      return "";
  }
}
