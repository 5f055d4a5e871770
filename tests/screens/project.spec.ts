import { everyFix, openKey, setByVariable, toConfig, toConnect, toFixes, toProject, toTrust, trustRefused, withChecks } from "./project-scenes";
import { summary } from "./run-events";
import { expect, folder, gateway, test, withConnection, withProject, type GranaryWindow } from "./stage";

const copies = async ({ page }: GranaryWindow): Promise<void> =>
  page.evaluate(() => {
    const writeText = async (text: string): Promise<void> => void (document.body.dataset["copied"] = text);
    Object.defineProperty(navigator, "clipboard", { value: { writeText } });
  });
const fixOf = ({ page }: GranaryWindow, name: string) => page.getByTestId("fix").and(page.getByRole("button", { name }));

test("a project is checked at once without the network, then with it; what is shown stays", async ({ granary, page }) => {
  await granary.open(withChecks(...everyFix.slice(0, 2)));
  await granary.record("project_check", { args: { isOffline: false }, pending: true });
  await toProject(granary);
  await expect(page.getByTestId("check-row")).toHaveCount(2);
  expect(await granary.asked("project_check")).toEqual([{ folder, isOffline: true }, { folder, isOffline: false }]);
  await granary.settle("project_check", { ok: { folder, displayFolder: "", firstProblem: null, checks: everyFix.slice(0, 1) } });
  await expect(page.getByTestId("check-row")).toHaveCount(1);
  // Once something is shown, only what the network says takes its place.
  await page.getByTestId("check-again").click();
  await expect(page.getByTestId("check-row")).toHaveCount(1);
  expect(await granary.asked("project_check")).toHaveLength(3);
});

test("the sidebar counts what wants a look, and says what stops cargo", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toProject(granary);
  const row = page.getByTestId("project-telemetry-relay");
  await expect(row).toContainText("3");
  await expect(row.getByRole("img", { name: "1 stops cargo, 2 to look at" })).toBeVisible();
});

test("what passed folds into one line that opens", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toProject(granary);
  const line = page.getByTestId("checks-passed");
  await expect(line).toContainText("35 passed");
  await expect(line).toHaveAttribute("aria-expanded", "false");
  await line.press("Enter");
  await expect(page.getByRole("listitem").filter({ hasText: "Somebody is signed in where Granary is asked" })).toBeVisible();
});

test("each fix leads where it is mended", async ({ granary, page }) => {
  await granary.open(withChecks(...everyFix));
  await copies(granary);
  await toProject(granary);
  const copied = async (name: string, text: RegExp): Promise<void> => {
    await fixOf(granary, name).first().click();
    await expect(page.locator("body")).toHaveAttribute("data-copied", text);
  };
  await copied("Copy the rustup command", /^rustup toolchain install 1\.96$/);
  await copied("Copy a message to an owner", /Feed and Upstream Reader.*in the feed contoso\/Fabrikam Fiber\/upstream/);
  await fixOf(granary, "Copy the command").last().click();
  await expect(page.locator("body")).toHaveAttribute("data-copied", "unset CARGO_REGISTRIES_INTERNAL_INDEX");
  await expect(page.getByText("Write Fabrikam Fiber as the feed does")).toBeVisible();

  await fixOf(granary, "Connect…").click();
  await expect(page.getByRole("heading", { name: "Connect to feeds" })).toBeVisible();
  await page.keyboard.press("Escape");
  await fixOf(granary, "Start the feeds here").click();
  await expect.poll(async () => (await granary.asked("account_use_local")).length).toBe(1);
  await fixOf(granary, "Add Granary as provider…").click();
  await expect(page.getByTestId("diff-file")).toHaveCount(1);
  expect(await granary.asked("change_plan")).toContainEqual({ request: { folder, packages: [], change: { kind: "provider", isUsed: true } } });
  await page.keyboard.press("Escape");
  await fixOf(granary, "Restore").click();
  await expect.poll(async () => (await granary.asked("run_start")).length).toBe(1);
});

test("fixes are reviewed together, one left out, applied and undone", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toFixes(granary);
  await expect(page.getByRole("heading", { name: "Review 2 fixes" })).toBeVisible();
  expect(await granary.asked("change_plan")).toMatchObject([{ request: { folder, packages: [], change: { kind: "several", changes: [{ kind: "provider" }, { kind: "move" }] } } }]);
  await page.getByRole("checkbox", { name: "Take fabrikam-auth from internal" }).uncheck();
  await expect(page.getByTestId("diff-file")).toHaveCount(1);
  await granary.record("project_check", { ok: { folder, displayFolder: "", firstProblem: null, checks: [] } });
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("toast")).toContainText("2 files changed in telemetry-relay");
  expect(await granary.asked("change_apply")).toEqual([{ request: { folder, packages: [], change: { kind: "provider", isUsed: true } }, fingerprint: "provider-1" }]);
  // Back where one came from, checked anew.
  await expect(page.getByRole("heading", { name: "telemetry-relay", exact: true })).toBeVisible();
  await expect(page.getByTestId("check-row")).toHaveCount(0);
  await expect(page.getByTestId("review-fixes")).toHaveCount(0);
  await page.getByTestId("toast").getByRole("button", { name: "Undo" }).click();
  await expect(page.getByTestId("toast")).toContainText("are as before");
  expect(await granary.asked("undo_apply")).toHaveLength(1);
});

