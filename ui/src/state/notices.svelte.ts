export type Toast = { key: number; text: string; action: { label: string; run: () => void } | null };

const longEnough = 6000;
const withAction = 12_000;

/** What is told in passing: one toast at a time, and sentences for those who listen instead of look. */
export class Notices {
  toast = $state.raw<Toast | null>(null);
  polite = $state("");
  assertive = $state("");
  #timer: ReturnType<typeof setTimeout> | undefined;
  #key = 0;

  show(text: string, action: Toast["action"] = null): void {
    this.toast = { key: ++this.#key, text, action };
    this.resume();
  }

  /** Does what the toast offers, most often to take back what it tells. */
  act(): void {
    const action = this.toast?.action;
    this.dismiss();
    action?.run();
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.toast = null;
  }

  /** A toast stays while one points at it or has focus in it. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  resume(): void {
    clearTimeout(this.#timer);
    const toast = this.toast;
    if (!toast) return;
    this.#timer = setTimeout(() => this.dismiss(), toast.action ? withAction : longEnough);
  }

  say(text: string): void {
    this.polite = plain(text);
  }

  /** For errors that stop work. */
  alert(text: string): void {
    this.assertive = plain(text);
  }
}

const plain = (text: string): string => text.replace(/[*`]/g, "");
