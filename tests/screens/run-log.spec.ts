import { progress, runAnswers, started } from "./run-events";
import { restore } from "./scenes";
import { expect, test, type GranaryWindow } from "./stage";

/** A run that goes on and has said so many lines, of which every thousandth is an error and every hundredth else a warning. */
async function said(granary: GranaryWindow, count: number): Promise<void> {
  await granary.open(runAnswers(started, { type: "madeLines", count }, progress));
  await restore(granary);
  await expect(granary.page.getByTestId("log").getByText(`line ${count} of a long build`)).toBeInViewport();
}
const refusal = (message: string) => ({ error: { code: "internal", message, hints: [], causes: [] } });

test("a small move up leaves the end of a log that grows, and a move down to the end takes it up again", async ({ granary, page }) => {
  await said(granary, 3000);
  const log = page.getByTestId("log");
  const jump = page.getByRole("button", { name: "Jump to end" });
  await log.hover();
  await page.mouse.wheel(0, -8);
  await expect(jump).toBeVisible();
  await page.mouse.wheel(0, 8);
  await expect(jump).toBeHidden();
  await granary.send({ type: "madeLines", count: 100 });
  await expect(log.getByText("line 3100 of a long build")).toBeInViewport();
  await expect(jump).toBeHidden();
  await page.mouse.wheel(0, -8);
  await expect(jump).toBeVisible();
  await granary.send({ type: "madeLines", count: 100 });
  await expect(page.getByRole("radio", { name: /All/ })).toContainText("3,200");
  await expect(log.getByText("line 3100 of a long build")).toBeInViewport();
});

test("an error in the last line is stayed at while the log grows", async ({ granary, page }) => {
  await said(granary, 3000);
  const log = page.getByTestId("log");
  const current = log.locator(".current");
  for (const line of [1000, 2000, 3000]) {
    await page.keyboard.press("F8");
    await expect(current).toContainText(`line ${line} of`);
    await expect(current).toBeInViewport();
  }
  await granary.send({ type: "madeLines", count: 500 });
  await expect(page.getByRole("radio", { name: /All/ })).toContainText("3,500");
  await expect(page.getByRole("button", { name: "Jump to end" })).toBeVisible();
  await expect(current).toBeInViewport();
});

test("where an error is moves nothing once one shows other lines", async ({ granary, page }) => {
  await said(granary, 3000);
  await granary.record("run_error_after", { pending: true });
  await page.keyboard.press("F8");
  await page.getByRole("radio", { name: /Warnings/ }).click();
  await granary.settle("run_error_after", { ok: 2999 });
  await granary.send({ type: "madeLines", count: 1000 });
  await expect(page.getByRole("radio", { name: /Warnings/ })).toContainText("36");
  // As high as 36 rows.
  await expect(page.getByTestId("log").locator(".space")).toHaveCSS("height", "732px");
  await expect(page.getByTestId("log").locator(".current")).toHaveCount(0);
});

test("each press goes one error further, also before the answer", async ({ granary, page }) => {
  await said(granary, 3000);
  await granary.record("run_error_after", { pending: true });
  await page.keyboard.press("F8");
  await page.keyboard.press("F8");
  await granary.settle("run_error_after", { ok: 999 });
  await expect.poll(() => granary.asked("run_error_after")).toMatchObject([{ row: null }, { row: 999 }]);
  await granary.settle("run_error_after", { ok: 1999 });
  await expect(page.getByTestId("log").locator(".current")).toContainText("line 2000 of");
});

test("lines that cannot be read, and what cannot be looked for, are told of", async ({ granary, page }) => {
  await said(granary, 3000);
  const log = page.getByTestId("log");
  const toast = page.getByTestId("toast");
  await granary.record("run_find", refusal("it has more than 200 characters"));
  await page.getByRole("searchbox", { name: "Find in log" }).fill("a text");
  await expect(toast).toContainText("it has more than 200 characters");
  await expect(page.getByText("no hits")).toHaveCount(0);

  await granary.record("run_lines", refusal("the log could not be read"));
  await log.evaluate((node) => (node.scrollTop = 30_000));
  await expect(toast.getByText("the log could not be read")).toBeVisible();
  await granary.record("run_lines", { ok: null });
  await log.evaluate((node) => (node.scrollTop = 30_400));
  await expect(log.getByText("line 1530 of a long build")).toBeInViewport();
});

test("a log that is higher than a browser lays out is gone through to its end", async ({ granary, page }) => {
  await said(granary, 3_000_000);
  const log = page.getByTestId("log");
  const put = (part: number) => log.evaluate((node, at) => (node.scrollTop = (node.scrollHeight - node.clientHeight) * at), part);
  await put(0);
  await expect(log.getByText("line 1 of a long build")).toBeInViewport();
  await put(0.5);
  await expect(log.getByText("line 1500000 of a long build")).toBeInViewport();
  await put(1);
  await expect(log.getByText("line 3000000 of a long build")).toBeInViewport();

  // What is read stays where it is while the log grows, and one goes on from there.
  await page.getByRole("searchbox", { name: "Find in log" }).fill("line 2345678 of");
  const found = log.locator(".current");
  await expect(found).toContainText("line 2345678 of");
  await expect(found).toBeInViewport();
  await granary.send({ type: "madeLines", count: 300_000 });
  await expect(page.getByRole("radio", { name: /All/ })).toContainText("3,300,000");
  await expect(found).toBeInViewport();
  await log.hover();
  await page.mouse.wheel(0, 40);
  await expect(log.getByText("line 2345700 of a long build")).toBeInViewport();
  await page.getByRole("button", { name: "Jump to end" }).click();
  await expect(log.getByText("line 3300000 of a long build")).toBeInViewport();

  await page.getByRole("radio", { name: /Warnings/ }).click();
  await expect(log.locator(".line").first()).toBeVisible();
  await put(0);
  await expect(log.getByText("line 100 of a long build")).toBeInViewport();
});
