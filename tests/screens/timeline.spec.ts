import type { Locator } from "@playwright/test";
import { done, failed, fetched, fetchesOf, progress, runAnswers, started, summary, underWay, until } from "./run-events";
import { restore, running } from "./scenes";
import { expect, test } from "./stage";

const slowest = fetchesOf().find(({ name, version }) => name === "aws-lc-sys" && version !== null);

/** Where a moment and a lane are, in the window. */
async function pointOf(timeline: Locator, at: number, lane: number, end: number): Promise<{ x: number; y: number }> {
  const box = await timeline.boundingBox();
  if (!box) throw new Error("the timeline is not drawn");
  return { x: box.x + (box.width * at) / end, y: box.y + (box.height * (lane + 0.5)) / 16 };
}

test("a timeline tells of its bars by pointer and by arrows", async ({ granary, page }) => {
  await granary.open(runAnswers(...done));
  await restore(granary);
  const timeline = page.getByTestId("timeline");
  const tip = page.getByTestId("timeline-tip");
  await expect(page.getByTestId("run-timeline")).toContainText("slowest: aws-lc-sys, 1.9 s");
  await expect(page.getByRole("img", { name: /130 index files and 130 crates in .* 16 at a time.*2 saved by this run.*Slowest: aws-lc-sys/ })).toBeVisible();
  if (!slowest) throw new Error("aws-lc-sys is not fetched");
  const { x, y } = await pointOf(timeline, slowest.began + 0.9, slowest.lane, 5);
  await page.mouse.move(x, y);
  await expect(tip).toHaveText(/aws-lc-sys 0\.32\.3\s*2\.2 MB in 1\.9 s, crates\.io/);
  await page.mouse.move(0, 0);
  await expect(tip).toHaveCount(0);

  await page.getByTestId("timeline-save").focus();
  await page.keyboard.press("Tab");
  await expect(timeline).toBeFocused();
  const option = timeline.getByRole("option");
  await expect(option).toHaveAccessibleName(/^Index of /);
  await expect(timeline).toHaveAttribute("aria-activedescendant", (await option.getAttribute("id")) ?? "none");
  const first = await tip.textContent();
  await page.keyboard.press("ArrowRight");
  await expect(tip).not.toHaveText(first ?? "");
  await page.keyboard.press("End");
  await expect(option).not.toHaveAccessibleName(/^Index of /);
  await granary.picture("timeline-tip");
  await granary.passesAxe();
});

test("what is under way is told of too, grows, and ends in its place", async ({ granary, page }) => {
  const [longest] = underWay(96).sort((a, b) => b.seconds - a.seconds);
  const came = fetchesOf().filter(({ lane, began }) => lane === longest?.lane && began === longest.began);
  if (!longest) throw new Error("nothing is under way");
  await granary.open(running);
  await restore(granary);
  const timeline = page.getByTestId("timeline");
  const tip = page.getByTestId("timeline-tip");
  const option = timeline.getByRole("option");
  await expect(page.getByRole("img", { name: /130 index files and 96 crates in .* 16 at a time\..* 1 refused\. Slowest: aws-lc-sys/ })).toBeVisible();
  await expect(page.getByRole("list", { name: "What the colours stand for" })).toHaveText(/index.*crates\.io.*ours.*refused.*saved by this run/s);

  const { x, y } = await pointOf(timeline, longest.began + 0.3, longest.lane, 3.5);
  await page.mouse.move(x, y);
  await expect(tip).toHaveText(/^ring 1\.44\.6\s*635 ms so far, crates\.io$/);
  await page.mouse.click(x, y);
  await expect(option).toHaveAttribute("aria-selected", "true");
  await page.clock.setFixedTime("2026-11-22T14:05:03.400Z");
  await expect(option).toHaveAccessibleName("ring 1.44.6, 932 ms so far, crates.io");
  await granary.send(fetched(came));
  await expect(option).toHaveAccessibleName("ring 1.44.6, 1.5 MB in 1.2 s, crates.io");
  await expect(option).toHaveAttribute("aria-selected", "true");
  await expect(tip).toHaveText(/^ring 1\.44\.6\s*1\.5 MB in 1\.2 s, crates\.io$/);

  await timeline.focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowRight");
  await expect(option).toHaveAccessibleName(/^tokio-rustls 0\.36\.13, .* so far, crates\.io$/);
  await expect(tip).toHaveText(/so far/);
  await granary.picture("timeline-under-way");
  await granary.passesAxe();
  await page.keyboard.press("Home");
  await expect(option).toHaveAccessibleName("config.json, refused after 160 ms, crates.fabrikam.test");
  await page.keyboard.press("End");
  await expect(option).toHaveAccessibleName(/so far/);
  await page.emulateMedia({ forcedColors: "active" });
  await granary.picture("timeline-forced");

  // What never ended goes with the run.
  await granary.send(summary("cancelled"));
  await expect(option).toHaveAccessibleName("ring 1.44.6, 1.5 MB in 1.2 s, crates.io");
});

