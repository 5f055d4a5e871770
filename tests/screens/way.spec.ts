import { summary } from "./run-events";
import { expect, folder, gateway, test, withConnection, withProject } from "./stage";
import { drop, lacking, newHere, refusedOnTheWay, starts, toConnectFirst, toLocked, toQuit, toTrustForBuild, trustedToRestore } from "./way-scenes";

const begun = { id: "begun-1", user: "mira.lindqvist@contoso.com", organizations: ["contoso"], feed: null, keychainFault: null, hasPassphrase: false, canSave: true };

test("one press goes from a dropped project through Apply and Trust to a run", async ({ granary, page }) => {
  await granary.open(newHere);
  await drop(granary);
  await expect(page.getByTestId("restore")).toHaveClass(/filled/);
  await page.keyboard.press("Control+r");
  await expect(page.getByRole("heading", { name: "Connect to feeds, then restore" })).toBeVisible();
  const apply = page.getByTestId("connect-apply");
  await expect(apply).toContainText("Apply and restore");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("only-look")).toBeFocused();
  await expect(page.getByTestId("trust").getByTestId("trust-row")).toHaveCount(1);
  await expect(page.getByTestId("toast")).toContainText("files changed in telemetry-relay");
  expect(await granary.asked("run_start")).toEqual([]);
  await page.getByTestId("trust-agree").click();
  await expect(page.getByRole("tab", { name: /Runs/ })).toHaveAttribute("aria-selected", "true");
  await expect.poll(() => granary.asked("run_start")).toMatchObject([{ request: { folder, verb: "fetch", release: false, locked: false, offline: false } }]);
  // Connecting was on the way: back leads to the project.
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(page.getByRole("heading", { name: "telemetry-relay", exact: true })).toBeVisible();
});

test("leaving on the way gives it up", async ({ granary, page }) => {
  await granary.open(newHere);
  await toConnectFirst(granary);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("restore")).toBeVisible();
  await page.getByTestId("connect").click();
  await expect(page.getByRole("heading", { name: "Connect to feeds", exact: true })).toBeVisible();
  await expect(page.getByTestId("skip-connecting")).toHaveCount(0);
  await page.getByTestId("connect-apply").click();
  await expect(page.getByTestId("toast")).toContainText("changed in telemetry-relay");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await granary.asked("run_start")).toEqual([]);
});

test("a project of crates.io alone is restored without connecting", async ({ granary, page }) => {
  await granary.open({ asked: withProject, instead: [starts] });
  await page.getByTestId("project-telemetry-relay").click();
  await page.getByTestId("restore").click();
  await page.getByTestId("skip-connecting").click();
  await expect.poll(async () => (await granary.asked("run_start")).length).toBe(1);
  expect(await granary.asked("change_apply")).toEqual([]);
  await granary.send(summary("done"));
  await page.getByTestId("project-menu").click();
  await page.getByTestId("restore-only").click();
  await expect.poll(async () => (await granary.asked("run_start")).length).toBe(2);
});

test("a sign-in that is refused is had again on the way", async ({ granary, page }) => {
  await granary.open(refusedOnTheWay({ ok: begun }));
  await page.getByTestId("project-telemetry-relay").click();
  await page.getByTestId("restore").click();
  await expect.poll(async () => (await granary.asked("run_start")).length).toBe(1);
  expect(await granary.asked("sign_in_begin")).toMatchObject([{ request: { means: "browser", place: "contoso" } }]);
  await expect(page.getByRole("tab", { name: /Runs/ })).toHaveAttribute("aria-selected", "true");
});

