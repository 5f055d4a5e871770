import { expect, test } from "vitest";
import type { Fetch } from "../api/run";
import { sampleFetch } from "../test-samples";
import { lookOf, type BarStyle } from "./timeline";
import { timelineSvg, type SvgTimeline } from "./timeline-svg";

const styleOf = (fetch: Fetch): BarStyle => ({ look: lookOf(fetch, null), saves: fetch.saves, isRunning: false });
const drawn = (more: Partial<SvgTimeline> = {}): SvgTimeline => ({
  title: "Restore of a & b",
  note: "slowest: serde",
  rows: [
    [sampleFetch("serde", 0, 0, 0.4, { version: null }), sampleFetch("serde", 0, 0.5, 1.5)],
    [sampleFetch("tokio", 1, 0.5, 1, { saves: true })],
  ],
  style: styleOf,
  end: 2,
  legend: [
    ["index", "index"],
    ["crates", "crates.io"],
  ],
  saved: "saved by this run",
  colours: { index: "rgb(1, 1, 1)", crates: "rgb(2, 2, 2)", ours: "rgb(3, 3, 3)", other: "rgb(4, 4, 4)", refused: "rgb(5, 5, 5)", surface: "#fff", text: "#000", quiet: "#555", border: "#ddd" },
  tick: (at) => `${at} s`,
  words: (fetch) => fetch.name,
  ...more,
});
const parsed = (more?: Partial<SvgTimeline>): Document => new DOMParser().parseFromString(timelineSvg(drawn(more)), "image/svg+xml");

test("an image that stands by itself: title, legend, axis, a bar with its words for each fetch", () => {
  const svg = parsed();
  expect(svg.querySelector("parsererror")).toBeNull();
  expect(svg.documentElement.namespaceURI).toBe("http://www.w3.org/2000/svg");
  expect(svg.querySelector("svg > title")?.textContent).toBe("Restore of a & b");
  expect([...svg.querySelectorAll("rect > title")].map((each) => each.textContent)).toEqual(["serde", "serde", "tokio"]);
  const texts = [...svg.querySelectorAll("text")].map((each) => each.textContent);
  expect(texts).toEqual(expect.arrayContaining(["Restore of a & b", "slowest: serde", "index", "crates.io", "saved by this run", "0 s", "1 s", "2 s"]));
  const fills = [...svg.querySelectorAll("rect > title")].map((each) => each.parentElement?.getAttribute("fill"));
  expect(fills).toEqual(["rgb(1, 1, 1)", "rgb(2, 2, 2)", "url(#saved-crates)"]);
});

test("what was refused is crossed, in the legend too, and what is under way is fainter", () => {
  const [one, two] = [sampleFetch("serde", 0, 0, 0.4), sampleFetch("tokio", 0, 0.5, 1.5, { refused: true })];
  const svg = parsed({ rows: [[one, two]], legend: [["refused", "refused"]], saved: null, style: (fetch) => ({ ...styleOf(fetch), isRunning: fetch === one }) });
  const [first, second] = [...svg.querySelectorAll("rect > title")].map((each) => each.parentElement);
  expect([first?.getAttribute("opacity"), second?.getAttribute("opacity")]).toEqual(["0.6", null]);
  expect(second?.getAttribute("fill")).toBe("rgb(5, 5, 5)");
  expect([...svg.querySelectorAll("rect + path")].map((each) => [each.getAttribute("stroke"), each.getAttribute("d")?.length])).toEqual([["#fff", expect.any(Number)], ["#fff", expect.any(Number)]]);
  expect(second?.nextElementSibling?.tagName).toBe("path");
});

test("no token is left in it, and it asks for nothing from outside", () => {
  const svg = timelineSvg(drawn());
  expect(svg).not.toMatch(/var\(|href|https?:(?!\/\/www\.w3\.org)|<script/);
});

test("names from outside stay text", () => {
  const svg = parsed({ words: () => `<script>alert("x")</script>\u0007 & more`, title: "]]>\u0000" });
  expect(svg.querySelector("parsererror")).toBeNull();
  expect(svg.querySelector("script")).toBeNull();
  expect(svg.querySelector("rect > title")?.textContent).toBe(`<script>alert("x")</script> & more`);
});

test("bars lie within the image", () => {
  for (const each of parsed().querySelectorAll("rect[rx]")) {
    const [x, width] = ["x", "width"].map((name) => Number(each.getAttribute(name)));
    expect(x).toBeGreaterThanOrEqual(24);
    expect((x ?? 0) + (width ?? 0)).toBeLessThanOrEqual(1176);
  }
});
