import type { Page } from "@playwright/test";
import { toProject } from "./project-scenes";
import { done, lines, progress, runAnswers, started, summary } from "./run-events";
import { history, open } from "./run-scenes";
import { position, restore, running } from "./scenes";
import { expect, folder, recorded, test, withConnection, withFeeds, withProject } from "./stage";

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
  await expect(log).toContainText("indexmap 2.12.0");
  await granary.send({ type: "lines", lines: [{ number: 100_004, at: "2026-11-22T14:02:12.000Z", source: "cargo", level: "info", text: "one more" }] });
  await expect(log).toContainText("indexmap 2.12.0");
  await page.getByRole("button", { name: "Jump to end" }).click();
  await expect(log).toContainText("one more");

  await page.getByRole("searchbox", { name: "Find in log" }).fill("line 50000 of");
  await expect(log.locator("mark")).toHaveText("line 50000 of");
  await expect(page.getByText("1 of 1", { exact: true })).toBeVisible();
  await page.getByRole("radio", { name: /Errors/ }).click();
  await expect(page.getByRole("radio", { name: /Errors/ })).toContainText("100");
  await expect(log).not.toContainText("indexmap");
});

/** Rows that were asked for since, over all questions. */
const rowsAsked = async (asked: unknown[]): Promise<number> => (asked as { count: number }[]).reduce((sum, { count }) => sum + count, 0);

test("a log of a million lines is asked for by what one looks at", async ({ granary, page }) => {
  await granary.open(runAnswers(started, { type: "madeLines", count: 1_000_000 }, progress));
  await restore(granary);
  const log = page.getByTestId("log");
  const filter = (name: RegExp) => page.getByRole("radio", { name });
  const asked = (): Promise<unknown[]> => granary.asked("run_lines");
  await expect(filter(/All/)).toContainText("1,000,000");
  await expect(log.getByText("line 1000000 of a long build")).toBeInViewport();

  // To the start, and by jumps through all of it: only where one stops rows are asked for.
  for (let part = 0; part < 30; part++) {
    await log.evaluate((node, at) => (node.scrollTop = (node.scrollHeight * at) / 30), part);
    await expect(log).toContainText(`line ${Math.round((1_000_000 * part) / 30) + 5} of a long build`);
  }
  expect(await log.locator("*").count()).toBeLessThan(600);
  // What was far is let go of, so that it is asked for anew.
  const atStart = async (): Promise<number> => ((await asked()) as { from: number }[]).filter(({ from }) => from === 0).length;
  const before = await atStart();
  await log.evaluate((node) => (node.scrollTop = 0));
  await expect(log.getByText("line 1 of a long build")).toBeInViewport();
  expect(await atStart()).toBe(before + 1);

  await filter(/Warnings/).click();
  await expect(filter(/Warnings/)).toContainText("9,000");
  await expect(log.getByText("line 100 of a long build")).toBeVisible();
  await filter(/Errors/).click();
  await expect(filter(/Errors/)).toContainText("1,000");
  await log.evaluate((node) => (node.scrollTop = node.scrollHeight));
  await expect(log.getByText("line 1000000 of a long build")).toBeInViewport();

  await filter(/All/).click();
  const field = page.getByRole("searchbox", { name: "Find in log" });
  await field.fill("line 777");
  await expect(page.getByText("1 of 1,111", { exact: true })).toBeVisible();
  await expect(log.locator(".current")).toContainText("line 777 of");
  await field.press("Shift+Enter");
  await expect(page.getByText("1,111 of 1,111", { exact: true })).toBeVisible();
  await expect(log.locator(".current")).toContainText("line 777999 of");
  await expect(log.locator(".current mark")).toHaveText("line 777");
  await expect(log.locator(".current")).toBeInViewport();

  await page.getByRole("button", { name: "Copy the log" }).click();
  await expect(page.getByTestId("toast")).toContainText("1,000,000 lines are too many to copy");
  const all = (await asked()) as { count: number }[];
  expect(Math.max(...all.map(({ count }) => count))).toBeLessThanOrEqual(500);
  expect(await rowsAsked(all)).toBeLessThan(40_000);
  expect((await granary.asked("run_find")).length).toBeLessThan(6);
});

test("following a log shows its end, and asks for no more than that", async ({ granary, page }) => {
  await granary.open(runAnswers(started, progress));
  await restore(granary);
  const log = page.getByTestId("log");
  for (let times = 1; times <= 10; times++) {
    await granary.send({ type: "madeLines", count: 3000 });
    await expect(log.getByText(`line ${times * 3000} of a long build`)).toBeInViewport();
  }
  expect(await rowsAsked(await granary.asked("run_lines"))).toBeLessThan(10_000);
  await page.mouse.move(800, 700);
  await page.mouse.wheel(0, -200);
  await expect(page.getByRole("button", { name: "Jump to end" })).toBeVisible();
  await granary.send({ type: "madeLines", count: 3000 });
  await expect(page.getByRole("radio", { name: /All/ })).toContainText("33,000");
  await expect(log).toContainText("line 29990 of a long build");
});

