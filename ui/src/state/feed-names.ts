import { nameRules as words } from "../text/en";

/** Azure refuses these anywhere in a feed's name; cargo allows still fewer, so the narrower rule is checked. */
const allowed = /[A-Za-z0-9_-]/;

/** A name both would take, as near as possible to what was typed. */
function better(name: string): string {
  return name
    .trim()
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[^A-Za-z]+/, "")
    .replace(/-+$/, "")
    .slice(0, 64);
}

/** What is wrong with a feed's name, with the cure; null when nothing is. */
export function nameProblem(name: string, taken: string[], other?: string): string | null {
  if (name.trim() === "") return words.empty;
  if (name.length > 64) return words.tooLong;
  if (/\s/.test(name)) return words.blank(better(name));
  const odd = [...name].find((sign) => !allowed.test(sign));
  if (odd !== undefined) return words.sign(odd, better(name));
  // cargo would take a leading underscore, Azure does not.
  if (!/^[A-Za-z]/.test(name)) return words.firstSign(better(name));
  const lower = name.toLowerCase();
  if (taken.some((each) => each.toLowerCase() === lower)) return words.taken(name);
  if (other !== undefined && other.toLowerCase() === lower) return words.twice;
  return null;
}

export const descriptionProblem = (text: string): string | null => (text.length > 255 ? words.tooLongText : null);
