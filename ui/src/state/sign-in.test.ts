import { afterEach, expect, test, vi } from "vitest";
import { installRecorded, type RecordedAnswer, type Stage } from "../api/recorded";
import type { SignInBegun } from "../api/sign-in";
import { SignIn } from "./sign-in.svelte";

const begun: SignInBegun = {
  id: "begun-1",
  user: "mira.lindqvist@contoso.com",
  organizations: ["contoso"],
  feed: null,
  keychainFault: null,
  hasPassphrase: false,
  canSave: null,
};
const fault = { code: "noKeychain" as const, message: "there is no keychain in this session", hints: [], causes: [] };
const wrong = { code: "passphraseNeeded" as const, message: "that is not the passphrase", hints: [], causes: [] };

const play = (begin: RecordedAnswer[], finish: RecordedAnswer[] = [{ ok: [] }]): Stage =>
  installRecorded([
    { command: "sign_in_begin", answers: begin },
    { command: "sign_in_finish", answers: finish },
    { command: "sign_in_cancel", answers: [{ ok: null }] },
    { command: "sign_in_forget", answers: [{ ok: null }] },
  ]);
const asked = (stage: Stage, command: string): unknown[] =>
  stage.asked.filter((each) => each.command === command).map((each) => each.args);

afterEach(() => vi.useRealTimers());

test("one organization and a keychain need no further question", async () => {
  const done = vi.fn();
  const accounts = [{ id: "contoso-2" }];
  const stage = play([{ ok: { ...begun, feed: "contoso/internal" } }], [{ ok: accounts }]);
  const signIn = new SignIn(done);
  await signIn.begin({ means: "token", place: "contoso" }, "a-token");
  // A second identity has an alias, and its feeds are called by that.
  expect(signIn.phase).toMatchObject({ at: "done", feed: "contoso-2/internal" });
  expect(done).toHaveBeenCalledWith(accounts, "contoso-2/internal");
  expect(asked(stage, "sign_in_begin")).toMatchObject([{ request: { means: "token", place: "contoso", token: "a-token" } }]);
  expect(asked(stage, "sign_in_finish")).toMatchObject([{ choice: { organizations: ["contoso"], keeping: "keychain", passphrase: null } }]);
  expect(JSON.stringify({ ...signIn, phase: signIn.phase, wanted: signIn.wanted })).not.toContain("a-token");
});

test("the browser is waited for, and a code shown with its end", async () => {
  vi.useFakeTimers({ now: 1000 });
  const stage = play([{ pending: true }]);
  const signIn = new SignIn();
  const waited = signIn.begin({ means: "browser", place: null });
  expect(signIn.takesThePage).toBe(true);
  stage.step({ kind: "browser", url: "u", isOpened: false });
  expect(signIn.phase).toEqual({ at: "waiting", url: "u", isOpened: false, trying: false });
  const other = signIn.begin({ means: "deviceCode", place: null });
  stage.step({ kind: "code", code: "ABC", url: "u", seconds: 900 });
  expect(signIn.phase).toEqual({ at: "code", code: "ABC", url: "u", endsAt: 901_000, trying: false });
  stage.step({ kind: "trying" });
  expect(signIn.phase).toMatchObject({ at: "code", trying: true });
  signIn.cancel();
  await Promise.all([waited, other]);
  expect(signIn.phase).toEqual({ at: "idle" });
  expect(asked(stage, "sign_in_cancel")).toHaveLength(2);
});

test("an answer that comes after the cancel is forgotten", async () => {
  const stage = play([{ ok: begun }]);
  const signIn = new SignIn();
  const waited = signIn.begin({ means: "browser", place: null });
  signIn.cancel();
  await waited;
  expect(signIn.phase).toEqual({ at: "idle" });
  expect(asked(stage, "sign_in_forget")).toEqual([{ id: "begun-1" }]);
  expect(asked(stage, "sign_in_finish")).toEqual([]);
});

test("of several organizations some are chosen", async () => {
  const stage = play([{ ok: { ...begun, organizations: ["contoso", "tailspin"] } }]);
  const signIn = new SignIn();
  await signIn.begin({ means: "browser", place: null });
  expect(signIn.phase).toMatchObject({ at: "choosing", chosen: ["contoso", "tailspin"] });
  signIn.choose("contoso", false);
  signIn.choose("tailspin", false);
  await signIn.goOn();
  expect(asked(stage, "sign_in_finish")).toEqual([]);
  signIn.choose("contoso", true);
  await signIn.goOn();
  expect(asked(stage, "sign_in_finish")).toMatchObject([{ choice: { organizations: ["contoso"] } }]);
});

test("a token that only reads is shown before it is kept", async () => {
  play([{ ok: { ...begun, canSave: false } }]);
  const signIn = new SignIn();
  await signIn.begin({ means: "token", place: "contoso" }, "t");
  expect(signIn.phase.at).toBe("choosing");
  expect(signIn.takesThePage).toBe(true);
  await signIn.goOn();
  expect(signIn.phase.at).toBe("done");
});

test("without a keychain one chooses how it is kept", async () => {
  const stage = play([{ ok: { ...begun, keychainFault: fault } }]);
  const signIn = new SignIn();
  await signIn.begin({ means: "browser", place: "contoso" });
  expect(signIn.phase).toMatchObject({ at: "keeping", fault: { message: fault.message } });
  await signIn.keep("passphrase", "long enough");
  expect(asked(stage, "sign_in_finish")).toMatchObject([{ choice: { keeping: "passphrase", passphrase: "long enough" } }]);
  expect(signIn.phase.at).toBe("done");
});

test("a passphrase that is kept by already is asked for, and may be wrong", async () => {
  const keychain = { args: { choice: { keeping: "keychain" } }, error: wrong };
  const bad = { args: { choice: { keeping: "passphrase" } }, error: wrong };
  play([{ ok: { ...begun, hasPassphrase: true } }], [{ ok: [] }, keychain, bad]);
  const signIn = new SignIn();
  await signIn.begin({ means: "browser", place: "contoso" });
  expect(signIn.phase).toMatchObject({ at: "keeping", fault: null });
  expect(signIn.refused).toBeNull();
  await signIn.keep("passphrase", "nope");
  expect(signIn.phase.at).toBe("keeping");
  expect(signIn.refused?.code).toBe("passphraseNeeded");
  await signIn.keep("thisRun");
  expect(signIn.phase.at).toBe("done");
});

test("a refusal stands where it was asked for", async () => {
  const stage = play([{ error: { code: "consentNeeded", message: "an administrator has to allow it", hints: [], causes: [] } }]);
  const signIn = new SignIn();
  await signIn.begin({ means: "browser", place: null });
  expect(signIn.failure("browser", "deviceCode")?.code).toBe("consentNeeded");
  expect(signIn.failure("token")).toBeNull();
  expect(signIn.takesThePage).toBe(false);
  signIn.cancel();
  expect(asked(stage, "sign_in_cancel")).toEqual([]);
});

test("what waits to be kept is forgotten with a cancel", async () => {
  const stage = play([{ ok: { ...begun, organizations: ["a", "b"] } }]);
  const signIn = new SignIn();
  await signIn.begin({ means: "azureCli", place: null });
  signIn.cancel();
  expect(asked(stage, "sign_in_forget")).toEqual([{ id: "begun-1" }]);
});
