import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { getCurrentWindow } from "@tauri-apps/api/window";
import { commands } from "./bindings";
import { value } from "./transport";

export type Drag =
  | { kind: "enter"; paths: string[] }
  | { kind: "drop"; paths: string[] }
  | { kind: "leave" };

/** Hears folders dragged over the window; answers how to stop hearing. */
export async function onDrag(hear: (drag: Drag) => void): Promise<() => void> {
  return getCurrentWebview().onDragDropEvent(({ payload }) => {
    if (payload.type === "enter" || payload.type === "drop")
      hear({ kind: payload.type, paths: payload.paths });
    else if (payload.type === "leave") hear({ kind: "leave" });
  });
}

/** Hears folders handed over by a second start of the app. */
export function onFolderOpened(hear: (path: string) => void): Promise<() => void> {
  return listen<string>("folder-opened", ({ payload }) => hear(payload));
}

/** Hears that the window was to be closed while runs go on, and how many those are. */
export function onQuitAsked(hear: (count: number) => void): Promise<() => void> {
  return listen<number>("quit-asked", ({ payload }) => hear(payload));
}

/** Says that the page heard this, and asks: one that does not is closed the next time. */
export async function quitHeard(): Promise<void> {
  try {
    await value(commands.appQuitHeard());
  } catch (refused) {
    console.warn("the shell does not know that the page asks:", refused);
  }
}

/** Ends the app, and every run with it. */
export const quitApp = (): Promise<null> => value(commands.appQuit());

/** Names the window; where the shell does not allow it, the page's own title still changes. */
export async function nameWindow(title: string): Promise<void> {
  document.title = title;
  try {
    await getCurrentWindow().setTitle(title);
  } catch (refused) {
    console.warn("the window keeps its title:", refused);
  }
}

/** Puts text on the clipboard, also where the webview offers only the older way. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyThroughSelection(text);
  }
}

function copyThroughSelection(text: string): void {
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!copied) throw new Error("the clipboard refused");
}
