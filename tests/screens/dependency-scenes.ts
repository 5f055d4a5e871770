import { toProject } from "./project-scenes";
import { failed, runAnswers } from "./run-events";
import type { Place } from "./scenes";
import type { Answer, GranaryWindow, Scene } from "./stage";
import { folder, recorded, withConnection, withCrates, withFeeds } from "./stage";

type Locked = { name: string; version: string; origin: object; size: number | null; held: string | null };
type Opened = { folder: string; name: string; locked: Locked[]; needs: object[]; connection: object };
const answersOf = (command: string) => (recorded(command) as { answers: { ok: unknown }[] }).answers;
const opened = answersOf("project_open")[1]?.ok as Opened;
const diagnosis = answersOf("run_diagnose")[0]?.ok as { cause: { fix: object | null } | null; checks: object[]; report: string };

const elsewhere = { name: "shared", indexUrl: "sparse+https://crates.tailspin.example/index/", feed: null };
const crate = (name: string, more: Partial<Locked> = {}): Locked => ({ name, version: "1.0.0", origin: { kind: "cratesIo", through: "local/main/upstream" }, size: 20_000, held: "saved", ...more });
const ours = "contoso-config contoso-http contoso-telemetry-macros fabrikam-auth fabrikam-billing-proto fabrikam-feature-flags".split(" ");
const shared = ["contoso-build-info", "contoso-lints", "tailspin-geo"];
/** A lock file with every badge and every state in it, and as many crates as are asked for. */
const lockOf = (count: number): Locked[] => {
  const special = [
    ...ours.map((name, at) => crate(name, { version: `3.${at}.0`, origin: { kind: "feed", feed: "local/main/internal" }, size: 40_000 + at * 60_000 })),
    ...shared.map((name, at) => crate(name, { origin: { kind: "registry", url: elsewhere.indexUrl }, size: at === 0 ? 420_000 : 30_000 })),
    crate("openssl-old", { held: "missing", size: null }),
    crate("geo-tiles", { origin: { kind: "git", url: "https://github.com/tailspin/geo-tiles" }, size: null, held: null }),
  ];
  const more = Array.from({ length: Math.max(0, count - opened.locked.length - special.length) }, (_, at) =>
    crate(`leaf-${at}`, { version: `0.${at % 9}.${at % 31}`, size: 4_000 + ((at * 7919) % 40_000) }),
  );
  return [...opened.locked, ...special, ...more];
};
const withLock = (locked: Locked[]): Scene => ({
  asked: withConnection,
  instead: [
    {
      command: "project_open",
      answers: [{ ok: { ...opened, locked, connection: { ...opened.connection, registries: [...(opened.connection as { registries: object[] }).registries, elsewhere] } } }],
    },
  ],
});
export const many = (count: number): Scene => withLock(lockOf(count));

const line = (kind: string, at: number, text: string) => ({ kind, old: kind === "added" ? null : at, new: kind === "removed" ? null : at, text });
const manifest = `${folder}/relay/Cargo.toml`;
export const addPlan = {
  files: [
    {
      path: manifest,
      display: "relay/Cargo.toml",
      place: "repository",
      added: 1,
      removed: 0,
      created: false,
      deleted: false,
      hunks: [{ lines: [line("context", 17, 'tokio = { workspace = true }'), line("added", 18, 'tower-http = { version = "0.6", features = ["trace"] }'), line("context", 19, "tracing = { workspace = true }")] }],
    },
  ],
  added: 1,
  removed: 0,
  notes: [],
  fingerprint: "add1",
  patch: "--- a/relay/Cargo.toml\n",
};
export const adding = (...answers: Answer[]): Scene => ({
  asked: withCrates,
  instead: [
    { command: "change_plan", answers: answers.length > 0 ? answers : [{ ok: addPlan }] },
    { command: "change_apply", answers: [{ ok: { files: [manifest], deed: null } }] },
  ],
});

export const toNeeds = async (granary: GranaryWindow): Promise<void> => {
  await toProject(granary);
  await granary.page.getByRole("tab", { name: /Dependencies/ }).click();
  await granary.page.getByRole("radio", { name: /In manifests/ }).click();
  await granary.page.getByTestId("need-row").first().waitFor();
};
export const needRow = ({ page }: GranaryWindow, of: string, name: string) =>
  page.locator(`[data-testid="need-row"][data-key*="${of}/Cargo.toml"]`).filter({ hasText: name });
/** Stands on a dependency by its name; in the middle of a row is the menu of where it comes from. */
export const chooseNeed = (granary: GranaryWindow, of: string, name: string): Promise<void> => needRow(granary, of, name).getByText(name, { exact: true }).click();
export const toAdd = async (granary: GranaryWindow): Promise<void> => {
  await toNeeds(granary);
  // A narrow window has its button in a menu; the palette has it always.
  await granary.page.keyboard.press("Control+k");
  await granary.page.getByRole("combobox", { name: "Search or run" }).fill(">add a dep");
  await granary.page.keyboard.press("Enter");
  await granary.page.getByRole("heading", { name: "Add a dependency" }).waitFor();
};
const fill = async ({ page }: GranaryWindow): Promise<void> => {
  await page.getByTestId("type-ahead").fill("tower-http");
  await page.getByRole("checkbox", { name: "relay", exact: true }).check();
};
export const toFailure = async (granary: GranaryWindow): Promise<void> => {
  await toProject(granary);
  await granary.page.getByTestId("restore").click();
  await granary.page.getByTestId("run-failure").waitFor();
};
export const failing = (...answers: Answer[]): Scene => {
  const scene = runAnswers(...failed);
  return answers.length > 0 ? { ...scene, instead: [...(scene.instead ?? []), { command: "run_diagnose", answers }] } : scene;
};
export const noCause = { ...diagnosis, cause: null };
export const services = "/home/mira/src/services";
const position = { x: 640, y: 416 };

