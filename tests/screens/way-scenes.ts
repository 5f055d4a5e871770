import type { Answer, GranaryWindow, Scene } from "./stage";
import type { Place } from "./scenes";
import { folder, gateway, recorded, signedIn, withConnection, withFeeds, withProject } from "./stage";

type Project = Record<string, unknown> & { folder: string };
const opened = (recorded("project_open") as { answers: { args: object; ok?: Project }[] }).answers;
const unconnected = opened[0]?.ok as Project;
const connected = opened[1]?.ok as Project;
const untrusted = opened.find((each) => each.ok?.folder === gateway)?.ok as Project;

export const position = { x: 640, y: 416 };
export const starts = { command: "run_start", answers: [{ ok: "run-1", events: [] }] };

/** A project new here: its config names no feed, and a program. */
const wrapper = { file: `${folder}/.cargo/config.toml`, key: "build.rustc-wrapper", program: "./scripts/wrap.sh", mark: "mark of the wrapper", when: "always" };
const brings = { programs: [wrapper], isTrusted: false, isTrustedToBuild: false };
const trusted = { ...connected, ...brings, isTrusted: true, isTrustedToBuild: true };
export const newHere: Scene = {
  asked: withFeeds,
  instead: [
    {
      command: "project_open",
      answers: [{ ok: { ...unconnected, ...brings } }, { after: ["change_apply"], ok: { ...connected, ...brings } }, { after: ["project_trust"], ok: trusted }],
    },
    { command: "project_trust", answers: [{ ok: trusted }] },
    starts,
  ],
};
export const drop = async (granary: GranaryWindow): Promise<void> => {
  await granary.emit("tauri://drag-drop", { paths: [folder], position });
  await granary.page.getByTestId("restore").waitFor();
};
export const toConnectFirst = async (granary: GranaryWindow): Promise<void> => {
  await drop(granary);
  await granary.page.getByTestId("restore").click();
  await granary.page.getByTestId("diff-file").first().waitFor();
};

/** A project of contoso's feeds, to which the sign-in is refused, then good again. */
const upstream = { name: "upstream", indexUrl: "sparse+https://pkgs.dev.azure.com/contoso/Fabrikam%20Fiber/_packaging/upstream/Cargo/index/", feed: "contoso/Fabrikam Fiber/upstream" };
const accounts = (recorded("account_list") as { answers: { ok: object[] }[] }).answers[2]?.ok ?? [];
const refused = { state: { kind: "refused", at: "2026-11-22T14:00:00Z", answer: "AADSTS70043" } };
export const refusedOnTheWay = (...begun: Answer[]): Scene => ({
  asked: [...signedIn, "project_open"],
  instead: [
    { command: "account_list", answers: [{ ok: accounts.map((each, at) => (at === 0 ? { ...each, ...refused } : each)) }] },
    { command: "project_open", answers: [{ ok: { ...connected, connection: { registries: [upstream], cratesIoThrough: upstream } } }] },
    ...(begun.length > 0 ? [{ command: "sign_in_begin", answers: begun }] : []),
    starts,
  ],
});

/** To build takes more trust than to restore. */
export const toTrustForBuild = async ({ page }: GranaryWindow): Promise<void> => {
  await page.getByTestId("project-edge-gateway").click();
  await page.getByTestId("restore").waitFor();
  await page.keyboard.press("Control+b");
  await page.getByTestId("trust").waitFor();
};
const agreed = { ...untrusted, isTrusted: true };
export const trustedToRestore: Scene = { asked: [...withProject, "project_trust"], instead: [starts, { command: "project_trust", answers: [{ ok: { ...agreed, isTrustedToBuild: true } }] }] };

type Locked = { name: string; held: string | null };
/** So many of what is locked are not saved, missing and yanked. */
export const lacking = (notSaved: number, missing: number, yanked: number): Scene => {
  const held = (at: number): string => (at < notSaved ? "notSaved" : at < notSaved + missing ? "missing" : at < notSaved + missing + yanked ? "yanked" : "saved");
  const locked = (connected["locked"] as Locked[]).map((each, at) => ({ ...each, held: held(at) }));
  return { asked: withConnection, instead: [{ command: "project_open", answers: [{ args: { path: folder }, ok: { ...connected, locked } }] }, starts] };
};
export const toLocked = async ({ page }: GranaryWindow): Promise<void> => {
  await page.getByTestId("project-telemetry-relay").click();
  await page.getByRole("tab", { name: /Dependencies/ }).click();
  await page.getByTestId("locked-row").first().waitFor();
};

export const toQuit = async (granary: GranaryWindow): Promise<void> => {
  await granary.page.getByTestId("project-telemetry-relay").click();
  await granary.page.getByTestId("restore").click();
  await granary.page.getByTestId("cancel-run").waitFor();
  await granary.emit("quit-asked", 1);
  await granary.page.getByTestId("quit").waitFor();
};
const going: Scene = { asked: withConnection, instead: [starts] };

/** What lies between a press and its run, and what asks before runs are stopped. */
export const wayPlaces: Place[] = [
  { name: "way-connect", scene: newHere, go: toConnectFirst },
  {
    name: "way-connect-no-feeds",
    scene: { ...newHere, asked: ["account_use_local"] },
    go: async (granary) => {
      await drop(granary);
      await granary.page.getByTestId("restore").click();
      await granary.page.getByTestId("skip-connecting").waitFor();
    },
  },
  {
    name: "way-sign-in",
    scene: refusedOnTheWay({ pending: true, steps: [] }),
    go: async (granary) => {
      await granary.page.getByTestId("project-telemetry-relay").click();
      await granary.page.getByTestId("restore").click();
      await granary.page.getByRole("heading", { name: "Sign in to contoso, then restore" }).waitFor();
    },
  },
  { name: "trust-to-build", scene: { asked: withProject, instead: [starts] }, go: toTrustForBuild },
  {
    name: "trust-to-build-shown",
    scene: { asked: withProject, instead: [starts] },
    go: async (granary) => {
      await toTrustForBuild(granary);
      for (const each of await granary.page.getByTestId("trust-show").all()) await each.click();
    },
  },
  { name: "trust-to-build-only", scene: trustedToRestore, go: toTrustForBuild },
  { name: "locked-lacking", scene: lacking(12, 2, 1), go: toLocked },
  {
    name: "locked-none-missing",
    scene: lacking(1, 0, 0),
    go: async (granary) => {
      await toLocked(granary);
      await granary.page.getByRole("radio", { name: /Not in feed/ }).click();
      await granary.page.getByText("No locked crate is of this kind").waitFor();
    },
  },
  { name: "quit", scene: going, go: toQuit },
  {
    name: "quit-several",
    scene: going,
    go: async (granary) => {
      await granary.emit("quit-asked", 3);
      await granary.page.getByTestId("quit").waitFor();
    },
  },
  {
    name: "quit-refused",
    scene: { ...going, instead: [starts, { command: "app_quit", answers: [{ error: { code: "internal", message: "a run does not end", hints: ["End `cargo` by hand, then try again."], causes: [] } }] }] },
    go: async (granary) => {
      await toQuit(granary);
      await granary.page.getByTestId("quit-stop").click();
      await granary.page.getByRole("alert").waitFor();
    },
  },
];
