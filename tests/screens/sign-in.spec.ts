import { lockedScene, refusedScene, twiceScene } from "./sign-in-scenes";
import { expect, signedIn, test, withAccount } from "./stage";

const copied = { writeText: "data-copied" };

test("signing in with the browser without a mouse", async ({ granary, page }) => {
  await granary.open();
  await page.getByTestId("sign-in-browser").waitFor();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Choose your organizations" })).toBeVisible();
  await expect(page.getByTestId("sign-in-step")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("tailspin")).toBeFocused();
  await page.keyboard.press("Space");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "contoso", exact: true })).toBeVisible();
  await expect(page.getByTestId("feed-shared")).toContainText("organization");
  expect(await granary.asked("sign_in_finish")).toMatchObject([{ choice: { organizations: ["contoso"], keeping: "keychain" } }]);
});

test("Esc leaves the browser, and a code can take its place", async ({ granary, page }) => {
  await granary.open({ instead: [{ command: "sign_in_begin", answers: [{ args: { request: { means: "browser" } }, pending: true }] }] });
  await page.getByTestId("sign-in-browser").click();
  await expect(page.getByRole("heading", { name: "Waiting for your browser" })).toBeVisible();
  await page.getByRole("button", { name: "Use a code instead" }).click();
  await expect(page.getByTestId("device-code")).toHaveText("CPQ7VHWXA");
  await expect(page.getByText("15 min 0 s left")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("sign-in-browser")).toBeVisible();
  expect(await granary.asked("sign_in_cancel")).toHaveLength(2);
});

test("a token and its place, pasted, open the feed that was named", async ({ granary, page }) => {
  await granary.open();
  const before = await page.getByTestId("sign-in-browser").boundingBox();
  await page.getByTestId("way-token").focus();
  await page.keyboard.press("Enter");
  const place = page.getByTestId("sign-in-place");
  await expect(place).toBeFocused();
  // What opens moves nothing above it.
  expect((await page.getByTestId("sign-in-browser").boundingBox())?.y).toBe(before?.y);
  await place.fill("https://pkgs.dev.azure.com/contoso/Fabrikam%20Fiber/_packaging/internal/Cargo/index/");
  await expect(place).toHaveAccessibleDescription("contoso · Fabrikam Fiber · internal");
  await page.keyboard.press("Tab");
  const token = page.getByTestId("sign-in-token");
  await expect(token).toBeFocused();
  await expect(token).toHaveAttribute("type", "password");
  await page.keyboard.type("made-up");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "internal", exact: true })).toBeVisible();
  expect(await granary.asked("sign_in_begin")).toMatchObject([{ request: { means: "token", token: "made-up" } }]);
});

test("a token that was refused is not kept in the field", async ({ granary, page }) => {
  await granary.open();
  await page.getByTestId("way-token").click();
  await page.getByTestId("sign-in-place").fill("contoso");
  await page.getByTestId("sign-in-token").fill("withdrawn");
  await page.getByTestId("sign-in-submit").click();
  await expect(page.getByRole("alert")).toContainText("does not know this token");
  await expect(page.getByTestId("sign-in-token")).toHaveValue("");
  await expect(page.getByTestId("sign-in-token")).toBeFocused();
  await expect(page.getByTestId("sign-in-place")).toHaveValue("contoso");
});

test("what was understood follows the last text, and errors belong to the field", async ({ granary, page }) => {
  await granary.open();
  await page.getByTestId("way-server").click();
  const place = page.getByTestId("sign-in-place");
  await place.fill("not a place");
  await expect(place).toHaveAttribute("aria-invalid", "true");
  await expect(place).toHaveAccessibleDescription(/^This names no organization/);
  await place.fill("https://devops.contoso.example/tfs/DefaultCollection");
  await expect(place).toHaveAccessibleDescription("https://devops.contoso.example/tfs · DefaultCollection");
  await expect(page.getByTestId("sign-in-submit")).toHaveAttribute("aria-disabled", "true");
});