export const dependencyPlaces: Place[] = [
  {
    name: "where-from",
    scene: many(214),
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByTestId("where-from-row").first().waitFor();
    },
  },
  {
    name: "where-from-one",
    scene: many(214),
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByTestId("treemap").focus();
      await granary.page.keyboard.press("ArrowRight");
      await granary.page.keyboard.press("Enter");
      await granary.page.getByTestId("where-from-all").waitFor();
    },
  },
  {
    name: "locked-states",
    scene: many(214),
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByTestId("open-locked").click();
      await granary.page.getByTestId("locked-row").first().waitFor();
    },
  },
  { name: "needs", scene: { asked: withConnection }, go: toNeeds },
  {
    name: "needs-editing-wrong",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toNeeds(granary);
      await chooseNeed(granary, "relay", "axum");
      await granary.page.keyboard.press("F2");
      await granary.page.getByTestId("requirement-field").fill("latest");
      await granary.page.keyboard.press("Enter");
      await granary.page.getByRole("alert").waitFor();
    },
  },
  {
    name: "needs-from",
    scene: { asked: withConnection },
    go: async (granary) => {
      await toNeeds(granary);
      await chooseNeed(granary, "relay", "contoso-telemetry");
      await granary.page.keyboard.press("Alt+ArrowDown");
      await granary.page.getByRole("menu").waitFor();
    },
  },
  { name: "add-dependency-empty", scene: adding(), go: toAdd },
  {
    name: "add-dependency",
    scene: adding(),
    go: async (granary) => {
      await toAdd(granary);
      await fill(granary);
      await granary.page.getByTestId("add-more").click();
      await granary.page.getByTestId("diff-file").waitFor();
    },
  },
  {
    name: "add-dependency-search",
    scene: adding(),
    go: async (granary) => {
      await toAdd(granary);
      await granary.page.getByTestId("type-ahead").fill("tokio");
      await granary.page.getByRole("option").first().waitFor();
    },
  },
  {
    name: "add-dependency-refused",
    scene: adding({ error: { code: "notFound", message: "There is no crate `tower-htpp` in `upstream`", hints: ["Look at how it is spelled."], causes: [] } }),
    go: async (granary) => {
      await toAdd(granary);
      await fill(granary);
      await granary.page.getByRole("alert").waitFor();
    },
  },
  {
    name: "crate-add-to-project",
    scene: adding(),
    go: async ({ page }) => {
      await page.getByTestId("feed-upstream").click();
      await page.getByTestId("crate-row").first().click();
      await page.getByTestId("add-to-project").click();
      await page.getByRole("menuitem", { name: "telemetry-relay" }).waitFor();
    },
  },
  {
    name: "add-dependency-not-connected",
    scene: { ...adding(), asked: [...withFeeds, "project_open", "run_start"] },
    go: async ({ page }) => {
      await page.getByTestId("feed-internal").click();
      await page.getByTestId("crate-row").first().click();
      await page.getByTestId("add-to-project").click();
      await page.getByRole("menuitem", { name: "telemetry-relay" }).click();
      await page.getByText("does not know").waitFor();
    },
  },
  {
    name: "diagnosis-looking",
    scene: failing({ pending: true }),
    go: async (granary) => {
      await toFailure(granary);
      await granary.page.getByText("Looking for the cause").waitFor();
    },
  },
  {
    name: "diagnosis",
    scene: failing(),
    go: async (granary) => {
      await toFailure(granary);
      await granary.page.getByTestId("run-fix").waitFor();
    },
  },
  {
    name: "diagnosis-none",
    scene: failing({ ok: noCause }),
    go: async (granary) => {
      await toFailure(granary);
      await granary.page.getByText("Nothing known explains this").waitFor();
    },
  },
  {
    name: "diagnosis-report",
    scene: failing(),
    go: async (granary) => {
      await toFailure(granary);
      await granary.page.getByTestId("copy-report").click();
      await granary.page.getByTestId("report").waitFor();
    },
  },
  {
    name: "drop-several",
    scene: { asked: withFeeds },
    go: async (granary) => {
      await granary.emit("tauri://drag-enter", { paths: [services], position });
      await granary.page.getByText("Drop to choose from 3 projects").waitFor();
    },
  },
  {
    name: "choose-project",
    scene: { asked: withFeeds },
    go: async (granary) => {
      await granary.emit("tauri://drag-drop", { paths: [services], position });
      await granary.page.getByRole("dialog", { name: "Which project?" }).waitFor();
      await granary.page.keyboard.press("Space");
    },
  },
];
