import { installRecorded, type Recording, type Stage } from "./recorded";

const files = import.meta.glob<Recording>("../../../tests/fixtures/ipc/*.json", { eager: true, import: "default" });
const recordings = Object.values(files);

/** What a test may put in place of the recordings before the window starts. */
export type Scene = { asked?: string[]; instead?: Recording[] };

declare global {
  interface Window {
    __granaryScene?: Scene;
  }
}

/** Plays every recording; a scene's own answers come after them and so win. */
export function playRecorded(): Stage {
  const scene = window.__granaryScene ?? {};
  return installRecorded([...recordings, ...(scene.instead ?? [])], scene.asked ?? []);
}
