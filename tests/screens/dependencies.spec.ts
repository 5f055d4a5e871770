import { adding, addPlan, chooseNeed, failing, many, needRow, noCause, services, toAdd, toFailure, toNeeds } from "./dependency-scenes";
import { toProject } from "./project-scenes";
import { position } from "./scenes";
import { expect, folder, test, withConnection, withFeeds } from "./stage";

const gateway = "/home/mira/src/edge-gateway";

test("the map is one tab stop whose arrows lead from tile to tile, and Enter filters the list beneath", async ({ granary, page }) => {
  await granary.open(many(214));
  await toProject(granary);
  const map = page.getByTestId("treemap");
  const rows = page.getByTestId("where-from-row");
  await expect(rows.first()).toContainText("http-body-util");
  await expect(rows.first()).toContainText("not saved yet");
  await expect(map).toHaveAccessibleName(/Sizes of 209 crates: .*crates\.io, .*Ours, .*shared, 3 Not saved/);
  await map.focus();
  await expect(page.getByTestId("treemap-tip")).toContainText("windows-sys");
  await expect(page.getByTestId("treemap-tip")).toContainText("2.6 MB");
  await page.keyboard.press("ArrowRight");
  const at = await map.getAttribute("aria-activedescendant");
  const name = (await page.locator(`[id="${at}"]`).getAttribute("aria-label"))?.split(" ")[0] ?? "";
  expect(name).not.toBe("windows-sys");
  await page.keyboard.press("Enter");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(name);
  await page.keyboard.press("Escape");
  await expect(rows).not.toHaveCount(1);
  await map.getByRole("option", { name: /^tokio 0/ }).click();
  await expect(rows).toHaveCount(1);
  await page.getByTestId("where-from-all").click();
  await page.getByTestId("open-locked").click();
  await expect(page.getByRole("radio", { name: /Locked/ })).toBeChecked();
});

test("a lock file of a thousand crates is drawn quickly, and few of its rows", async ({ granary, page }) => {
  await granary.open(many(1000));
  await page.evaluate(() => performance.mark("asked"));
  await toProject(granary);
  await expect(page.getByTestId("treemap").getByRole("option")).toHaveCount(995);
  const took = await page.evaluate(async () => {
    const began = performance.now();
    window.dispatchEvent(new Event("resize"));
    await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
    return performance.now() - began;
  });
  expect(took).toBeLessThan(1000);
  expect(await page.getByTestId("where-from-row").count()).toBeLessThan(60);
});

test("what manifests need is searched, and stays the shown part when one comes back", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toNeeds(granary);
  await page.keyboard.press("/");
  await page.keyboard.type("serde");
  await expect(page.getByTestId("need-row").filter({ hasText: "serde" })).toHaveCount(3);
  await expect(page.getByTestId("need-row").and(page.locator('[data-state="package"]'))).toHaveText([/The workspace/, /relay/, /relay-cli/]);
  await page.getByTestId("add-dependency").click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("radio", { name: /In manifests/ })).toBeChecked();
});

test("another requirement is written in its row and looked at before it is applied", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toNeeds(granary);
  await needRow(granary, "relay", "axum").getByText("0.8").dblclick();
  const field = page.getByTestId("requirement-field");
  await expect(field).toHaveValue("0.8");
  await field.fill("newest");
  await page.keyboard.press("Enter");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await page.keyboard.press("Escape");
  await expect(field).toHaveCount(0);
  await expect(page.getByRole("grid", { name: "Dependencies in manifests" })).toBeFocused();
  await page.keyboard.press("F2");
  await field.fill("0.9");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Require axum 0.9" })).toBeVisible();
  expect(await granary.asked("change_plan")).toMatchObject([{ request: { folder, packages: ["relay"], change: { kind: "update", name: "axum", requirement: "0.9" } } }]);
});

