import type { Place } from "./scenes";
import type { Answer, GranaryWindow, Scene } from "./stage";
import { folder, gateway, recorded, withConnection, withProject } from "./stage";
import { wayPlaces } from "./way-scenes";

export const toProject = async ({ page }: GranaryWindow): Promise<void> => page.getByTestId("project-telemetry-relay").click();
export const toConnect = async (granary: GranaryWindow): Promise<void> => {
  await toProject(granary);
  await granary.page.getByTestId("connect").click();
  await granary.page.getByTestId("diff-file").first().waitFor();
};
export const toConfig = async (granary: GranaryWindow): Promise<void> => {
  await toProject(granary);
  await granary.page.getByRole("tab", { name: /Config/ }).click();
  await granary.page.getByTestId("config-row").first().waitFor();
};
export const toFixes = async (granary: GranaryWindow): Promise<void> => {
  await toProject(granary);
  await granary.page.getByTestId("review-fixes").click();
  await granary.page.getByTestId("diff-file").first().waitFor();
};
const toUntrusted = async ({ page }: GranaryWindow): Promise<void> => {
  await page.getByTestId("project-edge-gateway").click();
  await page.getByTestId("trust-note").waitFor();
};
/** A restore asks first where the folder brings things of its own. */
export const toTrust = async (granary: GranaryWindow): Promise<void> => {
  await toUntrusted(granary);
  await granary.page.getByTestId("restore").click();
  await granary.page.getByRole("dialog", { name: "Let cargo run what this folder brings?" }).waitFor();
};
const toUndo = async (granary: GranaryWindow): Promise<void> => {
  await toProject(granary);
  await granary.page.getByTestId("project-menu").click();
  await granary.page.getByTestId("undo-last").click();
};
/** Opens a key in the Config tab. */
export const openKey = (name: string) => async (granary: GranaryWindow): Promise<void> => {
  await toConfig(granary);
  await granary.page.getByRole("button", { name, exact: true }).click();
};

type Check = { id: string; title: string; verdict: string; words: string; evidence: object[]; fix: object | null };
type Report = { folder: string; displayFolder: string; firstProblem: string | null; checks: Check[] };
type Project = { folder: string; settings: { key: string; origin: object }[]; faults: object[] };
const answersOf = (command: string) => (recorded(command) as { answers: { ok: unknown }[] }).answers;
const report = answersOf("project_check")[0]?.ok as Report;
const project = answersOf("project_open")[1]?.ok as Project;
const scene = (command: string, ...answers: Answer[]): Scene => ({ asked: withConnection, instead: [{ command, answers }] });

const checkOf = (id: string, verdict: string, words: string, fix: object | null, ...evidence: object[]): Check => ({ id, title: id, verdict, words, evidence, fix });
const request = { kind: "request", asked: "GET https://pkgs.dev.azure.com/contoso/_packaging/upstream/Cargo/index/config.json", authorization: "Basic", status: 401 };
/** One finding for each way of mending. */
export const everyFix: Check[] = [
  checkOf("P-01", "problem", "`upstream` refuses the token that cargo would send", { kind: "signIn", place: "contoso" }, request),
  checkOf("P-09", "problem", "no credential provider is configured: cargo asks none for a token, not even its own files", { kind: "connect", feed: "local/main/upstream" }),
  checkOf("reachable", "problem", "`internal` does not answer: nobody listens", { kind: "serve" }, { ...request, authorization: null, status: null }),
  checkOf("P-13", "problem", "nobody saved `http-body-util 0.1.3` in `contoso/Fabrikam Fiber/upstream` yet, and a reader may not", { kind: "askForRole", feed: "contoso/Fabrikam Fiber/upstream", role: "collaborator" }, { kind: "catalogue", feed: "contoso/Fabrikam Fiber/upstream", at: null }),
  checkOf("P-36", "warning", "`CARGO_REGISTRIES_INTERNAL_INDEX` is set beside config, so cargo looks for the token of `internal` under `INTERNAL`", { kind: "unset", variable: "CARGO_REGISTRIES_INTERNAL_INDEX" }, { kind: "variable", name: "CARGO_REGISTRIES_INTERNAL_INDEX" }),
  checkOf("toolchain", "warning", "the toolchain `1.96` is asked for and not installed", { kind: "toolchain", name: "1.96" }, { kind: "file", path: `${folder}/rust-toolchain.toml`, display: "rust-toolchain.toml", line: 2 }),
  checkOf("lock-out-of-date", "warning", "Cargo.lock does not have `serde`, which a manifest needs", { kind: "restore" }, { kind: "said", line: "error: the lock file needs to be updated" }),
  checkOf("granary-provider", "warning", "`contoso` is signed in, and cargo does not ask Granary for the token of `upstream`", { kind: "change", change: { kind: "provider", isUsed: true } }, { kind: "account", id: "contoso" }),
  checkOf("P-38", "warning", "the address of `internal` is written in another case than the feed’s own", { kind: "byHand", what: "write `Fabrikam Fiber` as the feed does" }),
  checkOf("P-31", "unknown", "`upstream` did not answer in time", null),
];
export const withChecks = (...checks: Check[]): Scene => scene("project_check", { ok: { ...report, checks: [...checks, ...report.checks] } });
const set = (key: string, origin: object): Scene =>
  scene("project_open", { args: { path: folder }, ok: { ...project, settings: project.settings.map((each) => (each.key === key ? { ...each, origin } : each)) } });