test("a sign-in that is left starts nothing", async ({ granary, page }) => {
  await granary.open(refusedOnTheWay({ pending: true, steps: [] }));
  await page.getByTestId("project-telemetry-relay").click();
  await page.getByTestId("restore").click();
  await expect(page.getByRole("heading", { name: "Sign in to contoso, then restore" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Back", exact: true }).click();
  await expect(page.getByTestId("restore")).toBeVisible();
  expect(await granary.asked("run_start")).toEqual([]);
});

test("a build asks for what compiling runs, shows it in place, and starts", async ({ granary, page }) => {
  await granary.open({ asked: withProject, instead: [starts] });
  await toTrustForBuild(granary);
  const rows = page.getByTestId("trust").getByTestId("trust-row");
  await expect(rows).toHaveCount(5);
  await expect(page.getByTestId("trust")).toContainText("Build compiles, and build scripts and macros are programs that run while cargo compiles.");
  await expect(rows.nth(2)).toContainText("Build script: build.rs of edge-gateway");
  await expect(rows.nth(4)).toContainText("Dependencies: build scripts and macros of 132 crates from local/main/upstream");
  const show = rows.first().getByTestId("trust-show");
  await expect(show).toHaveAccessibleName("Show build.rustc-wrapper");
  await show.press("Enter");
  await expect(rows.first().getByTestId("trust-shown")).toContainText(`${gateway}/.cargo/config.toml:2`);
  await show.press("Enter");
  await expect(page.getByTestId("trust-shown")).toHaveCount(0);
  await page.getByTestId("trust-agree").click();
  await expect.poll(() => granary.asked("project_trust")).toMatchObject([{ folder: gateway, marks: { length: 5 } }]);
});

test("who restores already is asked for the rest alone, and the build follows", async ({ granary, page }) => {
  await granary.open(trustedToRestore);
  await page.getByTestId("project-edge-gateway").click();
  await expect(page.getByTestId("trust-state")).toHaveText("Trusted to restore");
  await page.getByTestId("project-menu").click();
  await page.getByTestId("run-build-release").click();
  await expect(page.getByTestId("trust").getByTestId("trust-row")).toHaveCount(3);
  await page.getByTestId("trust-agree").click();
  await expect.poll(() => granary.asked("run_start")).toMatchObject([{ request: { folder: gateway, verb: "build", release: true } }]);
  await expect(page.getByTestId("trust-state")).toHaveText("Trusted");
});

test("checks, verifying and saving start from the menu and the palette", async ({ granary, page }) => {
  await granary.open({ asked: withConnection, instead: [starts] });
  await page.getByTestId("project-telemetry-relay").click();
  for (const verb of ["check", "verify", "seed"]) {
    await page.getByTestId("project-menu").click();
    await page.getByTestId(`run-${verb}`).click();
    await expect.poll(async () => (await granary.asked("run_start")).at(-1)).toMatchObject({ request: { verb, release: false } });
    await granary.send(summary("done"));
    await page.getByTestId("restore").waitFor();
  }
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search or run" }).fill(">build --rel");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await granary.asked("run_start")).at(-1)).toMatchObject({ request: { verb: "build", release: true } });
  await page.getByTestId("project-menu").click();
  await expect(page.getByTestId("undo-last")).toBeVisible();
  await expect(page.getByTestId("run-build")).toHaveCount(0);
});

test("what the feeds lack is counted, found and saved", async ({ granary, page }) => {
  await granary.open(lacking(12, 2, 1));
  await toLocked(granary);
  const note = page.getByTestId("seed-note");
  await expect(note).toContainText(/12 of \d+ crates are not saved in local\/main\/upstream yet/);
  await expect(note).toContainText("2 are neither in their feed nor in an upstream of it.");
  await expect(note).toContainText("1 is yanked");
  await page.getByRole("radio", { name: /Not saved/ }).click();
  await expect(page.getByTestId("locked-row")).toHaveCount(12);
  await page.getByRole("radio", { name: /Yanked/ }).click();
  await expect(page.getByTestId("locked-row")).toHaveCount(1);
  await page.getByTestId("save-to-feed").click();
  await expect.poll(() => granary.asked("run_start")).toMatchObject([{ request: { folder, verb: "seed" } }]);
  await page.getByRole("tab", { name: /Dependencies/ }).click();
  await expect(page.getByTestId("save-to-feed")).toHaveCount(0);
});

test("closing the window asks while a run goes on; keeping it is harmless, stopping is said", async ({ granary, page }) => {
  await granary.open({ asked: withConnection, instead: [starts] });
  await toQuit(granary);
  const sheet = page.getByRole("dialog", { name: "A restore is going on" });
  expect(await granary.asked("app_quit_heard")).toHaveLength(1);
  await expect(page.getByTestId("quit-keep")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
  expect([await granary.asked("app_quit"), await granary.asked("run_cancel")]).toEqual([[], []]);
  await granary.emit("quit-asked", 1);
  await page.getByTestId("quit-stop").click();
  await expect.poll(async () => (await granary.asked("app_quit")).length).toBe(1);
});

test("a run that ends under the question needs no stopping", async ({ granary, page }) => {
  await granary.open({ asked: withConnection, instead: [starts] });
  await toQuit(granary);
  await granary.send(summary("done"));
  await expect(page.getByRole("dialog", { name: "Nothing is running any more" })).toBeVisible();
  await expect(page.getByTestId("quit-keep")).toBeFocused();
  await page.getByTestId("quit-now").click();
  await expect.poll(async () => (await granary.asked("app_quit")).length).toBe(1);
});
