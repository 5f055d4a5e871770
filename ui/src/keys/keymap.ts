/** Every act the window knows, with its keys: handlers, hints, the palette and the help sheet read this. */
export type Act =
  | "palette"
  | "search"
  | "find"
  | "help"
  | "openFolder"
  | "restore"
  | "build"
  | "buildRelease"
  | "check"
  | "verify"
  | "seed"
  | "connect"
  | "recheck"
  | "reviewFixes"
  | "undoLast"
  | "disconnect"
  | "openTerminal"
  | "addDependency"
  | "editRequirement"
  | "moveDependency"
  | "removeDependency"
  | "apply"
  | "close"
  | "cancelRun"
  | "addAccount"
  | "signInAgain"
  | "signOut"
  | "createPair"
  | "createFeed"
  | "refresh"
  | "copyIndex"
  | "nextError"
  | "jumpToEnd"
  | "zoomIn"
  | "zoomOut"
  | "zoomAll"
  | "runs"
  | "allFeeds"
  | "editFeed"
  | "deleteFeed"
  | "nameWatch"
  | "keepRunning"
  | "stopKeeping"
  | "goTo"
  | "copyLine"
  | "remove"
  | "promote"
  | "yank"
  | "undo"
  | "tabCrates"
  | "tabUpstreams"
  | "tabViews"
  | "tabPermissions"
  | "tabRetention"
  | "tabBin"
  | "tabConnect"
  | "back"
  | "forward"
  | "nextPane"
  | "previousPane"
  | "nextTab"
  | "previousTab";

export type Group = "everywhere" | "project" | "feed" | "log" | "timeline" | "moving";

type Entry = {
  keys: string[];
  group: Group;
  /** Drawn in place of the first key, where several do it. */
  drawn?: string;
  /** A list hears these keys; anywhere else they mean what they always do. */
  inList?: true;
};

/** `Mod` is Ctrl, or ⌘ on macOS. A single character counts only outside a field. `G C` is one key after the other. */
export const keymap: Record<Act, Entry> = {
  palette: { keys: ["Mod+K"], group: "everywhere" },
  search: { keys: ["/"], group: "everywhere" },
  help: { keys: ["?"], group: "everywhere" },
  openFolder: { keys: ["Mod+O"], group: "everywhere" },
  close: { keys: ["Escape"], group: "everywhere" },
  apply: { keys: ["Mod+Enter"], group: "everywhere" },
  runs: { keys: [], group: "everywhere" },
  connect: { keys: [], group: "project" },
  restore: { keys: ["Mod+R"], group: "project" },
  build: { keys: ["Mod+B"], group: "project" },
  buildRelease: { keys: [], group: "project" },
  check: { keys: [], group: "project" },
  verify: { keys: [], group: "project" },
  seed: { keys: [], group: "project" },
  recheck: { keys: [], group: "project" },
  reviewFixes: { keys: [], group: "project" },
  undoLast: { keys: [], group: "project" },
  disconnect: { keys: [], group: "project" },
  openTerminal: { keys: [], group: "project" },
  addDependency: { keys: [], group: "project" },
  editRequirement: { keys: ["F2"], group: "project" },
  moveDependency: { keys: ["Alt+ArrowDown"], group: "project" },
  removeDependency: { keys: [], group: "project" },
  cancelRun: { keys: [], group: "project" },
  addAccount: { keys: [], group: "everywhere" },
  signInAgain: { keys: [], group: "feed" },
  signOut: { keys: [], group: "feed" },
  createPair: { keys: [], group: "feed" },
  createFeed: { keys: [], group: "feed" },
  refresh: { keys: ["F5"], group: "feed" },
  copyIndex: { keys: [], group: "feed" },
  copyLine: { keys: ["Mod+C"], group: "feed", inList: true },
  remove: { keys: ["Delete"], group: "feed", inList: true },
  promote: { keys: [], group: "feed" },
  yank: { keys: [], group: "feed" },
  undo: { keys: ["Mod+Z"], group: "everywhere" },
  tabCrates: { keys: ["G C"], group: "feed" },
  tabUpstreams: { keys: ["G U"], group: "feed" },
  tabViews: { keys: ["G V"], group: "feed" },
  tabPermissions: { keys: ["G P"], group: "feed" },
  tabRetention: { keys: ["G T"], group: "feed" },
  tabBin: { keys: ["G B"], group: "feed" },
  tabConnect: { keys: ["G N"], group: "feed" },
  allFeeds: { keys: [], group: "feed" },
  editFeed: { keys: [], group: "feed" },
  deleteFeed: { keys: [], group: "feed" },
  nameWatch: { keys: [], group: "feed" },
  keepRunning: { keys: [], group: "feed" },
  stopKeeping: { keys: [], group: "feed" },
  find: { keys: ["Mod+F"], group: "log" },
  nextError: { keys: ["F8"], group: "log" },
  jumpToEnd: { keys: [], group: "log" },
  zoomIn: { keys: ["+", "="], group: "timeline", inList: true },
  zoomOut: { keys: ["-"], group: "timeline", inList: true },
  zoomAll: { keys: ["0"], group: "timeline", inList: true },
  goTo: { keys: [..."123456789"].map((digit) => `Mod+${digit}`), group: "moving", drawn: "Mod+1 … 9" },
  back: { keys: ["Alt+ArrowLeft"], group: "moving" },
  forward: { keys: ["Alt+ArrowRight"], group: "moving" },
  nextPane: { keys: ["F6"], group: "moving" },
  previousPane: { keys: ["Shift+F6"], group: "moving" },
  nextTab: { keys: ["Mod+PageDown"], group: "moving" },
  previousTab: { keys: ["Mod+PageUp"], group: "moving" },
};

