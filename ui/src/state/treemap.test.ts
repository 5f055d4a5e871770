import { expect, test } from "vitest";
import { filledSizes, labelFits, squarify, tileTowards, type Tile } from "./treemap";

const area = ({ width, height }: Tile): number => width * height;
/** Sizes as those of crates: few are large, most are small. */
const crates = (count: number): number[] => Array.from({ length: count }, (_, at) => 1 + Math.round(3_000_000 / (1 + ((at * 7919) % count)) ** 1.3));

function overlaps(a: Tile, b: Tile): boolean {
  const within = 1e-6;
  return a.x + a.width > b.x + within && b.x + b.width > a.x + within && a.y + a.height > b.y + within && b.y + b.height > a.y + within;
}

test("areas are in the proportion of sizes, inside the box, and lie over nothing", () => {
  const sizes = crates(214);
  const tiles = squarify(sizes, 364, 168);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  tiles.forEach((tile, at) => {
    expect(area(tile)).toBeCloseTo(((sizes[at] ?? 0) / total) * 364 * 168, 4);
    expect(tile.x).toBeGreaterThanOrEqual(-1e-6);
    expect(tile.y).toBeGreaterThanOrEqual(-1e-6);
    expect(tile.x + tile.width).toBeLessThanOrEqual(364 + 1e-6);
    expect(tile.y + tile.height).toBeLessThanOrEqual(168 + 1e-6);
  });
  const over = tiles.flatMap((one, at) => tiles.slice(at + 1).filter((two) => overlaps(one, two)));
  expect(over).toEqual([]);
});

test("tiles are as square as they can be", () => {
  const longest = Math.max(...squarify([6, 6, 4, 3, 2, 2, 1], 600, 400).map(({ width, height }) => Math.max(width / height, height / width)));
  expect(longest).toBeLessThan(3);
});

test("a thousand crates are laid out in no time", () => {
  const sizes = crates(1000);
  const began = performance.now();
  for (let turn = 0; turn < 10; turn++) squarify(sizes, 400, 168);
  expect((performance.now() - began) / 10).toBeLessThan(30);
});

test("nothing is laid out where there is nothing, or no room", () => {
  expect(squarify([], 100, 100)).toEqual([]);
  expect(squarify([1], 0, 100)).toEqual([{ x: 0, y: 0, width: 0, height: 0 }]);
});

test("sizes that are not known count as the one in the middle", () => {
  expect(filledSizes([9, null, 1, 5])).toEqual([9, 5, 1, 5]);
  expect(filledSizes([null, null])).toEqual([1, 1]);
  expect(filledSizes([0, 4])).toEqual([1, 4]);
});

test("a label stands where it fits", () => {
  expect(labelFits({ x: 0, y: 0, width: 60, height: 20 }, "libc")).toBe(true);
  expect(labelFits({ x: 0, y: 0, width: 60, height: 20 }, "windows-sys")).toBe(false);
  expect(labelFits({ x: 0, y: 0, width: 600, height: 12 }, "libc")).toBe(false);
});

test("arrows go to the tile that lies that way, and stay at the edge", () => {
  const tiles: Tile[] = [
    { x: 0, y: 0, width: 60, height: 100 },
    { x: 60, y: 0, width: 40, height: 50 },
    { x: 60, y: 50, width: 40, height: 50 },
  ];
  const from = (key: string, at: number) => tileTowards(key, tiles, at);
  expect([from("ArrowRight", 0), from("ArrowDown", 1), from("ArrowUp", 2), from("ArrowLeft", 2)]).toEqual([1, 2, 1, 0]);
  expect([from("ArrowLeft", 0), from("ArrowRight", 1)]).toEqual([0, 1]);
  expect([from("Home", 2), from("End", 0), from("x", 0)]).toEqual([0, 1, null]);
});
