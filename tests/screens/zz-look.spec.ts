import { writeFileSync } from "node:fs";
import { done, runAnswers, fetched, fetchesOf, started, progress } from "./run-events";
import { restore, running } from "./scenes";
import { test } from "./stage";
test("zzlook", async ({ granary, page }) => {
  await granary.open(runAnswers(...done));
  await restore(granary);
  await page.getByTestId("timeline").waitFor();
  for (const [width, height] of [[900, 600], [640, 416], [1280, 832]] as const) {
    await page.setViewportSize({ width, height });
    await page.getByTestId("run-timeline").evaluate((n) => n.scrollIntoView({ block: "start" }));
    await page.getByTestId("timeline").focus();
    await page.keyboard.press("End");
    await granary.picture(`zz-${width}`);
  }
  await page.getByTestId("timeline-save").click();
  await page.getByTestId("toast").waitFor();
  const [asked] = (await granary.asked("run_save_timeline")) as { svg: string }[];
  writeFileSync("/tmp/x/timeline.svg", asked?.svg ?? "");
  await page.setViewportSize({ width: 1240, height: 340 });
  await page.setContent(asked?.svg ?? "");
  await page.screenshot({ path: "/tmp/x/pictures/zz-svg.png" });
});
test("zzlook forced", async ({ granary, page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await granary.open(running);
  await restore(granary);
  await page.getByTestId("timeline").waitFor();
  await granary.picture(`zz-forced`);
  await page.emulateMedia({ forcedColors: "none" });
});
test("zzlook 64", async ({ granary, page }) => {
  const fetches = fetchesOf().map((f, at) => ({ ...f, lane: f.lane + 16 * (at % 4) }));
  await granary.open(runAnswers(started, fetched(fetches), progress));
  await restore(granary);
  await page.getByTestId("timeline").waitFor();
  await granary.picture(`zz-64`);
});
test("zzlook 2", async ({ granary, page }) => {
  await granary.open(runAnswers(started, fetched(fetchesOf().filter((f) => f.lane < 2)), progress));
  await restore(granary);
  await page.getByTestId("timeline").waitFor();
  await granary.picture(`zz-2`);
});