export const acts = Object.keys(keymap) as Act[];

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
const shown: Record<string, string> = {
  Mod: mac ? "⌘" : "Ctrl",
  Enter: "↵",
  Escape: "Esc",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowDown: "↓",
  Delete: "Del",
  PageDown: "PgDn",
  PageUp: "PgUp",
};

/** The key as drawn beside a button: `Ctrl K`. */
export function hint(act: Act): string {
  const first = keymap[act].drawn ?? keymap[act].keys[0];
  if (first === undefined) return "";
  return first
    .split(/\+(?=.)/)
    .map((part) => shown[part] ?? part)
    .join(" ");
}

/** The key as assistive technology wants it: `Control+K`. */
export function ariaKeys(act: Act): string | undefined {
  const first = keymap[act].keys[0];
  return first?.includes(" ") ? undefined : first?.replace("Mod", mac ? "Meta" : "Control");
}

function spelled(event: KeyboardEvent): string {
  const mod = mac ? event.metaKey : event.ctrlKey;
  // Some layouts write their digits with Shift; the key itself still has the number.
  const digit = mod && !event.shiftKey ? /^Digit(\d)$/.exec(event.code)?.[1] : undefined;
  const named = digit ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  // Shift is part of a printed character already: `?` needs none.
  const shift = event.shiftKey && (event.key.length > 1 || mod);
  return [mod && "Mod", event.altKey && "Alt", shift && "Shift", named].filter(Boolean).join("+");
}

const byKey = new Map(acts.flatMap((act) => keymap[act].keys.map((key) => [key, act] as const)));

/** The act an event asks for, if any. */
export function actOf(event: KeyboardEvent): Act | undefined {
  return byKey.get(spelled(event));
}

/** What a key asks for that follows another: `G` then `C`. */
export function actAfter(first: string, event: KeyboardEvent): Act | undefined {
  return byKey.get(`${first} ${spelled(event)}`);
}

/** Whether a key may be the first of two. */
export const leads = (event: KeyboardEvent): string | null => (spelled(event) === "G" ? "G" : null);

/** Whether the event would write a character into a field. */
export function writes(event: KeyboardEvent): boolean {
  const target = event.target;
  if (event.key.length > 1 || event.ctrlKey || event.metaKey) return false;
  return target instanceof HTMLElement && target.matches("input, textarea, [contenteditable]");
}
