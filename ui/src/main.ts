import { mount } from "svelte";
import App from "./App.svelte";
import "./styles/base.css";
import "./styles/facts.css";
import "./styles/floating.css";

declare global {
  interface Window {
    /** What went wrong without anyone catching it; tests fail on it. */
    __granaryErrors: string[];
  }
}

window.__granaryErrors = [];
const keep = (message: string): void => {
  window.__granaryErrors.push(message);
  console.error(message);
};
window.addEventListener("error", (event) => keep(event.message));
window.addEventListener("unhandledrejection", (event) => keep(`unhandled: ${String(event.reason)}`));

const root = document.getElementById("app");
if (!root) throw new Error("the page has no #app");

// A plain browser during development has no shell behind it: recorded answers stand in.
if (import.meta.env.DEV && !("__TAURI_INTERNALS__" in window)) {
  const { playRecorded } = await import("./api/recordings");
  playRecorded();
}
mount(App, { target: root });