test("an administrator's consent is asked for with a message", async ({ granary, page }) => {
  const answers = [
    { args: { request: { means: "browser" } }, error: { code: "consentNeeded", message: "an administrator of this directory has to allow Granary once (AADSTS65001)", hints: [], causes: [] } },
  ];
  await granary.open({ instead: [{ command: "sign_in_begin", answers }] });
  await page.evaluate((name) => {
    const writeText = async (text: string): Promise<void> => document.body.setAttribute(name, text);
    Object.defineProperty(navigator, "clipboard", { value: { writeText } });
  }, copied.writeText);
  await page.getByTestId("sign-in-browser").click();
  await expect(page.getByTestId("consent")).toContainText("An administrator of your company has to allow Granary once.");
  await page.getByTestId("copy-message").click();
  await expect(page.locator("body")).toHaveAttribute(copied.writeText, /AADSTS65001[^]*docs\/sign-in\.md/);
  await page.getByRole("button", { name: "Use the Azure CLI sign-in" }).click();
  await expect(page.getByRole("heading", { name: "Choose your organizations" })).toBeVisible();
});

test("a refused account is signed in to again, the same way, and one is back where one was", async ({ granary, page }) => {
  await granary.open(refusedScene);
  await expect(page.getByTestId("account-contoso").getByRole("img", { name: "sign in needed" })).toBeVisible();
  await page.getByTestId("feed-internal").filter({ hasText: "Fabrikam Fiber" }).click();
  await expect(page.getByRole("heading", { name: "contoso no longer accepts your sign-in" })).toBeVisible();
  await expect(page.getByText("tailspin and this computer work as before")).toBeVisible();
  await page.getByTestId("sign-in-again").click();
  await expect(page.getByRole("heading", { name: "internal", exact: true })).toBeVisible();
  expect(await granary.asked("sign_in_begin")).toMatchObject([{ request: { means: "browser", place: "contoso" } }]);
});

test("the passphrase unlocks, and what it kept back is asked for again", async ({ granary, page }) => {
  await granary.open(lockedScene);
  await page.getByTestId("unlock-passphrase").fill("wrong");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("unlock-passphrase")).toHaveAccessibleDescription(/not the passphrase/);
  await expect(page.getByTestId("unlock-passphrase")).toHaveValue("");
  await page.getByTestId("unlock-passphrase").fill("right");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "contoso has no feeds you can see yet" })).toBeVisible();
});

test("of two identities, cargo is given one's token", async ({ granary, page }) => {
  await granary.open(twiceScene);
  await page.getByTestId("account-contoso-2").click();
  await page.getByTestId("account-menu").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Use for cargo" }).click();
  await expect(page.getByTestId("toast")).toContainText("contoso-2");
  expect(await granary.asked("account_prefer")).toEqual([{ id: "contoso-2" }]);
});

test("signing out says so and leaves the others", async ({ granary, page }) => {
  await granary.open({ asked: signedIn });
  await page.getByTestId("account-menu").click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByTestId("toast")).toContainText("Signed out of contoso");
  await expect(page.getByTestId("account-contoso")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "tailspin", exact: true })).toBeVisible();
});

test("the last account's lines leave cargo's config after a look at them", async ({ granary, page }) => {
  await granary.open({ asked: withAccount });
  await page.getByTestId("account-menu").click();
  await page.getByRole("menuitem", { name: "Remove from the list" }).click();
  await expect(page.getByTestId("diff-file")).toContainText("global-credential-providers");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await granary.asked("provider_remove")).toEqual([{ fingerprint: "5d1a" }]);
});

test("another account is added beside those there are", async ({ granary, page }) => {
  await granary.open({ asked: signedIn });
  await page.keyboard.press("Control+k");
  await page.getByTestId("palette").waitFor();
  await page.keyboard.type("add an acc");
  await expect(page.getByRole("option", { name: /Add an account/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Add an account" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "contoso", exact: true })).toBeVisible();
});