export const setByVariable = set("net.retry", { kind: "variable", name: "CARGO_NET_RETRY" });
const fault = { path: "/home/mira/.cargo/config.toml", display: "~/.cargo/config.toml", words: "line 7: a key stands twice: `replace-with`" };
const refusal = { code: "precondition", message: "`.cargo/config.toml` was changed since, so nothing is undone", hints: ["Take the change back by hand, or with git."], causes: [] };
export const trustRefused = { code: "internal", message: "cannot write `~/.granary/projects.json`", hints: ["Check that you may write `~/.granary`."], causes: ["permission denied"] };
const program = (key: string, value: string): object => ({ file: `${gateway}/.cargo/config.toml`, key, program: value, mark: `mark of ${key}`, when: "always" });
const manyPrograms: Scene = {
  asked: withProject,
  instead: [
    {
      command: "project_open",
      answers: [
        {
          args: { path: gateway },
          ok: {
            ...(answersOf("project_open").find((each) => (each.ok as Project | undefined)?.folder === gateway)?.ok as Project),
            programs: [
              program("build.rustc-wrapper", `./scripts/${"very-long-and-".repeat(13)}wrap.sh and more`),
              program("credential-alias.granary", "./evil\u202e --now\n"),
              program("http.cainfo", "certificates/company.pem"),
              program("include", "../of-another-project/config.toml"),
              ...Array.from({ length: 8 }, (_, at) => program(`target.x86_64-unknown-linux-gnu-${at}.runner`, "qemu-x86_64 -L /usr/x86_64-linux-gnu")),
            ],
          },
        },
      ],
    },
  ],
};
const stale = { code: "planStale", message: "`.cargo/config.toml` changed", hints: [], causes: [] };

