import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/svelte";
import { clearMocks } from "@tauri-apps/api/mocks";
import { afterEach } from "vitest";

// jsdom lays nothing out; lists need a height to know what is in view.
Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: { configurable: true, value: 400 },
  offsetWidth: { configurable: true, value: 800 },
  clientHeight: { configurable: true, value: 400 },
  clientWidth: { configurable: true, value: 800 },
});
class Observer {
  observe(): void {
    return;
  }
  unobserve(): void {
    return;
  }
  disconnect(): void {
    return;
  }
}
globalThis.ResizeObserver = Observer;
globalThis.matchMedia = (media) => Object.assign(new EventTarget(), { media, matches: false, onchange: null, addListener: () => undefined, removeListener: () => undefined });
HTMLCanvasElement.prototype.getContext = () => null;
HTMLElement.prototype.scrollTo = () => undefined;
HTMLElement.prototype.scrollIntoView = () => undefined;

// Listeners are taken back a task after their component is gone; the mocks have to outlive them.
afterEach(async () => {
  cleanup();
  await new Promise((done) => setTimeout(done));
  clearMocks();
  document.title = "";
});
