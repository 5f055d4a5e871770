/** A rectangle of the map, in pixels. */
export type Tile = { x: number; y: number; width: number; height: number };

/**
 * Squarified layout after Bruls, Huizing and van Wijk: a tile per size, in the sizes' order, of areas in their
 * proportion, that fill the box. Sizes are above nothing.
 */
export function squarify(sizes: number[], width: number, height: number): Tile[] {
  const tiles: Tile[] = sizes.map(() => ({ x: 0, y: 0, width: 0, height: 0 }));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= 0 || width <= 0 || height <= 0) return tiles;
  const scale = (width * height) / total;
  const areas = sizes.map((size) => size * scale);
  const order = areas.map((_, at) => at).sort((a, b) => (areas[b] ?? 0) - (areas[a] ?? 0) || a - b);
  const left: Tile = { x: 0, y: 0, width, height };
  for (let from = 0; from < order.length; ) {
    const to = rowEnd(order, areas, from, Math.min(left.width, left.height));
    lay(order.slice(from, to), areas, left, tiles);
    from = to;
  }
  return tiles;
}

/** Takes tiles into a row along the side for as long as that makes none of them longer. */
function rowEnd(order: number[], areas: number[], from: number, side: number): number {
  let sum = 0;
  let worst = Infinity;
  for (let at = from; at < order.length; at++) {
    const area = areas[order[at] ?? 0] ?? 0;
    const most = areas[order[from] ?? 0] ?? 0;
    const next = sum + area;
    const longest = Math.max((side * side * most) / (next * next), (next * next) / (side * side * area));
    if (longest > worst) return at;
    [sum, worst] = [next, longest];
  }
  return order.length;
}

/** Lays a row along the shorter side of what is left, and takes it off. */
function lay(row: number[], areas: number[], left: Tile, tiles: Tile[]): void {
  const sum = row.reduce((all, at) => all + (areas[at] ?? 0), 0);
  const upright = left.width >= left.height;
  const depth = upright ? sum / left.height : sum / left.width;
  let along = upright ? left.y : left.x;
  for (const at of row) {
    const length = (areas[at] ?? 0) / depth;
    tiles[at] = upright ? { x: left.x, y: along, width: depth, height: length } : { x: along, y: left.y, width: length, height: depth };
    along += length;
  }
  if (upright) [left.x, left.width] = [left.x + depth, left.width - depth];
  else [left.y, left.height] = [left.y + depth, left.height - depth];
}

/** Sizes where some are not known: those count as the median of the others, or all alike. */
export function filledSizes(sizes: (number | null)[]): number[] {
  const known = sizes.filter((size) => size !== null).sort((a, b) => a - b);
  const median = known[Math.floor(known.length / 2)] ?? 1;
  return sizes.map((size) => Math.max(1, size ?? median));
}

const characterWidth = 5.9;
/** Whether a name fits into a tile in the axis type. */
export const labelFits = (tile: Tile, label: string): boolean => tile.height >= 20 && tile.width >= label.length * characterWidth + 12;

const ways: Record<string, [number, number]> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** The tile a key leads to from another one: the nearest that way, before all one that lies straight ahead. */
export function tileTowards(key: string, tiles: Tile[], at: number): number | null {
  if (key === "Home" || key === "End") return tiles.length > 0 ? extreme(tiles, key === "Home") : null;
  const way = ways[key];
  const here = tiles[at];
  if (!way || !here) return null;
  const [dx, dy] = way;
  let best = at;
  let least = Infinity;
  tiles.forEach((tile, index) => {
    const ahead = dx !== 0 ? gap(tile.x, tile.width, here.x, here.width, dx) : gap(tile.y, tile.height, here.y, here.height, dy);
    if (index === at || ahead < -0.01) return;
    const aside = dx !== 0 ? off(tile.y, tile.height, here.y + here.height / 2) : off(tile.x, tile.width, here.x + here.width / 2);
    const cost = ahead + 3 * aside;
    if (cost < least) [best, least] = [index, cost];
  });
  return best;
}

/** How far a stretch lies beyond another one, in a direction. */
const gap = (from: number, length: number, here: number, hereLength: number, way: number): number =>
  way > 0 ? from - (here + hereLength) : here - (from + length);
/** How far a place lies outside a stretch. */
const off = (from: number, length: number, place: number): number => Math.max(0, from - place, place - (from + length));

function extreme(tiles: Tile[], first: boolean): number {
  const area = ({ width, height }: Tile): number => width * height;
  return tiles.reduce((best, tile, at) => {
    const difference = area(tile) - area(tiles[best] ?? tile);
    return (first ? difference > 0 : difference < 0) ? at : best;
  }, 0);
}