test("a build tells of problems, and each leads to its lines", async ({ granary, page }) => {
  await granary.open(history);
  await open(granary, /could not be compiled/);
  const problems = page.getByTestId("run-problems");
  await expect(problems).toContainText("2 errors, 1 warning");
  const list = problems.getByRole("listbox");
  await expect(list.getByRole("option")).toHaveCount(3);
  await expect(list.getByRole("option").first()).toHaveAccessibleName("error, mismatched types, E0308, relay/src/main.rs:12:26");
  await list.focus();
  await page.keyboard.press("End");
  await expect(list).toHaveAttribute("aria-activedescendant", (await list.getByRole("option").last().getAttribute("id")) ?? "none");
  await page.keyboard.press("Enter");
  const current = page.locator(".line.current");
  await expect(current).toContainText("warning: unused variable: `retries`");
  await list.getByRole("option").first().click();
  await expect(current).toContainText("error[E0308]: mismatched types");
  await expect(current).toBeInViewport();
  await expect(current.locator(".red")).toHaveText("error[E0308]");
  // What is looked for is found across colours.
  await page.getByRole("searchbox", { name: "Find in log" }).fill("e0308]: mismatched");
  await expect(current.locator("mark")).toHaveText(["E0308]", ": mismatched"]);
  // Where the compiler says why, nothing else is looked for.
  expect(await granary.asked("run_diagnose")).toEqual([]);
  await page.getByTestId("run-again").click();
  await expect.poll(async () => (await granary.asked("run_start")) as object[]).toMatchObject([{ request: { folder, verb: "build", release: false } }]);
});

test("runs of earlier days are kept, found and started again", async ({ granary, page }) => {
  await granary.open(history);
  await page.getByTestId("runs").click();
  const rows = page.getByTestId("run-row");
  await expect(rows).toHaveCount(12);
  await expect(page.getByRole("region", { name: "Runs, newest first" }).getByRole("heading", { level: 3 })).toHaveText(["Yesterday", "19 Nov", "18 Nov"]);
  await page.getByTestId("run-search").click();
  const field = page.getByRole("searchbox", { name: "Search runs" });
  await expect(field).toBeFocused();
  await field.fill("no access");
  await expect(rows).toHaveCount(1);
  await expect(page.getByRole("heading", { name: "Failed after 1.1 s" })).toBeVisible();
  await field.fill("nothing like it");
  await expect(page.getByText("No run has this.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(rows).toHaveCount(12);
  await rows.filter({ hasText: "build --release" }).click();
  await expect(page.getByRole("heading", { name: "Cancelled after 1 min 12 s" })).toBeVisible();
  await expect(page.getByTestId("log")).toContainText("1.5 MB301 ms");
  await page.getByTestId("run-again").click();
  await expect.poll(async () => (await granary.asked("run_start")) as object[]).toMatchObject([{ request: { folder, verb: "build", release: true } }]);
});

test("a run that was just started is shown whatever was looked for, and can be cancelled before it has an id", async ({ granary, page }) => {
  await granary.open({ ...history, instead: [{ command: "run_start", answers: [{ pending: true }] }] });
  await toProject(granary);
  await page.getByRole("tab", { name: /Runs/ }).click();
  await page.getByTestId("run-search").click();
  await page.getByRole("searchbox", { name: "Search runs" }).fill("no access");
  await expect(page.getByTestId("run-row")).toHaveCount(1);
  await page.getByTestId("restore").click();
  await expect(page.getByRole("heading", { name: "Starting" })).toBeVisible();
  await expect(page.getByTestId("run-row").first()).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("cancel-run")).toContainText("Cancelling");
  expect(await granary.asked("run_cancel")).toEqual([]);
  await granary.settle("run_start", { ok: "run-1" });
  await expect.poll(() => granary.asked("run_cancel")).toMatchObject([{ id: "run-1" }]);
});

test("hundreds of runs are drawn as one gets to them", async ({ granary, page }) => {
  const [entry] = (recorded("run_list") as { answers: { after?: string[]; ok: object[] }[] }).answers.flatMap(({ ok }) => ok.slice(2));
  const many = Array.from({ length: 500 }, (_, at) => ({ ...entry, id: `kept-${at}`, startedAt: new Date(Date.parse("2026-11-22T12:00:00Z") - at * 3_600_000).toISOString() }));
  await granary.open({ ...history, instead: [{ command: "run_list", answers: [{ ok: many }] }] });
  await page.getByTestId("runs").click();
  const rows = page.getByTestId("run-row");
  await expect(rows).toHaveCount(100);
  await rows.first().focus();
  await page.keyboard.press("End");
  await expect(rows).toHaveCount(200);
});

test("a run of another program is shown, and read again until it ended", async ({ granary, page }) => {
  await granary.open(history);
  await open(granary, /in another program/);
  await expect(page.getByRole("heading", { name: "Running", exact: true })).toBeVisible();
  await expect(page.getByTestId("cancel-run")).toHaveCount(0);
  const [shown] = (await granary.asked("run_show")) as { id: string }[];
  expect(shown?.id).toBe("kept-elsewhere");
  const entries = (recorded("run_list") as { answers: { ok: { id: string }[] }[] }).answers.flatMap(({ ok }) => ok);
  const ended = { ...entries.find(({ id }) => id === "kept-elsewhere"), state: "done", summary: { ...summary("done").summary, verb: "build", seconds: 61 } };
  await granary.record("run_show", { ok: { entry: ended, fetches: [], diagnostics: [] } });
  await expect(page.getByRole("heading", { name: "Built in 1 min 1 s" })).toBeVisible();
});

test("what comes after a run is one press away", async ({ granary, page }) => {
  await granary.open(runAnswers(...done));
  await restore(granary);
  await expect(page.getByTestId("run-next")).toHaveText(/Build/);
  await page.keyboard.press("Control+b");
  await expect.poll(async () => (await granary.asked("run_start")).at(-1) as object).toMatchObject({ request: { folder, verb: "build" } });
});

test("crates that are not as they should be are listed, and repaired", async ({ granary, page }) => {
  await granary.open(history);
  await open(granary, /3 crates not sound/);
  await expect(page.getByTestId("crate-faults").getByRole("row")).toHaveText([/Crate/, /serde 1\.43\.11.*file was changed.*src\/lib\.rs.*no/, /ring/, /tokio/]);
  await page.getByTestId("run-next").click();
  await expect.poll(async () => (await granary.asked("run_start")) as object[]).toMatchObject([{ request: { folder, verb: "repair" } }]);
});

/** What is copied lies on the body. */
const keepCopies = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const writeText = async (text: string): Promise<void> => void (document.body.dataset["copied"] = text);
    Object.defineProperty(navigator, "clipboard", { value: { writeText } });
  });

