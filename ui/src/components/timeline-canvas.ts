import { crossOf, isAlike, looks, runningOpacity, xOf, type Bar, type BarStyle, type Box, type Look, type Span } from "../state/timeline";

/** The tokens a timeline is drawn in, as colours. */
export type TimelineColours = Record<Look | "surface" | "text" | "quiet" | "border", string>;

const tokens: Record<keyof TimelineColours, string> = {
  index: "--time-index",
  crates: "--crates",
  ours: "--ours",
  other: "--other",
  refused: "--danger",
  surface: "--surface",
  text: "--text",
  quiet: "--text-2",
  border: "--border",
};

/** What the tokens come to here and now: a canvas and a file know no tokens. */
export function coloursOf(node: HTMLElement): TimelineColours {
  const probe = node.appendChild(document.createElement("i"));
  const colours = { ...tokens };
  for (const [name, token] of Object.entries(tokens)) {
    // Where colours are forced, what is a ground and what stands on it are forced to different ones.
    const kind = name === "surface" ? "backgroundColor" : "color";
    probe.style[kind] = `var(${token})`;
    colours[name as keyof TimelineColours] = getComputedStyle(probe)[kind];
  }
  probe.remove();
  return colours;
}

export type TimelinePicture = {
  bars: Bar[];
  ticks: number[];
  span: Span;
  rows: number;
  /** How high each of them is. */
  high: number;
  width: number;
  /** Device pixels in one of CSS. */
  ratio: number;
  colours: TimelineColours;
};

/** What lies within a bar's slot: a gap to its neighbours where there is room for one. */
export function barBox({ row, x, width }: Pick<Bar, "row" | "x" | "width">, high: number): Box {
  const gap = high > 8 ? 2 : 1;
  return { x, y: row * high, width: width > 6 ? width - gap : width > 3 ? width - 1 : width, height: high - gap };
}

/** Every way a bar can look: those that look alike are drawn at once. */
const styles: BarStyle[] = looks.flatMap((look) =>
  [false, true].flatMap((saves) => [false, true].map((isRunning) => ({ look, saves, isRunning }))),
);

/** Draws all of it anew. */
export function paint(canvas: HTMLCanvasElement, picture: TimelinePicture): void {
  const { bars, ticks, span, rows, high, width, ratio, colours } = picture;
  const height = rows * high;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(ratio, ratio);
  context.fillStyle = colours.border;
  for (const at of ticks) context.fillRect(Math.round(xOf(at, span, width)), 0, 1, height);
  for (const style of styles) {
    const alike = bars.filter((bar) => isAlike(bar, style));
    if (alike.length === 0) continue;
    context.save();
    fill(context, style, alike.map((bar) => barBox(bar, high)), colours, ratio);
    context.restore();
  }
}

function fill(context: CanvasRenderingContext2D, { look, saves, isRunning }: BarStyle, boxes: Box[], colours: TimelineColours, ratio: number): void {
  const path = new Path2D();
  const line = saves ? 0.5 : 0;
  for (const { x, y, width, height } of boxes)
    if (width > 4 && height > 4) path.roundRect(x + line, y + line, width - 2 * line, height - 2 * line, 2);
    else path.rect(x, y, width, height);
  if (isRunning) {
    // What lies behind it does not show through.
    context.fillStyle = colours.surface;
    context.fill(path);
    context.globalAlpha = runningOpacity;
  }
  context.fillStyle = saves ? hatched(context, colours[look], colours.surface, ratio) : colours[look];
  context.fill(path);
  context.strokeStyle = colours[look];
  if (saves) context.stroke(path);
  if (look !== "refused") return;
  context.strokeStyle = colours.surface;
  context.lineWidth = 1.5;
  context.stroke(new Path2D(boxes.map(crossOf).join("")));
}

function hatched(context: CanvasRenderingContext2D, line: string, ground: string, ratio: number): CanvasPattern | string {
  const size = 4;
  const tile = document.createElement("canvas");
  tile.width = tile.height = Math.round(size * ratio);
  const inner = tile.getContext("2d");
  if (!inner) return line;
  inner.scale(tile.width / size, tile.width / size);
  inner.fillStyle = ground;
  inner.fillRect(0, 0, size, size);
  inner.strokeStyle = line;
  inner.lineWidth = 1;
  for (const by of [-size, 0, size]) {
    inner.moveTo(by - 1, size + 1);
    inner.lineTo(by + size + 1, -1);
  }
  inner.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern?.setTransform(new DOMMatrix([size / tile.width, 0, 0, size / tile.width, 0, 0]));
  return pattern ?? line;
}
