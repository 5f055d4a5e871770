import type { GranaryWindow, Scene } from "./stage";
import { feedPlaces } from "./feed-scenes";
import { feedTabPlaces } from "./feed-tab-scenes";
import { dependencyPlaces } from "./dependency-scenes";
import { projectPlaces, toProject } from "./project-scenes";
import { done, failed, fetched, fetchedLines, fetching, lines, progress, refused, refusedLine, runAnswers, started, summary, underWay, until } from "./run-events";
import { runPlaces } from "./run-scenes";
import { signInPlaces } from "./sign-in-scenes";
import { folder, withAccount, withConnection, withCrates, withFeeds, withProject } from "./stage";

export type Place = {
  name: string;
  scene?: Scene;
  go?: (granary: GranaryWindow) => Promise<void>;
  /** It belongs to the window's usual size alone. */
  fixed?: true;
};

export const position = { x: 640, y: 416 };
export const restore = async (granary: GranaryWindow): Promise<void> => {
  await toProject(granary);
  await granary.page.getByTestId("restore").click();
};
/** 96 crates are here, more are under way, and a registry refused. */
export const running = runAnswers(started, lines, refusedLine, fetched([refused, ...until(96)]), fetchedLines(until(96)), fetching(underWay(96)), progress);

const noBus = {
  code: "precondition",
  message: "`systemctl --user daemon-reload` failed: Failed to connect to bus: No medium found",
  hints: ["Run `granary serve` in a terminal, or start it with your session."],
  causes: [],
};
const toSheet = async (granary: GranaryWindow): Promise<void> => {
  await toProject(granary);
  await granary.page.getByTestId("connect").click();
  await granary.page.getByTestId("keep-running").click();
};