test("what was refused is first in the table and says so in place of a size, and is crossed in the image", async ({ granary, page }) => {
  await granary.open(runAnswers(...failed));
  await restore(granary);
  const table = page.getByTestId("timeline-table");
  await table.getByText("Refused ones and the slowest, 50 of 143 as a table").click();
  await expect(table.getByRole("row").nth(1).getByRole("cell")).toHaveText(["config.json", "index", "crates.fabrikam.test", "refused", "160 ms", "0.03 s", ""]);
  await granary.picture("timeline-refused");
  await page.getByTestId("timeline-save").click();
  await expect.poll(async () => (await granary.asked("run_save_timeline")).length).toBe(1);
  const [asked] = (await granary.asked("run_save_timeline")) as { svg: string }[];
  expect(asked?.svg.match(/<path /g)).toHaveLength(2);
});

test("a timeline is zoomed by keys, buttons and the wheel, and panned by dragging", async ({ granary, page }) => {
  await granary.open(runAnswers(...done));
  await restore(granary);
  const timeline = page.getByTestId("timeline");
  const axis = page.getByTestId("timeline-axis");
  const whole = await axis.textContent();
  await expect(page.getByTestId("timeline-out")).toHaveAttribute("aria-disabled", "true");
  await timeline.focus();
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  await expect(axis).not.toHaveText(whole ?? "");
  await page.keyboard.press("-");
  await page.keyboard.press("0");
  await expect(axis).toHaveText(whole ?? "");
  await page.getByTestId("timeline-in").click();
  await expect(axis).not.toContainText("0.0 s");
  await page.getByTestId("timeline-all").click();
  await expect(axis).toHaveText(whole ?? "");

  const { x, y } = await pointOf(timeline, 2.5, 8, 5);
  await page.mouse.move(x, y);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -300);
  await page.keyboard.up("Control");
  await expect(axis).not.toHaveText(whole ?? "");
  const near = await axis.textContent();
  await page.mouse.down();
  await page.mouse.move(x - 200, y, { steps: 4 });
  await expect(axis).not.toHaveText(near ?? "");
  await page.mouse.move(x, y, { steps: 4 });
  await expect(axis).toHaveText(near ?? "");
  await page.mouse.up();
  await expect(page.getByTestId("run-timeline").locator(".mark")).toHaveCount(0);
  await granary.picture("timeline-zoomed");
  // A drag chooses nothing: what is chosen afterwards is all that was asked for.
  await timeline.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(page.locator(".line.current")).toBeVisible();
  expect(await granary.asked("run_row_of")).toHaveLength(1);
});

