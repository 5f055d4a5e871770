import { toProject } from "./project-scenes";
import { lines, progress, runAnswers, started, summary } from "./run-events";
import { position, restore, running } from "./scenes";
import { expect, folder, test, withConnection, withFeeds, withProject } from "./stage";

test("a log of 100,000 lines keeps few of them in the page", async ({ granary, page }) => {
  await granary.open(runAnswers(started, lines, progress));
  await restore(granary);
  await page.getByTestId("log").waitFor();
  await page.evaluate(() => {
    for (let batch = 0; batch < 200; batch++) {
      const lines = Array.from({ length: 500 }, (_, at) => {
        const number = 4 + batch * 500 + at;
        return { number, at: "2026-11-22T14:02:12.000Z", source: "cargo", level: number % 1000 === 0 ? "error" : "info", text: `line ${number} of a long build` };
      });
      window.__granaryStage?.send({ type: "lines", lines });
    }
  });
  const log = page.getByTestId("log");
  await expect(page.getByRole("radio", { name: /All/ })).toContainText("100,003");
  await expect(log).toContainText("line 100003 of");
  expect(await log.locator("*").count()).toBeLessThan(600);

  // Scrolling up stops following; the end is one press away.
  await log.evaluate((node) => (node.scrollTop = 0));
  await expect(log).toContainText("indexmap v2.12.0");
  await granary.send({ type: "lines", lines: [{ number: 100_004, at: "2026-11-22T14:02:12.000Z", source: "cargo", level: "info", text: "one more" }] });
  await expect(log).toContainText("indexmap v2.12.0");
  await page.getByRole("button", { name: "Jump to end" }).click();
  await expect(log).toContainText("one more");

  await page.getByRole("searchbox", { name: "Find in log" }).fill("line 50000 of");
  await expect(log.locator("mark")).toHaveText("line 50000 of");
  await expect(page.getByText("1 of 1", { exact: true })).toBeVisible();
  await page.getByRole("radio", { name: /Errors/ }).click();
  await expect(page.getByRole("radio", { name: /Errors/ })).toContainText("100");
  await expect(log).not.toContainText("indexmap");
});

test("leaving the page does not stop the run", async ({ granary, page }) => {
  await granary.open(running);
  await restore(granary);
  await expect(page).toHaveTitle("74 % · telemetry-relay · Granary");
  await page.getByTestId("feed-upstream").click();
  await expect(page.getByTestId("project-telemetry-relay").getByRole("img", { name: "restoring" })).toBeVisible();
  await granary.send(summary("done", { seconds: 4.9, downloaded: 130 }));
  await expect(page.getByTestId("announced")).toHaveText("telemetry-relay is restored, 4.9 s");
  await expect(page).toHaveTitle("upstream · Granary");
  // What was fetched is in the feed now, so the list is asked for again.
  await expect.poll(async () => (await granary.asked("feed_refresh")).length).toBeGreaterThan(1);
});

test("a failure shows its cause and the error in the log", async ({ granary, page }) => {
  const failure = { code: "internal", message: "cargo could not take `tokio`", hints: ["Look at the log."], causes: [] };
  const lines = Array.from({ length: 300 }, (_, at) => ({ number: at, at: "2026-11-22T14:02:12Z", source: "cargo", level: at === 120 ? "error" : "info", text: `line ${at}` }));
  await granary.open(
    runAnswers({ type: "lines", lines }, summary("failed", { failure })),
  );
  await restore(granary);
  await expect(page.getByRole("heading", { name: "Failed after 1.1 s" })).toBeVisible();
  await page.getByRole("button", { name: "Show the error in the log" }).click();
  await expect(page.getByTestId("log").getByText("line 120", { exact: true })).toBeInViewport();
});

test("a dropped folder opens its project", async ({ granary, page }) => {
  await granary.open({ asked: withFeeds });
  await granary.emit("tauri://drag-enter", { paths: [folder], position });
  await expect(page.getByTestId("drop-card")).toContainText("New here: it is read, not run, until you trust it");
  await granary.emit("tauri://drag-drop", { paths: [folder], position });
  await expect(page.getByRole("heading", { name: "telemetry-relay", exact: true })).toBeVisible();
  await expect(page.getByTestId("drop-card")).toHaveCount(0);
});