test("the last change is undone after a look, and a change since is refused", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toProject(granary);
  const palette = async (): Promise<void> => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Search or run" }).fill(">undo the last");
    await page.keyboard.press("Enter");
  };
  await palette();
  await expect(page.getByRole("heading", { name: "Undo connecting to feeds" })).toBeVisible();
  await expect(page.getByText("done today at 14:00")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("toast")).toContainText("2 files of telemetry-relay are as before");
  const error = { code: "planStale", message: "a file changed", hints: [], causes: [] };
  await granary.record("undo_apply", { error });
  await palette();
  await page.getByTestId("change-apply").click();
  await expect(page.getByRole("alert")).toContainText("The preview is made again");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("checks")).toBeVisible();
});

test("a project is disconnected by way of a preview", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toProject(granary);
  await page.getByTestId("project-menu").click();
  await page.getByTestId("disconnect").click();
  await expect(page.getByRole("heading", { name: "Disconnect from all feeds" })).toBeVisible();
  await expect(page.getByTestId("diff-file")).toHaveCount(1);
  expect(await granary.asked("change_plan")).toMatchObject([{ request: { change: { kind: "disconnect", feed: null, mode: null, force: false } } }]);
});

test("a value is changed in the file that wins", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await openKey("net.retry")(granary);
  await page.getByTestId("change-value").press("Enter");
  const field = page.getByRole("textbox", { name: "net.retry in .cargo/config.toml" });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("5");
  await field.fill("three");
  await field.press("Enter");
  await expect(page.getByText('Text stands in quotes: "three"')).toBeVisible();
  expect(await granary.asked("change_plan")).toEqual([]);
  await field.press("Escape");
  await expect(field).toHaveCount(0);
  await page.getByTestId("change-value").click();
  await field.fill("3");
  await field.press("Enter");
  await expect(page.getByRole("heading", { name: "Change net.retry" })).toBeVisible();
  expect(await granary.asked("change_plan")).toMatchObject([{ request: { change: { kind: "setConfig", file: `${folder}/.cargo/config.toml`, key: "net.retry", to: 3 } } }]);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("tab", { name: /Config/ })).toHaveAttribute("aria-selected", "true");
});

test("a key is removed, and another one added for all projects", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await openKey("source.crates-io.replace-with")(granary);
  await page.getByTestId("remove-key").click();
  await expect(page.getByTestId("diff-file")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.getByTestId("add-key").click();
  await page.getByTestId("config-key").fill("timeout");
  await page.getByTestId("config-value").fill('["a", "b"]');
  await page.keyboard.press("Enter");
  await expect(page.getByText("A key has its table in front")).toBeVisible();
  await page.getByTestId("config-key").fill("http.names");
  await page.getByRole("combobox", { name: /^For/ }).click();
  await page.getByRole("option", { name: "All your projects" }).click();
  await page.getByTestId("config-value").press("Enter");
  await expect(page.getByTestId("diff-file")).toHaveCount(1);
  expect(await granary.asked("change_plan")).toMatchObject([
    { request: { change: { key: "source.crates-io.replace-with", to: null } } },
    { request: { change: { file: "/home/mira/.cargo/config.toml", key: "http.names", to: ["a", "b"] } } },
  ]);
});

test("what a variable sets is not changed from here, and says why", async ({ granary, page }) => {
  await granary.open(setByVariable);
  await openKey("net.retry")(granary);
  await expect(page.getByText("The variable CARGO_NET_RETRY sets it")).toBeVisible();
  await expect(page.getByTestId("change-value")).toHaveCount(0);
});

test("config leads from the overview to where it is changed", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toProject(granary);
  await page.getByRole("button", { name: "Edit…" }).click();
  await expect(page.getByTestId("add-key")).toBeVisible();
});

test("rows of config are one tab stop, and arrows move in them", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toConfig(granary);
  await page.getByRole("button", { name: "build.rustflags" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("button", { name: "credential-alias.granary" })).toBeFocused();
  await page.keyboard.press("n");
  await expect(page.getByRole("button", { name: "net.retry" })).toBeFocused();
});