/** Every screen there is, and the way to it. */
export const places: Place[] = [
  ...signInPlaces,
  { name: "welcome" },
  {
    name: "welcome-no-cargo",
    scene: { instead: [{ command: "app_about", answers: [{ ok: { version: "0.1.0", cargo: null, granaryHome: "", startFolder: null } }] }] },
  },
  {
    name: "welcome-port-taken",
    scene: {
      instead: [{ command: "account_use_local", answers: [{ error: { code: "portTaken", message: "Port `8717` is taken by `python3`", hints: ["Set `local.port` in `settings.toml` to a free port."], causes: [] } }] }],
    },
    go: async ({ page }) => {
      await page.getByTestId("use-local").click();
      await page.getByRole("alert").waitFor();
    },
  },
  { name: "no-feeds", scene: { asked: withAccount } },
  {
    name: "new-feed-pair",
    scene: { asked: withAccount },
    go: async ({ page }) => page.getByTestId("create-pair").click(),
  },
  {
    name: "new-feed-one-wrong",
    scene: { asked: withFeeds },
    go: async ({ page }) => {
      await page.getByTestId("account-menu").click();
      await page.getByRole("menuitem", { name: "Create one feed…" }).click();
      await page.getByLabel("Name", { exact: true }).fill("my feed");
      await page.getByText("No blanks").waitFor();
    },
  },
  {
    name: "new-feed-refused",
    scene: {
      asked: withAccount,
      instead: [
        {
          command: "feed_create_pair",
          answers: [
            {
              ok: {
                upstream: { state: "refused", name: "upstream", error: { code: "alreadyExists", message: "`upstream` exists already in `local/main`", hints: ["Take another name."], causes: [] } },
                internal: { state: "created", feed: { reference: "local/main/internal", account: "local", project: "main", id: "1", name: "internal", description: null, indexUrl: "sparse+http://127.0.0.1:8717/x/", upstreams: [], includesCratesIo: false, upstreamsEnabled: true, role: "owner", isPublic: false, hidesDeleted: true, badges: false, defaultView: null, underMaintenance: false, deletedAt: null, purgedAt: null } },
              },
            },
          ],
        },
      ],
    },
    go: async ({ page }) => {
      await page.getByTestId("create-pair").click();
      await page.getByTestId("create-submit").click();
      await page.getByTestId("outcome").first().waitFor();
    },
  },
  { name: "account", scene: { asked: withProject }, go: async ({ page }) => page.getByTestId("feed-row").first().waitFor() },
  ...feedPlaces,
  ...feedTabPlaces,
  ...projectPlaces,
  ...dependencyPlaces,
  {
    name: "project-dependencies",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByRole("tab", { name: /Dependencies/ }).click();
      await granary.page.getByTestId("locked-row").first().waitFor();
    },
  },
  {
    name: "project-no-runs",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByRole("tab", { name: /Runs/ }).click();
    },
  },
  {
    name: "keep-running",
    scene: { asked: withProject },
    go: async (granary) => {
      await toSheet(granary);
      await granary.page.getByTestId("keep-running-apply").waitFor();
    },
  },
  {
    name: "keep-running-refused",
    scene: { asked: withProject, instead: [{ command: "autostart_install", answers: [{ error: noBus }] }] },
    go: async (granary) => {
      await toSheet(granary);
      await granary.page.getByTestId("keep-running-apply").click();
      await granary.page.getByRole("alert").waitFor();
    },
  },
  {
    name: "keep-running-installing",
    scene: { asked: withProject, instead: [{ command: "autostart_install", answers: [{ pending: true }] }] },
    go: async (granary) => {
      await toSheet(granary);
      await granary.page.getByTestId("keep-running-apply").click();
      await granary.page.getByText("Installing").waitFor();
    },
  },
  {
    name: "connect-kept-running",
    scene: { asked: [...withProject, "autostart_install"] },
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByTestId("connect").click();
      await granary.page.getByTestId("keep-running-stop").waitFor();
    },
  },
  {
    name: "restore-running",
    scene: running,
    go: async (granary) => {
      await restore(granary);
      await granary.page.getByText("96", { exact: true }).waitFor();
    },
  },
  {
    name: "restore-cancelling",
    scene: running,
    go: async (granary) => {
      await restore(granary);
      await granary.page.getByTestId("cancel-run").click();
      await granary.page.getByRole("heading", { name: "Cancelling" }).waitFor();
    },
  },
  {
    name: "restore-cancelled",
    scene: runAnswers(started, lines, summary("cancelled")),
    go: async (granary) => {
      await restore(granary);
      await granary.page.locator('[data-state="cancelled"]').waitFor();
    },
  },
  {
    name: "restore-failed",
    scene: runAnswers(...failed),
    go: async (granary) => {
      await restore(granary);
      await granary.page.locator('[data-state="failed"]').first().waitFor();
      await granary.page.keyboard.press("Control+f");
      await granary.page.keyboard.type("tokio");
    },
  },
  {
    name: "restore-refused",
    scene: { asked: withConnection, instead: [{ command: "run_start", answers: [{ error: { code: "cargoMissing", message: "cargo was not found", hints: ["Install Rust from rustup.rs, then try again."], causes: [] } }] }] },
    go: async (granary) => {
      await restore(granary);
      await granary.page.getByRole("alert").waitFor();
    },
  },
  {
    name: "restore-done",
    scene: runAnswers(...done),
    go: async (granary) => {
      await restore(granary);
      await granary.page.getByTestId("run-summary").waitFor();
      await granary.page.getByTestId("timeline").waitFor();
    },
  },
  {
    name: "restore-timeline-table",
    scene: runAnswers(...done),
    go: async (granary) => {
      await restore(granary);
      await granary.page.getByTestId("left-to-cargo").getByText("left to cargo").click();
      await granary.page.getByTestId("timeline-in").click();
      await granary.page.getByTestId("timeline-table").getByText("as a table").click();
      await granary.page.getByRole("button", { name: "aws-lc-sys" }).click();
      await granary.page.getByTestId("timeline-save").focus();
      await granary.page.keyboard.press("Tab");
    },
  },
  {
    name: "runs",
    scene: running,
    go: async (granary) => {
      await restore(granary);
      await granary.page.getByTestId("runs").click();
      await granary.page.getByTestId("run-row").waitFor();
    },
  },
  ...runPlaces,
  { name: "runs-none", scene: { asked: withConnection }, go: async ({ page }) => page.getByTestId("runs").click() },
  {
    name: "palette",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toProject(granary);
      await granary.page.keyboard.press("Control+k");
      await granary.page.getByTestId("palette").waitFor();
      await granary.page.keyboard.type("re");
    },
  },
  {
    name: "help",
    scene: { asked: withConnection },
    go: async ({ page }) => {
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "All keys" }).waitFor();
    },
  },
  {
    name: "drop",
    scene: { asked: withCrates },
    go: async (granary) => {
      await granary.page.getByTestId("feed-upstream").click();
      await granary.emit("tauri://drag-enter", { paths: [folder], position });
      await granary.page.getByText("Drop to open telemetry-relay").waitFor();
    },
  },
  {
    name: "drop-nothing",
    go: async (granary) => {
      await granary.emit("tauri://drag-enter", { paths: ["/home/mira/Pictures"], position });
      await granary.page.getByText("Not a cargo project").waitFor();
    },
  },
  {
    name: "toast",
    scene: { asked: withCrates },
    go: async ({ page }) => {
      await page.getByTestId("feed-upstream").click();
      await page.getByTestId("feed-menu").click();
      await page.getByTestId("copy-index").click();
      await page.getByTestId("toast").waitFor();
    },
  },
];
