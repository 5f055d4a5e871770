/** A stretch of text that looks the same, after the escapes a terminal understands. */
export type Piece = { text: string; colour: Colour | null; bold: boolean };
export type Colour = "red" | "green" | "yellow" | "blue" | "magenta" | "cyan" | "grey";

const esc = String.fromCharCode(27);
const bell = String.fromCharCode(7);
/** Colours and the like; what moves the cursor; links and titles; and the short ones. */
const escapes = new RegExp(`${esc}(?:\\[([0-?]*)[ -/]*([@-~])|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)?|[ -/]*[0-~])`, "g");

/** By their number; black and white are what text is drawn in anyway. */
const colours: (Colour | null)[] = [null, "red", "green", "yellow", "blue", "magenta", "cyan", null];
const ofNumber = (n: number): Colour | null => (n === 8 || n >= 232 ? "grey" : n < 16 ? (colours[n % 8] ?? null) : null);

type Look = Omit<Piece, "text">;
const plainLook: Look = { colour: null, bold: false };

/** What a sequence of codes makes of a look; grounds, and what else it may ask for, are left out. */
function after(look: Look, codes: number[]): Look {
  let now = look;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 0) now = plainLook;
    else if (code === 1) now = { ...now, bold: true };
    else if (code === 2) now = { ...now, colour: "grey" };
    else if (code === 22) now = { ...now, bold: false };
    else if (code === 39) now = { ...now, colour: null };
    else if (code >= 30 && code < 38) now = { ...now, colour: ofNumber(code - 30) };
    else if (code >= 90 && code < 98) now = { ...now, colour: ofNumber(code - 82) };
    else if (code === 38 || code === 48) {
      const isNumbered = codes[at + 1] === 5;
      if (code === 38) now = { ...now, colour: isNumbered ? ofNumber(codes[at + 2] ?? 0) : null };
      at += isNumbered ? 2 : 4;
    }
  }
  return now;
}

/** Text as it is to be drawn. */
export function pieces(text: string): Piece[] {
  if (!text.includes(esc)) return [{ text, ...plainLook }];
  const found: Piece[] = [];
  let look = plainLook;
  let from = 0;
  const add = (to: number): void => void (to > from && found.push({ text: text.slice(from, to), ...look }));
  for (const match of text.matchAll(escapes)) {
    add(match.index);
    from = match.index + match[0].length;
    if (match[2] === "m") look = after(look, (match[1] ?? "").split(/[;:]/).map(Number));
  }
  add(text.length);
  return found;
}

export const withoutEscapes = (text: string): string => (text.includes(esc) ? text.replace(escapes, "") : text);

/** Cuts pieces where a text is found in them, wherever its letters are coloured. */
export function marked(given: Piece[], query: string): (Piece & { hit: boolean })[] {
  const whole = given.map(({ text }) => text).join("").toLowerCase();
  const ends: number[] = [];
  const wanted = query.toLowerCase();
  for (let at = wanted ? whole.indexOf(wanted) : -1; at >= 0; at = whole.indexOf(wanted, at + wanted.length)) ends.push(at, at + wanted.length);
  let start = 0;
  return given.flatMap((piece) => {
    const stop = start + piece.text.length;
    const cuts = [start, ...ends.filter((end) => end > start && end < stop), stop];
    const cut = cuts.slice(1).map((end, at) => {
      const from = cuts[at] ?? end;
      // Behind an odd number of ends one is within a hit.
      return { ...piece, text: piece.text.slice(from - start, end - start), hit: ends.filter((each) => each <= from).length % 2 === 1 };
    });
    start = stop;
    return cut.filter(({ text }) => text);
  });
}