test("another choice of feeds or of whom they are for draws another diff", async ({ granary, page }) => {
  await granary.open({ asked: withProject });
  await toConnect(granary);
  await expect(page.getByTestId("diff-file")).toHaveCount(2);
  await page.getByRole("radio", { name: /Only me/ }).click();
  await expect(page.getByTestId("diff-file")).toHaveCount(1);
  await expect(page.getByText("~/.cargo/config.toml")).toBeVisible();
  await page.getByRole("radio", { name: /Everyone, committed/ }).click();
  await expect(page.getByTestId("diff-file")).toHaveCount(2);
  await page.getByRole("combobox", { name: /Our own crates from/ }).click();
  await page.getByRole("option", { name: "No feed" }).click();
  await expect(page.getByTestId("diff-file")).toHaveCount(1);
  await page.getByTestId("connect-apply").click();
  await expect(page.getByTestId("toast")).toBeVisible();
  expect(await granary.asked("change_apply")).toMatchObject([{ request: { change: { ownFeed: null, mode: "committed" } }, fingerprint: "11aa" }]);
});

test("a stale plan is made again before anything is written", async ({ granary, page }) => {
  await granary.open({
    asked: withProject,
    instead: [{ command: "change_apply", answers: [{ error: { code: "planStale", message: "a file changed", hints: [], causes: [] } }] }],
  });
  await toConnect(granary);
  await page.getByTestId("connect-apply").click();
  await expect(page.getByRole("alert")).toContainText("The preview is made again");
  await expect.poll(async () => (await granary.asked("change_plan")).length).toBe(2);
});

test("a folder given at the start is connected without leaving it", async ({ granary, page }) => {
  await granary.open({
    asked: ["feed_create_pair"],
    instead: [{ command: "app_about", answers: [{ ok: { version: "0.1.0", cargo: null, granaryHome: "", startFolder: folder } }] }],
  });
  await page.getByTestId("connect").click();
  await page.getByRole("button", { name: "Use feeds on this computer" }).click();
  await expect(page.getByTestId("diff-file")).toHaveCount(2);
});

const starts = { command: "run_start", answers: [{ ok: "run-1", events: [] }] };

test("a folder is only looked at: nothing is trusted, nothing starts, and focus is where it was", async ({ granary, page }) => {
  await granary.open({ asked: withProject, instead: [starts] });
  await toTrust(granary);
  const onlyLook = page.getByTestId("only-look");
  await expect(onlyLook).toBeFocused();
  await expect(page.getByTestId("trust").getByTestId("trust-row")).toHaveText([
    /build\.rustc-wrapper = "\.\/scripts\/wrap\.sh"\s*\.cargo\/config\.toml: cargo would start it/,
    /http\.proxy = "http:\/\/127\.0\.0\.1:3128"\s*\.cargo\/config\.toml: all of cargo’s requests, with tokens, would go that way/,
  ]);
  await onlyLook.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByTestId("restore")).toBeFocused();
  await page.keyboard.press("Control+r");
  await expect(onlyLook).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search or run" }).fill(">restore");
  await page.keyboard.press("Enter");
  await expect(onlyLook).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("trust-note")).toBeVisible();
  await expect(page.getByTestId("trust-state")).toHaveText("Not trusted yet");
  expect([await granary.asked("project_trust"), await granary.asked("run_start")]).toEqual([[], []]);
});

test("a folder that is trusted is restored, and not asked about again", async ({ granary, page }) => {
  await granary.open({ asked: withProject, instead: [starts] });
  await toTrust(granary);
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("trust-agree")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("trust-state")).toHaveText("Trusted to restore");
  await expect(page.getByRole("tab", { name: /Runs/ })).toHaveAttribute("aria-selected", "true");
  await expect.poll(async () => (await granary.asked("run_start")).length).toBe(1);
  expect(await granary.asked("project_trust")).toEqual([{ folder: gateway, marks: [expect.any(String), expect.any(String)] }]);
  await granary.send(summary("done"));
  await page.getByTestId("restore").click();
  await expect.poll(async () => (await granary.asked("run_start")).length).toBe(2);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByRole("tab", { name: "Overview" }).click();
  await expect(page.getByTestId("trust-note")).toHaveCount(0);
});

test("trust by itself starts nothing, and its note goes", async ({ granary, page }) => {
  await granary.open({ asked: withProject });
  await page.getByTestId("project-edge-gateway").click();
  await page.getByTestId("trust-open").press("Enter");
  await page.getByTestId("trust-agree").press("Enter");
  await expect(page.getByTestId("toast")).toContainText("edge-gateway is trusted");
  await expect(page.getByTestId("trust-note")).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => document.activeElement?.matches(".overview .main"))).toBe(true);
  expect(await granary.asked("run_start")).toEqual([]);
});

test("a trust that is refused says why in the question", async ({ granary, page }) => {
  await granary.open({ asked: withProject, instead: [starts] });
  await granary.record("project_trust", { error: trustRefused });
  await toTrust(granary);
  await page.getByTestId("trust-agree").click();
  const told = page.getByRole("dialog").getByRole("alert");
  await expect(told).toContainText("Cannot write ~/.granary/projects.json");
  await expect(told).toContainText("Check that you may write ~/.granary.");
  expect(await granary.asked("run_start")).toEqual([]);
  await granary.record("project_trust", { args: { folder: gateway }, pending: true });
  await told.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Trusting")).toBeVisible();
  await expect(told).toHaveCount(0);
});