test("the report of a run that ended well is seen before it is copied, and names no path", async ({ granary, page }) => {
  await granary.open(runAnswers(...done));
  await keepCopies(page);
  await restore(granary);
  await page.getByTestId("copy-report").click();
  await expect(page.getByRole("dialog", { name: "Report of this run" })).toBeVisible();
  const report = page.getByTestId("report");
  await expect(report).toBeFocused();
  await expect(report).toContainText("Outcome: Restored in 4.9 s");
  await expect(report).toContainText("local/main/upstream | 131 | 127 | 27.1 MB");
  await expect(report).not.toContainText("/home/");
  const text = (await report.textContent()) ?? "";
  await page.getByTestId("report-copy").click();
  await expect(page.locator("body")).toHaveAttribute("data-copied", text);
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("what was cancelled, and crates that are not sound, have a report too", async ({ granary, page }) => {
  await granary.open(history);
  await open(granary, /3 crates not sound/);
  await page.getByTestId("copy-report").click();
  await expect(page.getByTestId("report")).toContainText("serde 1.43.11 | file was changed | src/lib.rs | no");
  await page.keyboard.press("Escape");
  await open(granary, /cancelled after/);
  await page.getByTestId("copy-report").click();
  await expect(page.getByTestId("report")).toContainText("Outcome: Cancelled after 1 min 12 s");
});

test("a terminal is opened in the project's folder; where none is, that is told with what to do", async ({ granary, page }) => {
  await granary.open(runAnswers(...done));
  await restore(granary);
  const asked = (): Promise<unknown[]> => granary.asked("project_open_terminal");
  await page.getByTestId("open-terminal-here").click();
  await expect.poll(asked).toEqual([{ folder }]);
  const none = { code: "precondition", message: "no terminal was found", hints: ["Set `TERMINAL` to the one you use."], causes: [] };
  await granary.record("project_open_terminal", { error: none });
  await page.getByTestId("project-menu").click();
  await page.getByTestId("open-terminal").click();
  await expect(page.getByTestId("toast")).toContainText("no terminal was found. Set TERMINAL to the one you use.");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search or run" }).fill(">terminal");
  await page.keyboard.press("Enter");
  await expect.poll(asked).toEqual([{ folder }, { folder }, { folder }]);
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
  await keepCopies(page);
  await restore(granary);
  await page.getByTestId("run-summary").waitFor();
  await expect(page.getByTestId("run-summary")).toContainText("upstream local/main");
  const row = page.getByTestId("log").getByText("contoso-telemetry 2.4.1", { exact: true });
  await expect(row).toBeVisible();
  await page.getByRole("button", { name: "Copy the log" }).click();
  await expect(page.locator("body")).toHaveAttribute("data-copied", /Fetched aho-corasick 2\.26\.6 \(local\/main\/upstream\)/);
});
