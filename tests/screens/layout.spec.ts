import { inContoso, toCrate } from "./feed-scenes";
import { expect, test, withCrates } from "./stage";

test("filters fold into one button where the window is narrow", async ({ granary, page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await granary.open({ asked: withCrates });
  await page.getByTestId("feed-upstream").click();
  await expect(page.getByRole("radio")).toHaveCount(0);
  await page.getByRole("button", { name: "Where crates come from: All, 123" }).click();
  const chosen = page.getByRole("menuitemradio", { name: /All/ });
  await expect(chosen).toBeChecked();
  await granary.picture("feed-filter-900");
  await granary.passesAxe();
  await page.getByRole("menuitemradio", { name: /Ours/ }).click();
  await expect(page.getByRole("heading", { name: "No crates of this kind" })).toBeVisible();
  await expect(page.getByTestId("filter")).toContainText("Ours");
});

test("a crate is drawn wider by dragging or with the arrows, where there is room", async ({ granary, page }) => {
  await page.setViewportSize({ width: 1600, height: 900 });
  await granary.open(inContoso());
  await toCrate("tokio")(granary);
  const split = page.getByTestId("pane-split");
  await split.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(split).toHaveAttribute("aria-valuenow", "456");
  const box = await split.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 4, 400);
  await page.mouse.down();
  await page.mouse.move(600, 400);
  await page.mouse.up();
  expect((await page.getByTestId("crate-pane").boundingBox())?.width).toBe(640);
  await granary.passesAxe();
  await page.setViewportSize({ width: 1280, height: 832 });
  await expect(split).toBeHidden();
});
