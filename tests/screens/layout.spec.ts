import { inContoso, toCrate } from "./feed-scenes";
import { places } from "./scenes";
import { expect, test, withCrates } from "./stage";

const sizes = [
  { name: "900 wide", size: { width: 900, height: 600 } },
  { name: "1600 wide", size: { width: 1600, height: 900 } },
  // What a window of 1280 by 832 is at 200 %.
  { name: "zoomed to 200 %", size: { width: 640, height: 416 } },
];
const looked = ["welcome", "welcome-token", "waiting-for-browser", "device-code", "choose-organizations", "no-keychain", "account-contoso", "refused-account", "refused", "signed-out", "no-feeds", "new-feed-pair", "account", "feed", "feed-list", "feed-internal", "feed-several", "feed-both-sides", "crate-versions", "crate-depends-on", "upstreams", "views", "permissions", "retention", "bin", "addresses", "name-watch", "feed-edit", "deleted-feeds", "all-feeds", "new-feed-one", "project", "project-every-fix", "config", "config-add", "review", "project-dependencies", "where-from", "locked-states", "needs", "add-dependency", "diagnosis", "diagnosis-report", "choose-project", "drop-several", "connect", "keep-running", "connect-kept-running", "restore-running", "restore-failed", "restore-done", "palette", "help", "drop"];

for (const { name: label, size } of sizes)
  for (const { name, scene, go } of places.filter((place) => looked.includes(place.name)))
    test(`${name} fits, ${label}`, async ({ granary, page }) => {
      await page.setViewportSize(size);
      await granary.open(scene);
      await go?.(granary);
      await granary.picture(`${name}-${size.width}`);
      await granary.fits();
    });

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
