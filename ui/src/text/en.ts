import type { LockedOrigin } from "../api/project";
import type { Account } from "../api/account";
import type { AutostartPlan } from "../api/autostart";
import type { SignInHow } from "../api/sign-in";
import type { Act, Group } from "../keys/keymap";
import { bytes, count, exact, hourMinute, plural, seconds } from "./units";

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
  addAccount: "Add an account…",
  signInAgain: "Sign in again",
  signOut: "Sign out of this account",
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
  welcome: "Sign in…",
  addAccount: "Add account…",
  states: { signIn: "sign in needed", locked: "locked", offline: "offline", loading: "loading" },
  organization: "organization",
  runs: "Runs",
  running: (n: number): string => `${n} running`,
  restoring: "restoring",
};

export const welcome = {
  tagline: "Your company’s crates, in every terminal, with no token to paste.",
  title: "Sign in to Azure DevOps",
  text: "Your browser opens. Granary finds your organizations and their feeds, and cargo is signed in from then on.",
  browser: "Sign in with the browser",
  code: "Use a code instead",
  noClientId:
    "This Granary has no client id of its own, so the browser and codes cannot be used yet. Use a token or the Azure CLI, or ask your company’s administrator for a client id: it goes to `settings.toml`, as `client_id` under `[azure]`. `docs/sign-in.md` says how.",
  openToken: "Use a token",
  azureCli: (user: string): string => `Azure CLI is signed in as **${user}**`,
  useAzureCli: "Use that sign-in",
  usingAzureCli: "Signing in",
  environment: (variable: string): string =>
    `\`${variable}\` brings a token: it is used for every organization of Azure DevOps, as long as it is set.`,
  token: "Use a token",
  tokenText: "A personal access token. It is checked first, then kept in the system’s keychain.",
  server: "Azure DevOps Server…",
  serverText: "Version 2022 or later: its address and a token.",
  useLocal: "Use feeds on this computer",
  localText: "No account needed. Create, publish and restore right here.",
  startingLocal: "Starting the feeds",
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

export const signIn = {
  addTitle: "Add an account",
  againTitle: (name: string): string => `Sign in to ${name} again`,
  back: "Back",
  place: "Organization or address",
  placeHint: "A name, any address of a feed, or a piece of config.toml.",
  serverPlace: "Address",
  serverHint: "With the collection at its end, such as `DefaultCollection`.",
  understood: (parts: string[]): string => parts.map((part) => `**${part}**`).join(" · "),
  known: (parts: string): string => `${parts}, signed in already: this sign-in takes its place`,
  token: "Personal access token",
  tokenHint: "From *User settings › Personal access tokens*, with the scope *Packaging: Read & write*.",
  submit: "Sign in",
  trying: "Trying the token",
  noPlace: "Name the organization or an address first.",
  noToken: "Paste the token first.",
  waiting: "Waiting for your browser",
  waitingText: "Sign in there, then come back here. Granary goes on by itself.",
  tryingTitle: "You are signed in",
  tryingText: "Granary asks for your organizations and tries the sign-in out.",
  notOpened: "No browser could be opened. Open this address in one on this computer.",
  address: "Address to sign in at",
  copyAddress: "Copy the address",
  addressCopied: "The address is copied",
  useCode: "Use a code instead",
  codeTitle: "Enter this code in a browser",
  codeText: "In a browser on any device, open the address and enter the code. Granary goes on by itself.",
  code: "Code",
  codeAddress: "Address",
  copyCode: "Copy the code",
  codeCopied: "The code is copied",
  left: (s: number): string => (s <= 0 ? "The code has run out" : s < 60 ? `${s} s left` : `${Math.floor(s / 60)} min ${s % 60} s left`),
  chooseTitle: "Choose your organizations",
  chooseText: (user: string | null): string =>
    user ? `**${user}** is in these. Granary shows the feeds of those you choose.` : "Granary shows the feeds of those you choose.",
  organizations: "Organizations",
  chooseOne: "Choose at least one.",
  goOn: "Continue",
  keepingIt: "Keeping the sign-in",
  readOnlyTitle: (name: string): string => `${name} accepts this token`,
  readOnly:
    "This token may only read. Crates that **upstream** has not saved yet cannot be saved with it: that takes the scope *Packaging: Read & write*.",
  readOnlyGoOn: "Use it to read",
  otherToken: "Use another token",
  keepTitle: "Choose where your sign-in is kept",
  unlockTitle: "Say the passphrase",
  unlockText: "A passphrase keeps the sign-ins of this computer. This one is kept with them.",
  keeping: "Where the sign-in is kept",
  thisRun: "Only until Granary closes",
  thisRunText: "Nothing is written. cargo in other terminals will not have it: it can fetch only what Granary restores.",
  passphrase: "Keep it with a passphrase",
  passphraseText: "It is kept in a sealed file. Granary asks for the passphrase after each start, and cargo in its terminal.",
  passphraseField: "Passphrase",
  passphraseAgain: "The same again",
  passphrasesDiffer: "The two differ.",
  noPassphrase: "Say the passphrase first.",
  keep: "Keep the sign-in",
  done: (names: string[]): string => `Signed in to ${listed(names)}`,
  asks: "Your sign-in waits for you",
  show: "Show",
  under: "signing in",
  consent: (name: string): string =>
    `An administrator of **${name}** has to allow Granary once. Copy a message for them, or use the Azure CLI sign-in.`,
  yourCompany: "your company",
  copyMessage: "Copy a message for them",
  messageCopied: "The message is copied",
  message: (name: string, reason: string): string =>
    [
      `Hello,`,
      ``,
      `I would like to use Granary, a desktop app for our cargo feeds in Azure Artifacts, with ${name}.`,
      `Microsoft Entra answers that an administrator has to allow it once: ${reason}.`,
      `It acts on Azure DevOps in the name of whoever is signed in, with that person’s rights only.`,
      ``,
      `What to allow, and where, is described in docs/sign-in.md of Granary. Could you allow it for us?`,
    ].join("\n"),
  useAzureCli: "Use the Azure CLI sign-in",
  preferred: (name: string): string => `cargo is given the sign-in of ${name} now`,
};

export const refused = {
  title: (name: string): string => `**${name}** no longer accepts your sign-in`,
  text: {
    identity: "It has ended, was withdrawn, or your company asks for a new one from time to time.",
    token: "The token has expired, or it was withdrawn.",
    environment: (variable: string): string => `The token in \`${variable}\` has expired, or it was withdrawn. Set a new one, then start Granary again.`,
  },
  nothingLost: "Nothing is lost: your projects and your runs are kept, and the feeds stay as they are.",
  again: "Sign in again",
  facts: { account: "Account", answer: "Answer", noticed: "Noticed", cargo: "Until then, cargo", others: "Other accounts" },
  list: "What is known",
  cargo: "builds what is already downloaded, and fails with a hint to come here",
  others: (names: string[]): string => `${listed(names)} ${names.length === 1 ? "works" : "work"} as before`,
  otherAccount: "Use another account",
  token: "Use a token",
  copy: "Copy details",
  copied: "The details are copied",
  variable: "the environment",
};

export const unlock = {
  title: "Your sign-ins are locked",
  text: (name: string): string => `A passphrase keeps the sign-in of **${name}**. Granary asks for it once after each start.`,
  field: "Passphrase",
  unlock: "Unlock",
  unlocking: "Unlocking",
};

export const signOut = {
  done: (name: string): string => `Signed out of ${name}`,
  doneLocal: "This computer is no longer shown. Its feeds stay on disk.",
  removed: "cargo’s config no longer names Granary",
  title: "No account is left",
  text: "cargo’s config still names Granary as the way to sign in. Without an account it has nothing to give, so these lines can go.",
  leave: "Leave them",
  remove: "Remove these lines",
  removing: "Removing",
};

export const account = {
  local: "This computer",
  azureDevOps: "Azure DevOps",
  kinds: { local: "Feeds on this computer", services: "Azure DevOps organization", server: "Azure DevOps Server" },
  how: {
    browser: "with the browser",
    deviceCode: "with a code",
    azureCli: "by the Azure CLI",
    token: "with a token",
    environment: "with the environment’s token",
  } satisfies Record<SignInHow, string>,
  until: (iso: string): string => `until ${dayOf(iso)}`,
  newFeed: "New feed…",
  keeping: { keychain: "kept in the keychain", passphrase: "kept with a passphrase", thisRun: "until Granary closes" },
  preferred: "used for cargo",
  menu: (name: string): string => `More for ${name}`,
  signInAgain: "Sign in again",
  useForCargo: "Use for cargo",
  signOut: "Sign out",
  remove: "Remove from the list",
  gone: "This account is not here any more",
  noFeedsTitle: (name: string): string => `**${name}** has no feeds you can see yet`,
  noFeedsLocalTitle: (name: string): string => `${name} has no feeds yet`,
  expected: "Expected to see feeds? They may be in a project you are not a member of.",
  lookElsewhere: "Look in another organization",
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
  titleIn: (where: string): string => `New feed in ${where}`,
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
  organization: (name: string): string => `${name}, the organization`,
  cannotMove: "A feed cannot be moved later.",
  placeUnknown: "It is not known yet which projects there are.",
  loadingProjects: "Asking for the projects",
  recoverable: { pair: "Both can be deleted and recovered for 30 days.", one: "It can be deleted and recovered for 30 days." },
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
  ofOrganization: (name: string): string => `${name}, the organization`,
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

const dayOf = (iso: string): string => exact(iso).split(",")[0] ?? "";

/** `today at 14:00`, `3 Nov 2026 at 14:00`. */
export const moment = (iso: string, now: number): string => {
  const today = dayOf(iso) === dayOf(new Date(now).toISOString());
  return `${today ? "today" : dayOf(iso)} at ${hourMinute(iso)}`;
};

/** How an account is called: this computer has no name of its own. */
export const titleOf = (known: Account | null, id: string): string =>
  known?.kind === "local" ? account.local : (known?.title ?? id);

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
