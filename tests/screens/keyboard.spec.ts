import type { Page } from "@playwright/test";
import { toProject } from "./project-scenes";
import { restore, running } from "./scenes";
import { expect, folder, test, withConnection, withCrates, withFeeds, withProject } from "./stage";

/** Tab until an element has focus, as someone without a mouse does. */
async function tabTo(page: Page, testid: string): Promise<void> {
  const wanted = page.getByTestId(testid);
  await wanted.waitFor();
  for (let step = 0; step < 40; step++) {
    if (await wanted.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${testid}`);
}

/** Sorts the list of crates by their names, or the other way round. */
const byName = (page: Page): Promise<void> => page.getByRole("button", { name: "Crate", exact: true }).click();

test("the main job without a mouse", async ({ granary, page }) => {
  await granary.open();
  await tabTo(page, "use-local");
  await page.keyboard.press("Enter");
  await tabTo(page, "create-pair");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("For crates.io")).toBeFocused();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "upstream", exact: true })).toBeVisible();
  await tabTo(page, "connect-project");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Connect to feeds" })).toBeVisible();
  await page.getByTestId("connect-apply").waitFor();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("toast")).toContainText("2 files changed in telemetry-relay");
  expect(await granary.asked("change_apply")).toMatchObject([
    { request: { folder, change: { kind: "connect", cratesIoFeed: "local/main/upstream", ownFeed: "local/main/internal", mode: "committed" } }, fingerprint: "8f2c" },
  ]);
  await page.keyboard.press("Control+r");
  await expect(page.getByTestId("run-state")).toHaveAttribute("data-state", "done");
  await expect(page.getByTestId("run-summary")).toContainText("130 downloaded");
  await page.keyboard.press("Control+f");
  await expect(page.getByRole("searchbox", { name: "Find in log" })).toBeFocused();
});

test("Esc closes the innermost first", async ({ granary, page }) => {
  await granary.open(running);
  await restore(granary);
  await page.keyboard.press("Control+k");
  await page.getByTestId("palette").waitFor();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("palette")).toHaveCount(0);
  await expect(page.getByTestId("run-state")).toHaveAttribute("data-state", "running");
  expect(await granary.asked("run_cancel")).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("cancel-run")).toContainText("Cancelling");
  expect(await granary.asked("run_cancel")).toMatchObject([{ id: "run-1" }]);
});

test("a list is one tab stop with arrows, ends, pages and letters", async ({ granary, page }) => {
  await granary.open({ asked: withCrates });
  await page.getByTestId("feed-upstream").click();
  await byName(page);
  const grid = page.getByRole("grid", { name: "Crates in upstream" });
  await grid.focus();
  const chosen = grid.locator('[role="row"][aria-selected="true"]');
  await expect(chosen).toHaveAttribute("data-key", "aho-corasick");
  await page.keyboard.press("ArrowDown");
  await expect(chosen).toHaveAttribute("data-key", "anyhow");
  await page.keyboard.press("End");
  await expect(chosen).toHaveAttribute("data-key", "zeroize");
  await page.keyboard.press("Home");
  await page.keyboard.press("PageDown");
  await expect(chosen).not.toHaveAttribute("data-key", "aho-corasick");
  await page.keyboard.press("t");
  await expect(chosen).toHaveAttribute("data-key", "tempfile");
  await expect(grid).toHaveAttribute("aria-rowcount", "124");
  await expect(grid).toHaveAttribute("aria-activedescendant", (await chosen.getAttribute("id")) ?? "none");
});

test("columns sort by their heads", async ({ granary, page }) => {
  await granary.open({ asked: withCrates });
  await page.getByTestId("feed-upstream").click();
  const first = page.getByTestId("crate-row").first();
  await byName(page);
  await expect(first).toHaveAttribute("data-key", "aho-corasick");
  await byName(page);
  await expect(first).toHaveAttribute("data-key", "zeroize");
  await expect(page.getByRole("columnheader", { name: "Crate" })).toHaveAttribute("aria-sort", "descending");
});

test("F6 goes from pane to pane", async ({ granary, page }) => {
  await granary.open({ asked: withFeeds });
  await page.keyboard.press("F6");
  await expect(page.getByTestId("account-local")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByTestId("feed-internal")).toBeFocused();
  await page.keyboard.press("F6");
  await expect(page.getByRole("grid", { name: "Feeds" })).toBeFocused();
});

test("the palette runs commands and goes places", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toProject(granary);
  await page.getByTestId("restore").waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("rest");
  await expect(page.getByRole("option", { name: /Restore/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("inter");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "internal", exact: true })).toBeVisible();
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(page.getByRole("heading", { name: "telemetry-relay", exact: true })).toBeVisible();
});

test("tabs follow the arrows", async ({ granary, page }) => {
  await granary.open({ asked: withProject });
  await toProject(granary);
  await page.getByRole("tab", { name: /Overview/ }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: /Dependencies/ })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByTestId("locked-row").first()).toBeVisible();
});

test("Esc closes an open choice, not the page below it", async ({ granary, page }) => {
  await granary.open({ asked: withProject });
  await toProject(granary);
  await page.getByTestId("connect").click();
  await page.getByRole("combobox", { name: /crates.io through/ }).click();
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("option")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Connect to feeds" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "telemetry-relay", exact: true })).toBeVisible();
});

test("keys of the page are silent under a sheet", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toProject(granary);
  await page.getByTestId("restore").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "All keys" }).waitFor();
  await page.keyboard.press("Control+r");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await granary.asked("run_start")).toEqual([]);
});

test("Ctrl and a digit go to an entry of the sidebar", async ({ granary, page }) => {
  await granary.open({ asked: withProject });
  await page.keyboard.press("Control+3");
  await expect(page.getByRole("heading", { name: "upstream", exact: true })).toBeVisible();
  await expect(page.getByTestId("feed-upstream")).toBeFocused();
  await page.keyboard.press("Control+4");
  await expect(page.getByRole("heading", { name: "telemetry-relay", exact: true })).toBeVisible();
  await page.keyboard.press("Control+9");
  await expect(page.getByRole("heading", { name: "telemetry-relay", exact: true })).toBeVisible();
});

test("Ctrl+C on a crate copies its dependency line, and marked text as it is", async ({ granary, page }) => {
  await granary.open({ asked: withCrates });
  await page.evaluate(() => {
    const writeText = async (text: string): Promise<void> => void (document.body.dataset["copied"] = text);
    Object.defineProperty(navigator, "clipboard", { value: { writeText } });
  });
  const copied = page.locator("body");
  await page.getByTestId("feed-internal").click();
  await page.getByTestId("crate-row").filter({ hasText: "contoso-telemetry" }).first().click();
  await page.keyboard.press("Control+c");
  await expect(copied).toHaveAttribute("data-copied", /^contoso-telemetry\S* = \{ version = "[^"]+", registry = "internal" \}$/);
  await page.getByTestId("feed-upstream").click();
  await byName(page);
  await page.getByTestId("crate-row").and(page.locator('[data-key="anyhow"]')).click();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Control+c");
  await expect(copied).toHaveAttribute("data-copied", 'aho-corasick = "2.26.6"');
  // Marked text is the webview's own to copy.
  await page.getByTestId("crate-row").nth(1).locator(".name .cut").dblclick();
  await page.keyboard.press("Control+c");
  await expect(copied).toHaveAttribute("data-copied", 'aho-corasick = "2.26.6"');
});