test("a drag that leaves opens nothing", async ({ granary, page }) => {
  await granary.open({ asked: withFeeds });
  await granary.emit("tauri://drag-enter", { paths: [folder], position });
  await page.getByTestId("drop-card").waitFor();
  await granary.emit("tauri://drag-leave", null);
  await expect(page.getByTestId("drop-card")).toHaveCount(0);
  expect(await granary.asked("project_open")).toEqual([]);
});

test("a folder that is no project says so", async ({ granary, page }) => {
  await granary.open({ asked: withFeeds });
  await granary.emit("tauri://drag-drop", { paths: ["/home/mira/Pictures"], position });
  await expect(page.getByTestId("toast")).toContainText("is not a cargo project");
});

test("a second start hands its folder over", async ({ granary, page }) => {
  await granary.open({ asked: withFeeds });
  await granary.emit("folder-opened", folder);
  await expect(page.getByRole("heading", { name: "telemetry-relay", exact: true })).toBeVisible();
});

test("a feed seen empty shows what a restore brought in, also after coming back", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await page.getByTestId("feed-upstream").click();
  await page.getByRole("heading", { name: "has saved no crates yet" }).waitFor();
  await restore(granary);
  await expect(page.getByTestId("run-state")).toHaveAttribute("data-state", "done");
  await page.getByTestId("feed-upstream").click();
  await expect(page.getByTestId("crate-row").first()).toHaveAttribute("data-key", /./);
  await page.getByRole("searchbox").fill("tokio");
  await expect(page.getByRole("radio", { name: /All/ })).toContainText("5");
  await expect(page.getByTestId("crate-row")).toHaveCount(5);
});

test("feeds on this computer are kept running, and no longer", async ({ granary, page }) => {
  await granary.open({ asked: withProject });
  await toProject(granary);
  await page.getByTestId("connect").click();
  await expect(page.getByTestId("keep-running-state")).toHaveAttribute("data-state", "not-kept");
  await page.getByTestId("keep-running").click();
  const sheet = page.getByRole("dialog", { name: "Keep feeds on this computer running" });
  await expect(sheet).toContainText("WantedBy=default.target");
  await expect(sheet).toContainText("systemctl --user enable --now dev.granary.feeds.service");
  expect(await granary.asked("autostart_install")).toEqual([]);
  await page.keyboard.press("Control+Enter");
  await expect(sheet).toHaveCount(0);
  await expect(page.getByTestId("toast")).toContainText("are kept running from sign-in on");
  await expect(page.getByTestId("keep-running-state")).toHaveAttribute("data-state", "kept");
  await expect(page.getByTestId("keep-running-stop")).toBeFocused();
  await page.getByTestId("keep-running-stop").click();
  await expect(page.getByTestId("toast")).toContainText("no longer kept running");
  await expect(page.getByTestId("keep-running")).toBeFocused();
});

test("the palette keeps the feeds running too", async ({ granary, page }) => {
  await granary.open({ asked: withFeeds });
  const field = page.getByRole("combobox", { name: "Search or run" });
  await page.keyboard.press("Control+k");
  await field.fill(">keep");
  await page.keyboard.press("Enter");
  await page.getByTestId("keep-running-apply").click();
  await expect(page.getByTestId("toast")).toContainText("are kept running");
  await page.keyboard.press("Control+k");
  await field.fill(">stop keep");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("toast")).toContainText("no longer kept running");
});

test("downloads are drawn short and copied as they were said", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await page.evaluate(() => {
    const writeText = async (text: string): Promise<void> => void (document.body.dataset["copied"] = text);
    Object.defineProperty(navigator, "clipboard", { value: { writeText } });
  });
  await restore(granary);
  await page.getByTestId("run-summary").waitFor();
  await expect(page.getByTestId("run-summary")).toContainText("upstream local/main");
  const row = page.getByTestId("log").getByText("contoso-telemetry 2.4.1", { exact: true });
  await expect(row).toBeVisible();
  await page.getByRole("button", { name: "Copy the log" }).click();
  await expect(page.locator("body")).toHaveAttribute("data-copied", /Fetched aho-corasick v2\.26\.6 \(local\/main\/upstream\)/);
});