test("a crate is taken from another feed, or out, by keyboard", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toNeeds(granary);
  await chooseNeed(granary, "relay", "contoso-telemetry");
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.getByRole("menuitemcheckbox", { name: "internal" })).toBeChecked();
  await page.getByRole("menuitemcheckbox", { name: "crates.io" }).click();
  await expect(page.getByRole("heading", { name: "Take contoso-telemetry from crates.io" })).toBeVisible();
  await page.keyboard.press("Escape");
  await chooseNeed(granary, "relay", "tempfile");
  await page.keyboard.press("Delete");
  await expect(page.getByRole("heading", { name: "Remove tempfile" })).toBeVisible();
  const asked = await granary.asked("change_plan");
  expect(asked).toMatchObject([
    { request: { change: { kind: "move", name: "contoso-telemetry", feed: null } } },
    { request: { packages: ["relay"], change: { kind: "remove", name: "tempfile", list: { kind: "dev" } } } },
  ]);
});

test("what the workspace holds leads there, and what no feed gives says why", async ({ granary, page }) => {
  await granary.open({ asked: withConnection });
  await toNeeds(granary);
  await chooseNeed(granary, "relay-cli", "serde");
  await page.keyboard.press("Enter");
  const current = page.locator('[data-testid="need-row"][data-current]');
  await expect(current).toContainText("serde");
  await expect(current).toContainText("1.0");
  await expect(page.getByTestId("requirement-field")).toHaveCount(0);
  await chooseNeed(granary, "relay-collector", "geo-tiles");
  await expect(needRow(granary, "relay-collector", "geo-tiles")).toContainText("Its address says from where");
  await page.keyboard.press("F2");
  await expect(page.getByTestId("toast")).toContainText("has no version to choose here");
});

test("a crate is added: found by name, seen as a diff while one types, applied by key", async ({ granary, page }) => {
  await granary.open(adding());
  await toAdd(granary);
  await expect(page.getByText("Name a crate to see what would change.")).toBeVisible();
  await page.getByTestId("type-ahead").fill("tok");
  await page.getByRole("option", { name: "tokio 0.55.26" }).click();
  await expect(page.getByText("Choose at least one package.")).toBeVisible();
  await page.getByRole("checkbox", { name: "relay", exact: true }).check();
  await page.getByTestId("add-requirement").fill("1.4");
  await page.getByTestId("add-features").fill("net, sync");
  await page.getByRole("checkbox", { name: "Optional" }).check();
  await expect(page.getByTestId("diff-file")).toBeVisible();
  await expect.poll(async () => (await granary.asked("change_plan")).at(-1)).toMatchObject({
    request: {
      folder,
      packages: ["relay"],
      change: { kind: "add", name: "tokio", rename: null, requirement: "1.4", feed: null, list: { kind: "normal", target: null }, features: ["net", "sync"], noDefaultFeatures: false, optional: true },
    },
  });
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("toast")).toContainText("1 file changed in telemetry-relay");
  await expect(page.getByTestId("need-row").first()).toBeVisible();
  expect(await granary.asked("change_apply")).toMatchObject([{ fingerprint: addPlan.fingerprint }]);
});

test("nothing is planned while the version is none", async ({ granary, page }) => {
  await granary.open(adding());
  await toAdd(granary);
  await page.getByTestId("type-ahead").fill("tower-http");
  await page.getByRole("checkbox", { name: "relay", exact: true }).check();
  await page.getByTestId("diff-file").waitFor();
  await page.getByTestId("add-requirement").fill("newest");
  await expect(page.getByTestId("add-requirement")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByTestId("diff-file")).toHaveCount(0);
  await expect(page.getByTestId("change-apply")).toHaveCount(0);
});

