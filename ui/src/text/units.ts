/** Numbers as people read them: thousands with commas, sizes and times with a unit. */
const whole = new Intl.NumberFormat("en-US");

export const count = (n: number): string => whole.format(n);

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 1_000_000) return `${digits(n / 1000)} kB`;
  if (n < 1_000_000_000) return `${digits(n / 1_000_000)} MB`;
  return `${digits(n / 1_000_000_000)} GB`;
}
const digits = (n: number): string => (n < 100 ? n.toFixed(1) : Math.round(n).toString());

export function seconds(n: number, digits = 1): string {
  if (n < 0.95) return `${Math.round(n * 1000)} ms`;
  if (n < 59.95) return `${n.toFixed(digits)} s`;
  const total = Math.round(n);
  return `${Math.floor(total / 60)} min ${total % 60} s`;
}

const two = (n: number): string => n.toString().padStart(2, "0");
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

const instant = (iso: string): Date | null => {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? null : at;
};

/** `14:02:11.8`, or `14:02:11` without tenths. */
export function clock(iso: string, tenths = false): string {
  const at = instant(iso);
  if (!at) return "";
  const text = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return tenths ? `${text}.${Math.floor(at.getMilliseconds() / 100)}` : text;
}

export function hourMinute(iso: string): string {
  return clock(iso).slice(0, 5);
}

/** Relative up to 14 days, then the day. */
export function ago(iso: string, now: number): string {
  const at = instant(iso);
  if (!at) return "";
  const minutes = Math.floor((now - at.getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.floor(hours / 24);
  if (days === 1) return "yesterday";
  if (days <= 14) return `${days} d ago`;
  const day = `${at.getDate()} ${months[at.getMonth()]}`;
  return at.getFullYear() === new Date(now).getFullYear() ? day : `${day} ${at.getFullYear()}`;
}

export function exact(iso: string): string {
  const at = instant(iso);
  if (!at) return "";
  return `${at.getDate()} ${months[at.getMonth()]} ${at.getFullYear()}, ${clock(iso)}`;
}

/** The engine's words as a sentence of the window's; cargo keeps its small letter. */
export const sentence = (text: string): string =>
  /^cargo\b/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);

export const plural = (n: number, one: string, many: string): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** `3 Nov 2026`. */
export const dayOf = (iso: string): string => exact(iso).split(",")[0] ?? "";

/** `today at 14:00`, `3 Nov 2026 at 14:00`. */
export const moment = (iso: string, now: number): string => {
  const today = dayOf(iso) === dayOf(new Date(now).toISOString());
  return `${today ? "today" : dayOf(iso)} at ${hourMinute(iso)}`;
};

/** `a, b and c`. */
export function listed(names: string[]): string {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** The last part of a path. */
export const lastPart = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;

/** A feed by its name, a registry by its host. */
export const placeName = (place: string): string => /:\/\/(?:[^/@]*@)?([^/]+)/.exec(place)?.[1] ?? lastPart(place);