test("a bar and its line in the log point to each other, and the table has the same", async ({ granary, page }) => {
  await granary.open(runAnswers(...done));
  await restore(granary);
  const timeline = page.getByTestId("timeline");
  const current = page.locator(".line.current");
  await timeline.focus();
  await page.keyboard.press("End");
  const [crate = ""] = ((await timeline.getByRole("option").getAttribute("aria-label")) ?? "").split(", ");
  await page.keyboard.press("Enter");
  await expect(current).toContainText(crate.replace(/ \d.* in .*/, ""));
  await expect(current).toBeInViewport();

  await page.getByTestId("log").evaluate((node) => (node.scrollTop = 0));
  await page.getByTestId("log").getByText("aho-corasick 2.26.6").click();
  await expect(timeline.getByRole("option")).toHaveAccessibleName(new RegExp(crate.slice(0, 8)));
  await expect(page.getByTestId("run-timeline").locator(".mark")).toHaveCount(1);

  const table = page.getByTestId("timeline-table");
  await table.getByText("The slowest 50 of 260 as a table").click();
  const rows = table.getByRole("row");
  await expect(rows).toHaveCount(51);
  await expect(rows.nth(1)).toContainText("aws-lc-sys");
  await rows.nth(1).getByRole("button").click();
  await expect(current).toContainText("aws-lc-sys 0.32.3");
  await rows.filter({ hasText: "http-body-util" }).getByRole("button").click();
  await expect(current).toHaveText(/save\s*http-body-util 0\.1\.3, first use in upstream\s*17\.0 kB\s*340 ms/);
  await page.getByTestId("log").evaluate((node) => (node.scrollTop = 0));
  await page.getByTestId("log").getByText("trying again in 0.1 s, try 2").click();
  await expect(table.locator("tr.chosen")).toHaveText(/ring\s*0\.17\.14/);
  await granary.picture("timeline-lines");
});

test("a timeline is saved as an image that stands by itself", async ({ granary, page }) => {
  await granary.open(runAnswers(...done));
  await restore(granary);
  await page.getByTestId("timeline-save").click();
  await expect(page.getByTestId("toast")).toContainText("The timeline is saved to /home/mira/restore-timeline.svg");
  const [asked] = (await granary.asked("run_save_timeline")) as { id: string; svg: string }[];
  expect(asked?.id).toBe("run-1");
  expect(asked?.svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(asked?.svg).not.toContain("var(");
  const counted = await page.evaluate((svg) => new DOMParser().parseFromString(svg, "image/svg+xml").querySelectorAll("rect > title").length, asked?.svg ?? "");
  expect(counted).toBe(260);
});

test("5,000 fetches in batches are drawn no more than once a frame", async ({ granary, page }) => {
  await granary.open(runAnswers(started, fetched(until(96)), progress));
  await restore(granary);
  await page.getByTestId("timeline").waitFor();
  const [frames, draws] = await page.evaluate(async () => {
    const counted = { frames: 0, draws: 0 };
    const { scale } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.scale = function (...args) {
      if (this.canvas.isConnected) counted.draws++;
      scale.apply(this, args);
    };
    for (let batch = 0; batch < 10; batch++) {
      const fetches = Array.from({ length: 500 }, (_, at) => ({ name: `crate-${batch}-${at}`, version: "1.0.0", from: "crates.io", lane: at % 16, began: 4 + batch * 0.5 + Math.floor(at / 16) * 0.015, seconds: 0.014, bytes: 9000, retries: 0, refused: false, saves: false }));
      window.__granaryStage?.send({ type: "fetched", fetches });
      if (batch % 3 === 2) await new Promise((next) => requestAnimationFrame(() => next(counted.frames++)));
      await Promise.resolve();
    }
    await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    return [counted.frames + 2, counted.draws];
  });
  expect(draws).toBeGreaterThan(0);
  expect(draws).toBeLessThanOrEqual(frames ?? 0);
  await expect(page.getByRole("img", { name: /and 5,096 crates/ })).toBeVisible();
  await granary.picture("timeline-many");
});
