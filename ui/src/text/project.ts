import type { ConnectMode, LockedOrigin } from "../api/project";
import type { AutostartPlan } from "../api/autostart";
import type { RunVerb } from "../api/run";
import type { BuildKind, Leads } from "../state/programs";
import { count, plural } from "./units";

export const project = {
  members: (n: number): string => plural(n, "member", "members"),
  cargo: (v: string): string => `cargo ${v}`,
  connect: "Connect…",
  restore: "Restore",
  restoreOnly: "Restore without connecting",
  build: "Build",
  buildRelease: "Build --release",
  check: "Check",
  verify: "Verify crates",
  verifySays: "Holds cargo’s cache against Cargo.lock and the feeds",
  seed: "Save to feed",
  seedSays: "Has the feed save what is locked and not saved yet",
  tabs: { overview: "Overview", dependencies: "Dependencies", config: "Config", runs: "Runs" },
  addDependency: "Add dependency…",
  more: "More for this project",
  connection: "Connection",
  connectedTo: (name: string): string => `cargo takes crates.io’s crates through **${name}**.`,
  ownOnly: "cargo knows the feeds below and takes public crates from crates.io itself.",
  notConnected: "This project takes its crates from crates.io itself. Connect it to a feed.",
  columns: { registry: "Registry", feed: "Feed", use: "Used for" },
  inPlaceOf: "everything from crates.io",
  whereRegistry: "crates that name it",
  otherPlace: "not a feed you are signed in to",
  noLock: "There is no Cargo.lock yet. Restore writes it.",
  membersTitle: "Members",
  noVersion: "no version",
  openTerminal: "Open a terminal here",
  readAgain: "Read again",
  reading: "Reading the project",
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
  changed: (n: number, name: string): string => `${plural(n, "file", "files")} changed in ${name}`,
  undone: (n: number, name: string): string => `${plural(n, "file", "files")} of ${name} ${n === 1 ? "is" : "are"} as before`,
};

export const trust = {
  states: { trusted: "Trusted", toRestore: "Trusted to restore", lacking: "Not trusted yet" },
  title: "Let cargo run what this folder brings?",
  text: "Looking is always safe. *Restore* starts cargo, and here cargo would do what this folder’s own config says:",
  /** The same before code is compiled; `also` where its config says something too. */
  textToCompile: (verb: RunVerb, also: boolean): string =>
    `Looking is always safe. *${verb === "check" ? "Check" : "Build"}* compiles, and build scripts and macros are programs that run while cargo compiles.${also ? " Here cargo would do all of this:" : " Here these would run:"}`,
  list: "What cargo would do here",
  leads: {
    start: "cargo would start it",
    way: "all of cargo’s requests, with tokens, would go that way",
    flags: "cargo would hand it to the programs it starts, and may load what it names",
    include: "cargo may read more config there, and start what it names",
    script: "runs before its package is compiled",
    macro: "runs inside the compiler, for all that uses it",
    dependencies: "they run while their crates are compiled",
  } satisfies Record<Leads, string>,
  kinds: { script: "Build script", macro: "Macro", dependencies: "Dependencies" } satisfies Record<BuildKind, string>,
  show: "Show",
  hide: "Hide",
  showOf: (what: string, isOpen: boolean): string => `${isOpen ? "Hide" : "Show"} ${what}`,
  copyPath: "Copy path",
  pathCopied: "The path is copied",
  again: "Asked again only if the list grows.",
  onlyLook: "Only look",
  verb: "Trust this folder",
  working: "Trusting",
  open: "Trust…",
  said: (name: string): string => `${name} is trusted`,
};

/** What a run is called after another step. */
const thenCalled: Record<RunVerb, string> = {
  fetch: "restore",
  check: "check",
  build: "build",
  seed: "save to the feed",
  verify: "verify",
  repair: "repair",
};

export const oneClick = {
  connectTitle: (verb: RunVerb): string => `Connect to feeds, then ${thenCalled[verb]}`,
  apply: (verb: RunVerb): string => `Apply and ${thenCalled[verb]}`,
  skip: (verb: RunVerb): string => `${thenCalled[verb].charAt(0).toUpperCase()}${thenCalled[verb].slice(1)} without connecting`,
  signInTitle: (name: string, verb: RunVerb): string => `Sign in to ${name}, then ${thenCalled[verb]}`,
};

const runCalled: Record<RunVerb, string> = {
  fetch: "A restore",
  check: "A check",
  build: "A build",
  seed: "Saving to the feed",
  verify: "A verification",
  repair: "A repair",
};

export const quit = {
  /** `verb` is what the only one does, where it is known here. */
  title: (n: number, verb: RunVerb | null): string => (n === 1 ? `${verb ? runCalled[verb] : "A run"} is going on` : `${count(n)} runs are going on`),
  ended: "Nothing is running any more",
  text: (n: number): string =>
    `Closing Granary stops ${n === 1 ? "it" : "them"}. Crates that were downloaded stay in cargo’s cache, and the next restore goes on from there.`,
  endedText: "What went on is done. Granary can be closed without stopping anything.",
  keep: "Keep running",
  stay: "Stay",
  stop: "Stop and quit",
  stopping: "Stopping",
  quit: "Quit",
  quitting: "Quitting",
};

export const connect = {
  title: "Connect to feeds",
  feeds: "Feeds",
  cratesIoThrough: "crates.io through",
  ownFrom: "Our own crates from",
  directly: "No feed, crates.io itself",
  noOwn: "No feed",
  who: "Who builds through the feeds",
  /** `where` is the account of the feeds; none where they are on this computer. */
  modes: (where: string | null): { value: ConnectMode; title: string; text: string }[] => [
    {
      value: "committed",
      title: "Everyone, committed",
      text: `Written in the repository. Whoever clones it needs ${where === null ? "feeds of the same names on their computer" : `access to ${where}`}.`,
    },
    { value: "mine", title: "Only me", text: "Written in your home folder, for all your projects. The repository stays as it is." },
    { value: "ci", title: "Only CI", text: "A config file that pipelines name. Everyone else stays on crates.io." },
  ],
  nothingChosen: "Choose at least one feed to see what would change.",
  already: "This project is connected to these feeds already. Nothing would change.",
  noFeedsTitle: "There are no feeds to connect to yet",
  noFeedsText: "A feed keeps the crates this project uses. Create a pair first: one for crates.io, one for our own.",
  noAccountText: "A feed keeps the crates this project uses. Feeds on this computer need no account.",
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
  deleted: "the file goes",
  added: (n: number): string => `${plural(n, "line", "lines")} added`,
  removed: (n: number): string => `${plural(n, "line", "lines")} removed`,
  file: (path: string): string => `Changes to ${path}`,
  kinds: { added: "added", removed: "removed", context: "unchanged" },
};

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
