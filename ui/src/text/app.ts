import type { Act, Group } from "../keys/keymap";
import { plural, seconds } from "./units";

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
  recheck: "Check this project again",
  reviewFixes: "Review the fixes…",
  undoLast: "Undo the last change of this project…",
  disconnect: "Disconnect this project from feeds…",
  addDependency: "Add a dependency…",
  editRequirement: "Require another version of the chosen crate…",
  moveDependency: "Take the chosen crate from another feed…",
  removeDependency: "Take the chosen crate out of its manifest…",
  apply: "Apply or create",
  close: "Close, clear or cancel: innermost first",
  cancelRun: "Cancel the restore",
  addAccount: "Add an account…",
  signInAgain: "Sign in again",
  signOut: "Sign out of this account",
  createPair: "Create a pair of feeds…",
  createFeed: "Create one feed…",
  refresh: "Bring what is shown up to date",
  copyIndex: "Copy the index address",
  nextError: "Next error in the log",
  jumpToEnd: "Jump to the end of the log",
  zoomIn: "Zoom in on the timeline",
  zoomOut: "Zoom out of the timeline",
  zoomAll: "Show the whole timeline",
  runs: "Runs",
  allFeeds: "All feeds",
  editFeed: "Edit this feed…",
  deleteFeed: "Delete this feed…",
  nameWatch: "Names that crates.io has too…",
  keepRunning: "Keep feeds on this computer running…",
  stopKeeping: "Stop keeping feeds on this computer running",
  goTo: "Go to an entry of the sidebar",
  copyLine: "Copy the chosen crate as a dependency line",
  remove: "Move what is chosen to the recycle bin",
  promote: "Promote the chosen version…",
  yank: "Yank the chosen version",
  undo: "Undo what was done last",
  tabCrates: "Crates of this feed",
  tabUpstreams: "Upstream sources of this feed",
  tabViews: "Views of this feed",
  tabPermissions: "Permissions of this feed",
  tabRetention: "Retention of this feed",
  tabBin: "Recycle bin of this feed",
  tabConnect: "Addresses of this feed",
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
    timeline: "Timeline",
    moving: "Moving about",
  } satisfies Record<Group, string>,
  lists: "In a list",
  listKeys: [
    ["↑ ↓", "Move by one"],
    ["Home End", "First or last row"],
    ["PgUp PgDn", "Move by a page"],
    ["A … Z", "Jump to a name"],
    ["↵", "Open"],
    ["Space", "Select this one too"],
    ["Shift ↑ ↓", "Select more"],
    ["Ctrl A", "Select all"],
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
  addressCopied: "The address is copied",
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

export const drop = {
  open: (name: string): string => `Drop to open ${name}`,
  openMany: (n: number): string => `Drop to open ${n} projects`,
  none: "Not a cargo project",
  noneText: (name: string): string => `${name} has no Cargo.toml, here or above.`,
  looking: "Looking",
  project: (lock: boolean): string => (lock ? "A cargo project with a lock file" : "A cargo project, no lock file yet"),
  config: "Config of its own in `.cargo/config.toml`",
  /** A folder that is no project, with some below it. */
  holdsMany: (n: number): string => `Drop to choose from ${plural(n, "project", "projects")}`,
  more: (n: number): string => `and ${n} more`,
  isNew: "New here: it is read, not run, until you trust it",
  known: "In your list already",
};

export const chooseProject = {
  title: "Which project?",
  text: "The folder is no cargo project itself, and these lie in it.",
  list: "Projects in the folder",
  columns: { name: "Project", path: "Folder" },
  keys: "Space checks several, Enter opens one",
  open: (n: number): string => (n > 1 ? `Open ${n} projects` : "Open"),
};

export const panes = { sidebar: "Sidebar", page: "Page" };
