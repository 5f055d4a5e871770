import { expect, test } from "vitest";
import type { Account } from "../api/account";
import type { Project } from "../api/project";
import type { RecordedAnswer, Recording } from "../api/recorded";
import { playRecorded } from "../api/recordings";
import { IpcFailure } from "../api/transport";
import { nextOf, type Known, type Next } from "./one-click.svelte";
import { Workspace } from "./workspace.svelte";

const folder = "/home/mira/src/telemetry-relay";
const gateway = "/home/mira/src/edge-gateway";
const fetch = { verb: "fetch", release: false } as const;
const refusal = { code: "notSignedIn", message: "no", hints: [], causes: [] } as const;

const account = (id: string, more: object = {}): Account => ({ id, kind: id === "local" ? "local" : "services", state: { kind: "ready", until: null }, ...more }) as Account;
const naming = (...feeds: (string | null)[]): Project =>
  ({ connection: { registries: feeds.map((feed) => ({ name: "r", indexUrl: "", feed })), cratesIoThrough: null }, programs: [], isTrusted: true, isTrustedToBuild: false }) as unknown as Project;

test("what is missing comes in the order it has to be done", () => {
  const refused = account("contoso", { state: { kind: "refused", at: "", answer: null } });
  const check = (project: Project | null, accounts: Account[], expected: Next, more: Partial<Known> = {}): void =>
    expect(nextOf(fetch, { project, accounts, failureOf: () => null, ...more })).toEqual(expected);
  check(null, [], { at: "start" });
  check(naming(), [], { at: "connect" });
  check(naming(null), [], { at: "connect" });
  check(naming("contoso/a"), [], { at: "signIn", account: "contoso" });
  check(naming("contoso/a"), [refused], { at: "signIn", account: "contoso" });
  check(naming("contoso/a"), [account("contoso")], { at: "signIn", account: "contoso" }, { failureOf: () => new IpcFailure({ ...refusal, hints: [], causes: [] }) });
  check(naming("local/main/a"), [], { at: "serve" });
  check(naming("local/main/a", "contoso/a"), [account("local")], { at: "signIn", account: "contoso" });
  check({ ...naming("contoso/a"), isTrusted: false }, [account("contoso")], { at: "trust" });
  check(naming("contoso/a"), [account("contoso")], { at: "start" });
});

test("what was gone through is not asked for twice, and compiling takes more trust", () => {
  const known = { project: naming("contoso/a"), accounts: [], failureOf: () => null };
  expect(nextOf(fetch, known, ["signIn contoso"])).toEqual({ at: "start" });
  expect(nextOf({ verb: "build", release: true }, known, ["signIn contoso"])).toEqual({ at: "trust" });
  expect(nextOf(fetch, { ...known, project: naming() }, ["connect"])).toEqual({ at: "start" });
});

const answers = (command: string, ...all: RecordedAnswer[]): Recording => ({ command, answers: all });
async function spaceWith(asked: string[], ...instead: Recording[]) {
  window.__granaryScene = { asked, instead: [answers("run_start", { ok: "run-1", events: [] }), ...instead] };
  const stage = playRecorded();
  delete window.__granaryScene;
  const space = new Workspace();
  await space.accounts.refresh();
  return { space, stage, started: () => stage.asked.filter((each) => each.command === "run_start").length };
}

test("connecting leads on to the run; going elsewhere gives it up, also for whoever comes back", async () => {
  const { space, started } = await spaceWith(["account_use_local"]);
  await space.projects.open(folder);
  const { navigation, oneClick } = space;
  navigation.go({ at: "project", folder, tab: "overview" });
  const intent = { folder, ...fetch };
  await oneClick.begin(intent);
  expect(navigation.place).toEqual({ at: "connect", folder, feed: null });
  expect(oneClick.intent).toEqual(intent);
  navigation.go({ at: "runs" });
  navigation.back();
  expect([navigation.place.at, oneClick.intent]).toEqual(["connect", null]);
  await oneClick.goOn(() => navigation.leave());
  expect(started()).toBe(0);
  navigation.leave();
  await oneClick.begin(intent);
  await oneClick.goOn(() => navigation.replace({ at: "project", folder, tab: "overview" }));
  expect(started()).toBe(1);
  expect(navigation.place).toEqual({ at: "project", folder, tab: "runs" });
});

test("without connecting, it starts where one stands", async () => {
  const { space, started } = await spaceWith(["account_use_local"]);
  await space.oneClick.begin({ folder, ...fetch });
  await space.oneClick.goOnWithout();
  expect(started()).toBe(1);
  await space.oneClick.goOnWithout();
  expect(started()).toBe(1);
});

test("the feeds on this computer are started on the way, and trust is asked for", async () => {
  const { space, stage, started } = await spaceWith([]);
  await space.projects.open(gateway);
  await space.oneClick.begin({ folder: gateway, ...fetch });
  expect(stage.asked.some((each) => each.command === "account_use_local")).toBe(true);
  expect(space.trust.folder).toBe(gateway);
  await space.trust.agree();
  await expect.poll(started).toBe(1);
});

test("a sign-in that succeeds leads on, and one that is left does not", async () => {
  const { space, stage, started } = await spaceWith([]);
  const project = await space.projects.open(folder);
  const upstream = { name: "upstream", indexUrl: "sparse+https://x/", feed: "contoso/upstream" };
  stage.record(answers("project_open", { ok: { ...project, connection: { registries: [upstream], cratesIoThrough: upstream } } }));
  await space.projects.read(folder);
  const { navigation, oneClick, signIns } = space;
  const home = { at: "project", folder, tab: "overview" } as const;
  navigation.go(home);
  await oneClick.begin({ folder, ...fetch });
  expect(navigation.place).toEqual({ at: "signIn", again: "contoso", way: null });
  signIns.leave();
  expect([navigation.place, oneClick.intent]).toEqual([home, null]);
  await oneClick.begin({ folder, ...fetch });
  await signIns.current.begin({ means: "token", place: "contoso" }, "made-up");
  await expect.poll(started).toBe(1);
  expect(navigation.place).toEqual({ ...home, tab: "runs" });
  navigation.back();
  expect(navigation.place).toEqual(home);
});
