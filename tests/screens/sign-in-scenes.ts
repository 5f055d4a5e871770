import type { Place } from "./scenes";
import type { Answer, GranaryWindow, Scene } from "./stage";
import { signedIn, withAccount } from "./stage";

const begun = { id: "begun-1", user: "mira.lindqvist@contoso.com", organizations: ["contoso"], feed: null, keychainFault: null, hasPassphrase: false, canSave: null };
const fault = {
  code: "noKeychain",
  message: "there is no keychain in this session",
  hints: ["Start a keychain such as gnome-keyring or KWallet in this session, or sign in with `--passphrase`, or set `GRANARY_TOKEN` for this terminal."],
  causes: [],
};
const account = (id: string, more: object = {}): object => ({
  id,
  kind: "services",
  title: id,
  organization: id,
  projects: [],
  url: `https://dev.azure.com/${id}`,
  user: "mira.lindqvist@contoso.com",
  how: "browser",
  keeping: "keychain",
  state: { kind: "ready", until: null },
  isPreferred: true,
  ...more,
});
const local = account("local", { kind: "local", title: "This computer", projects: ["main"], url: "http://127.0.0.1:8717/", user: null, how: null, keeping: null });
const refusal = { code: "notSignedIn", message: "`contoso` no longer accepts the sign-in (AADSTS70043)", hints: ["Open Granary and choose *Sign in again*."], causes: [] };
const needed = { code: "passphraseNeeded", message: "the tokens are kept by a passphrase, and nobody is here to say it", hints: [], causes: [] };

const answers = (command: string, ...given: Answer[]): Scene => ({ instead: [{ command, answers: given }] });
const accounts = (...list: object[]): { command: string; answers: Answer[] } => ({ command: "account_list", answers: [{ ok: list }] });
const isRefused = { state: { kind: "refused", at: "2026-11-22T14:00:00Z", answer: "AADSTS70043" } };
/** contoso refuses, the others do not. */
export const refusedScene: Scene = {
  asked: signedIn,
  instead: [
    accounts(account("contoso", isRefused), account("tailspin"), local),
    { command: "feed_refresh", answers: [{ args: { feed: "contoso/Fabrikam Fiber/internal" }, error: refusal }] },
  ],
};
export const refusedAccountScene: Scene = {
  asked: signedIn,
  instead: [accounts(account("contoso", isRefused), account("tailspin"), local), { command: "feed_list", answers: [{ args: { account: "contoso" }, error: refusal }] }],
};
export const lockedScene: Scene = {
  asked: signedIn,
  instead: [
    accounts(account("contoso", { keeping: "passphrase" }), local),
    { command: "feed_list", answers: [{ args: { account: "contoso" }, error: needed }, { args: { account: "contoso" }, after: ["sign_in_unlock"], ok: [] }] },
  ],
};
/** Two identities at one organization, of which cargo is given the first one's token. */
export const twiceScene: Scene = {
  asked: signedIn,
  instead: [
    accounts(account("contoso"), account("contoso-2", { organization: "contoso", url: "https://dev.azure.com/contoso", user: "build@contoso.com", how: "token", isPreferred: false, state: { kind: "ready", until: "2027-03-03T12:00:00Z" } }), local),
    { command: "feed_list", answers: [{ args: { account: "contoso-2" }, ok: [] }] },
  ],
};
export const byBrowser = async ({ page }: GranaryWindow): Promise<void> => page.getByTestId("sign-in-browser").click();
export const byToken = async ({ page }: GranaryWindow): Promise<void> => {
  await page.getByTestId("way-token").click();
  await page.getByTestId("sign-in-place").fill("contoso");
  await page.getByTestId("sign-in-token").fill("made-up");
  await page.getByTestId("sign-in-token").press("Enter");
};
const feedOf = (name: string, project: string) => async ({ page }: GranaryWindow): Promise<void> => {
  await page.getByTestId(`feed-${name}`).filter({ hasText: project }).click();
};
const url = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?client_id=6f1c7a52-0d0e-4a63-9a57-2f3d5c1b8e90&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A49152&scope=offline_access&state=made-up";