/** Everything about a project but its dependencies. */
export const projectPlaces: Place[] = [
  { name: "project-not-connected", scene: { asked: withProject }, go: toProject },
  {
    name: "project",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByTestId("check-row").first().waitFor();
    },
  },
  {
    name: "project-every-fix",
    scene: withChecks(...everyFix),
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByTestId("check-row").nth(9).waitFor();
    },
  },
  {
    name: "project-all-passed",
    scene: withChecks(),
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByTestId("checks-passed").click();
    },
  },
  {
    name: "project-checks-refused",
    scene: scene("project_check", { error: { code: "internal", message: "the project’s folder cannot be read", hints: [], causes: ["permission denied"] } }),
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByRole("alert").waitFor();
    },
  },
  {
    name: "project-menu",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByTestId("project-menu").click();
      await granary.page.getByTestId("disconnect").waitFor();
    },
  },
  {
    name: "project-config",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByRole("button", { name: "source.crates-io.replace-with" }).click();
      await granary.page.getByText("~/.cargo/config.toml:4").waitFor();
    },
  },
  { name: "config", scene: { asked: withConnection }, go: openKey("net.retry") },
  {
    name: "config-wrong-value",
    scene: { asked: withConnection },
    go: async (granary) => {
      await openKey("net.retry")(granary);
      await granary.page.getByTestId("change-value").click();
      await granary.page.getByTestId("config-value").fill("three");
      await granary.page.keyboard.press("Enter");
      await granary.page.getByText("Text stands in quotes").waitFor();
    },
  },
  {
    name: "config-add",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toConfig(granary);
      await granary.page.getByTestId("add-key").click();
      await granary.page.getByTestId("config-key").fill("http.timeout");
    },
  },
  { name: "config-locked", scene: setByVariable, go: openKey("net.retry") },
  { name: "config-faulty", scene: scene("project_open", { args: { path: folder }, ok: { ...project, faults: [fault] } }), go: toConfig },
  { name: "project-not-trusted", scene: { asked: withProject }, go: toUntrusted },
  { name: "project-trusted", scene: { asked: [...withProject, "project_trust"] }, go: async ({ page }) => page.getByTestId("project-edge-gateway").click() },
  { name: "trust", scene: { asked: withProject }, go: toTrust },
  {
    name: "trust-many",
    scene: manyPrograms,
    go: async (granary) => {
      await toTrust(granary);
      await granary.page.getByTestId("trust-row").nth(11).waitFor();
    },
  },
  {
    name: "trust-refused",
    scene: { asked: withProject, instead: [{ command: "project_trust", answers: [{ error: trustRefused }] }] },
    go: async (granary) => {
      await toTrust(granary);
      await granary.page.getByTestId("trust-agree").click();
      await granary.page.getByRole("alert").waitFor();
    },
  },
  { name: "review", scene: { asked: withConnection }, go: toFixes },
  {
    name: "review-one",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByTestId("fix").first().click();
      await granary.page.getByTestId("diff-file").first().waitFor();
    },
  },
  {
    name: "review-nothing-chosen",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toFixes(granary);
      for (const each of await granary.page.getByTestId("review-change").all()) await each.uncheck();
      await granary.page.getByText("Choose at least one change").waitFor();
    },
  },
  {
    name: "review-stale",
    scene: scene("change_apply", { error: stale }),
    go: async (granary) => {
      await toFixes(granary);
      await granary.page.getByTestId("change-apply").click();
      await granary.page.getByRole("alert").waitFor();
    },
  },
  {
    name: "undo",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toUndo(granary);
      await granary.page.getByTestId("diff-file").first().waitFor();
    },
  },
  {
    name: "undo-refused",
    scene: scene("undo_plan", { error: refusal }),
    go: async (granary) => {
      await toUndo(granary);
      await granary.page.getByRole("alert").waitFor();
    },
  },
  { name: "connect", scene: { asked: withProject }, go: toConnect },
  {
    name: "connect-ci",
    scene: { asked: withProject },
    go: async (granary) => {
      await toConnect(granary);
      await granary.page.getByRole("radio", { name: /Only CI/ }).click();
      await granary.page.getByText("granary-ci.toml").first().waitFor();
    },
  },
  {
    name: "connect-choosing",
    scene: { asked: withProject },
    go: async (granary) => {
      await toConnect(granary);
      await granary.page.getByRole("combobox", { name: /Our own crates from/ }).click();
      await granary.page.getByRole("option").first().waitFor();
    },
  },
  {
    name: "connect-already",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByTestId("connect").click();
      await granary.page.getByTestId("already").waitFor();
    },
  },
  {
    name: "connect-stale",
    scene: { asked: withProject, instead: [{ command: "change_apply", answers: [{ error: stale }] }] },
    go: async (granary) => {
      await toConnect(granary);
      await granary.page.getByTestId("connect-apply").click();
      await granary.page.getByRole("alert").waitFor();
    },
  },
  {
    name: "connect-no-account",
    scene: { instead: [{ command: "app_about", answers: [{ ok: { version: "0.1.0", cargo: null, granaryHome: "", startFolder: folder } }] }] },
    go: async ({ page }) => {
      await page.getByTestId("connect").click();
      await page.getByRole("button", { name: "Use feeds on this computer" }).waitFor();
    },
  },
  ...wayPlaces,
];