test("a crate of a feed is added to a project from its pane", async ({ granary, page }) => {
  await granary.open(adding());
  await page.getByTestId("feed-internal").click();
  await page.getByTestId("crate-row").filter({ hasText: "contoso-telemetry" }).first().click();
  await page.getByTestId("add-to-project").click();
  await page.getByRole("menuitem", { name: "telemetry-relay" }).click();
  await expect(page.getByTestId("type-ahead")).toHaveValue("contoso-telemetry");
  await page.getByRole("checkbox", { name: "relay-cli" }).check();
  await expect.poll(async () => (await granary.asked("change_plan")).at(-1)).toMatchObject({
    request: { packages: ["relay-cli"], change: { name: "contoso-telemetry", feed: "local/main/internal" } },
  });
});

test("a failure says its cause, and its fix is looked at and then restored with", async ({ granary, page }) => {
  await granary.open(failing());
  await toFailure(granary);
  const card = page.getByTestId("run-failure");
  await expect(card.getByRole("heading", { level: 3 }).first()).toHaveText(/^A token for upstream is still kept/);
  await expect(card).toContainText("~/.cargo/credentials.toml:4");
  await expect(card.getByTestId("diagnosis-check").first()).toContainText("stops cargo");
  await expect(card.getByTestId("diagnosis-check")).toHaveCount(8);
  await page.getByRole("button", { name: "3 more checks" }).click();
  await expect(card.getByTestId("diagnosis-check")).toHaveCount(11);
  expect(await granary.asked("run_diagnose")).toEqual([{ folder, id: "run-1" }]);
  await page.getByTestId("run-fix").click();
  await expect(page.getByTestId("change-apply")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect.poll(async () => (await granary.asked("run_start")).length).toBe(2);
});

test("a failure of no known cause shows what cargo said, and its report before it is copied", async ({ granary, page }) => {
  await granary.open(failing({ ok: noCause }));
  await page.evaluate(() => {
    const writeText = async (text: string): Promise<void> => void (document.body.dataset["copied"] = text);
    Object.defineProperty(navigator, "clipboard", { value: { writeText } });
  });
  await toFailure(granary);
  await expect(page.getByTestId("run-failure")).toContainText("cargo could not take tokio from upstream");
  await page.getByRole("button", { name: "Show the error in the log" }).click();
  await page.getByTestId("copy-report").click();
  await expect(page.getByTestId("report")).toContainText("granary 0.1.0, cargo 1.95.0");
  await expect(page.locator("body")).not.toHaveAttribute("data-copied");
  await page.getByTestId("report-copy").click();
  await expect(page.locator("body")).toHaveAttribute("data-copied", noCause.report);
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("a cause that cannot be looked for leaves what cargo said", async ({ granary, page }) => {
  await granary.open(failing({ error: { code: "internal", message: "the run is not known", hints: [], causes: [] } }));
  await toFailure(granary);
  await expect(page.getByTestId("run-failure")).toContainText("The cause could not be looked for. the run is not known");
  await expect(page.getByTestId("run-failure")).toContainText("cargo could not take tokio");
});

test("of a folder with several projects one is opened by Enter, or several that are checked", async ({ granary, page }) => {
  await granary.open({ asked: withFeeds });
  const sheet = page.getByRole("dialog", { name: "Which project?" });
  await granary.emit("tauri://drag-enter", { paths: [services], position });
  await expect(page.getByTestId("drop-card")).toContainText("Drop to choose from 3 projects");
  await granary.emit("tauri://drag-drop", { paths: [services], position });
  await expect(sheet.getByTestId("candidate")).toHaveCount(3);
  expect(await granary.asked("project_open")).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
  await granary.emit("tauri://drag-drop", { paths: [services], position });
  await sheet.waitFor();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "telemetry-relay", exact: true })).toBeVisible();

  await granary.record("project_choose", { ok: services });
  await page.keyboard.press("Control+o");
  await sheet.waitFor();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await expect(page.getByTestId("candidates-open")).toContainText("Open 2 projects");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "edge-gateway", exact: true })).toBeVisible();
  expect(await granary.asked("project_open")).toMatchObject([{ path: folder }, { path: folder }, { path: gateway }]);
});