/** Signing in and out, and accounts that want something. */
export const signInPlaces: Place[] = [
  { name: "welcome-no-azure-cli", scene: answers("sign_in_azure_cli_user", { ok: null }), go: async ({ page }) => page.getByTestId("sign-in-browser").waitFor() },
  {
    name: "welcome-no-client-id",
    scene: answers("sign_in_ways", { ok: { hasClientId: false, environmentVariable: null } }),
    go: async ({ page }) => page.getByTestId("use-azure-cli").waitFor(),
  },
  {
    name: "welcome-environment",
    scene: answers("sign_in_ways", { ok: { hasClientId: true, environmentVariable: "GRANARY_TOKEN" } }),
    go: async ({ page }) => page.getByTestId("environment").waitFor(),
  },
  {
    name: "welcome-token",
    go: async ({ page }) => {
      await page.getByTestId("way-token").click();
      await page.getByTestId("sign-in-place").fill("https://pkgs.dev.azure.com/contoso/Fabrikam%20Fiber/_packaging/internal/Cargo/index/");
      await page.getByText("Fabrikam Fiber").waitFor();
    },
  },
  {
    name: "welcome-server",
    go: async ({ page }) => {
      await page.getByTestId("way-server").click();
      await page.getByLabel("Address").waitFor();
    },
  },
  {
    name: "welcome-field-error",
    go: async ({ page }) => {
      await page.getByTestId("way-token").click();
      await page.getByTestId("sign-in-place").fill("not a place");
      await page.getByText("this names no organization").waitFor();
    },
  },
  {
    name: "welcome-token-trying",
    scene: answers("sign_in_begin", { pending: true, steps: [{ kind: "trying" }] }),
    go: async (granary) => {
      await byToken(granary);
      await granary.page.getByText("Trying the token").waitFor();
    },
  },
  {
    name: "welcome-token-refused",
    scene: answers("sign_in_begin", { error: { code: "notSignedIn", message: "`contoso` does not know this token", hints: ["Check that all of it was copied, that it was not withdrawn, and that it was made in this organization."], causes: [] } }),
    go: async (granary) => {
      await byToken(granary);
      await granary.page.getByRole("alert").waitFor();
    },
  },
  {
    name: "waiting-for-browser",
    scene: answers("sign_in_begin", { pending: true, steps: [{ kind: "browser", url, isOpened: true }] }),
    go: async (granary) => {
      await byBrowser(granary);
      await granary.page.getByRole("heading", { name: "Waiting for your browser" }).waitFor();
    },
  },
  {
    name: "waiting-no-browser",
    scene: answers("sign_in_begin", { pending: true, steps: [{ kind: "browser", url, isOpened: false }] }),
    go: async (granary) => {
      await byBrowser(granary);
      await granary.page.getByTestId("sign-in-address").waitFor();
    },
  },
  {
    name: "waiting-trying",
    scene: answers("sign_in_begin", { pending: true, steps: [{ kind: "browser", url, isOpened: true }, { kind: "trying" }] }),
    go: async (granary) => {
      await byBrowser(granary);
      await granary.page.getByRole("heading", { name: "You are signed in" }).waitFor();
    },
  },
  {
    name: "device-code",
    go: async ({ page }) => {
      await page.getByTestId("sign-in-code").click();
      await page.getByTestId("device-code").waitFor();
    },
  },
  {
    name: "choose-organizations",
    go: async (granary) => {
      await byBrowser(granary);
      await granary.page.getByLabel("tailspin").uncheck();
    },
  },
  {
    name: "no-keychain",
    scene: answers("sign_in_begin", { ok: { ...begun, keychainFault: fault } }),
    go: async (granary) => {
      await byBrowser(granary);
      await granary.page.getByTestId("keychain-fault").waitFor();
      await granary.page.getByTestId("passphrase").fill("one thing");
      await granary.page.getByTestId("passphrase-again").fill("another");
      await granary.page.keyboard.press("Enter");
    },
  },
  {
    name: "no-keychain-this-run",
    scene: answers("sign_in_begin", { ok: { ...begun, keychainFault: fault } }),
    go: async (granary) => {
      await byBrowser(granary);
      await granary.page.getByRole("radio", { name: /Only until Granary closes/ }).click();
    },
  },
  {
    name: "say-the-passphrase",
    scene: {
      instead: [
        { command: "sign_in_begin", answers: [{ ok: { ...begun, hasPassphrase: true } }] },
        { command: "sign_in_finish", answers: [{ error: { ...needed, message: "that is not the passphrase the tokens are kept by" } }] },
      ],
    },
    go: async (granary) => {
      await byBrowser(granary);
      await granary.page.getByTestId("passphrase").fill("wrong");
      await granary.page.keyboard.press("Enter");
      await granary.page.getByText("that is not the passphrase").waitFor();
    },
  },
  {
    name: "consent-needed",
    scene: answers("sign_in_begin", { error: { code: "consentNeeded", message: "an administrator of this directory has to allow Granary once (AADSTS65001)", hints: [], causes: [] } }),
    go: async (granary) => {
      await byBrowser(granary);
      await granary.page.getByTestId("consent").waitFor();
    },
  },
  {
    name: "reads-only",
    scene: answers("sign_in_begin", { ok: { ...begun, canSave: false } }),
    go: async (granary) => {
      await byToken(granary);
      await granary.page.getByTestId("reads-only").waitFor();
    },
  },
  { name: "account-contoso", scene: { asked: signedIn }, go: async ({ page }) => page.getByTestId("feed-row").first().waitFor() },
  {
    name: "account-menu",
    scene: twiceScene,
    go: async ({ page }) => {
      await page.getByTestId("account-contoso-2").click();
      await page.getByTestId("account-menu").click();
      await page.getByRole("menuitem", { name: "Use for cargo" }).waitFor();
    },
  },
  {
    name: "account-no-feeds",
    scene: { asked: signedIn, instead: [{ command: "feed_list", answers: [{ args: { account: "contoso" }, ok: [] }] }] },
    go: async ({ page }) => page.getByText("Look in another organization").waitFor(),
  },
  {
    name: "account-loading",
    scene: { asked: signedIn, instead: [{ command: "feed_list", answers: [{ args: { account: "contoso" }, pending: true }] }] },
    go: async ({ page }) => page.getByRole("img", { name: "loading" }).waitFor(),
  },
  {
    name: "account-offline",
    scene: { asked: signedIn, instead: [{ command: "feed_list", answers: [{ args: { account: "contoso" }, error: { code: "unreachable", message: "cannot list the feeds of `contoso`: `feeds.dev.azure.com` does not answer", hints: ["Check the network, and any proxy."], causes: [] } }] }] },
    go: async ({ page }) => page.getByRole("img", { name: "offline" }).waitFor(),
  },
  { name: "add-account", scene: { asked: signedIn }, go: async ({ page }) => page.getByTestId("add-account").click() },
  { name: "refused", scene: refusedScene, go: feedOf("internal", "Fabrikam Fiber") },
  { name: "refused-account", scene: refusedAccountScene, go: async ({ page }) => page.getByTestId("refused").waitFor() },
  {
    name: "sign-in-again-token",
    scene: refusedAccountScene,
    go: async ({ page }) => {
      await page.getByRole("button", { name: "Use a token", exact: true }).click();
      await page.getByTestId("sign-in-token").waitFor();
    },
  },
  {
    name: "unlock",
    scene: lockedScene,
    go: async ({ page }) => page.getByTestId("unlock-passphrase").waitFor(),
  },
  {
    name: "no-keychain-account",
    scene: { asked: signedIn, instead: [{ command: "feed_list", answers: [{ args: { account: "contoso" }, error: fault }] }] },
    go: async ({ page }) => page.getByRole("alert").waitFor(),
  },
  {
    name: "signed-out",
    scene: { asked: withAccount },
    go: async ({ page }) => {
      await page.getByTestId("account-menu").click();
      await page.getByRole("menuitem", { name: "Remove from the list" }).click();
      await page.getByTestId("remove-lines").waitFor();
    },
  },
  {
    name: "new-feed-azure",
    scene: { asked: signedIn },
    go: async ({ page }) => {
      await page.getByTestId("create-pair").click();
      await page.getByRole("combobox", { name: /Belongs to/ }).click();
      await page.getByRole("option", { name: /the organization/ }).waitFor();
    },
  },
  {
    name: "new-feed-projects-failed",
    scene: { asked: signedIn, instead: [{ command: "azure_project_list", answers: [{ error: { code: "forbidden", message: "`contoso` does not let this token list projects", hints: ["Give it the scope *Project and team: Read*."], causes: [] } }] }] },
    go: async ({ page }) => {
      await page.getByTestId("create-pair").click();
      await page.getByRole("alert").waitFor();
    },
  },
];
