import { expect, test } from "vitest";
import type { Fix } from "../api/check";
import { installRecorded } from "../api/recorded";
import { sampleFeed } from "../test-samples";
import { fixAct } from "./fixes";
import { Workspace } from "./workspace.svelte";

const folder = "/p";
const act = (fix: Fix, space = new Workspace(), then?: "restore") => ({ space, mend: fixAct(fix, folder, space, then) });

test("a change is looked at before it is applied, and leads to a restore where one failed", () => {
  const fix: Fix = { kind: "change", change: { kind: "provider", isUsed: true } };
  const { space, mend } = act(fix, new Workspace(), "restore");
  expect(mend?.label).toBe("Apply the fix and restore…");
  mend?.act();
  expect(space.navigation.place).toMatchObject({ at: "review", folder, review: { kind: "changes", changes: [fix.change], then: "restore" } });
  expect(act(fix).mend?.label).toBe("Add Granary as provider…");
});

test("what is for a person to do has no button, and the rest says what it does", () => {
  expect(act({ kind: "byHand", what: "ask somebody" }).mend).toBeNull();
  const labels = (
    [
      { kind: "connect", feed: null },
      { kind: "signIn", place: "contoso" },
      { kind: "serve" },
      { kind: "restore" },
      { kind: "unset", variable: "A" },
      { kind: "toolchain", name: "1.96" },
      { kind: "askForRole", feed: "contoso/upstream", role: "collaborator" },
    ] satisfies Fix[]
  ).map((fix) => act(fix).mend?.label);
  expect(labels).toEqual(["Connect…", "Sign in…", "Start the feeds here", "Restore", "Copy the command", "Copy the rustup command", "Copy a message to an owner"]);
});

test("one signs in again where an account's feed is meant, and anew where it is nobody's", async () => {
  const account = { id: "contoso", kind: "services", title: "contoso", organization: "contoso", projects: [], url: "https://dev.azure.com/contoso", user: null, how: "token", keeping: null, state: { kind: "signedIn" }, isPreferred: true };
  installRecorded([
    { command: "account_list", answers: [{ ok: [account] }] },
    { command: "app_about", answers: [{ ok: null }] },
    { command: "feed_list", answers: [{ ok: [sampleFeed("upstream", { account: "contoso", indexUrl: "sparse+https://feed/" })] }] },
    { command: "sign_in_cancel", answers: [{ ok: null }] },
  ]);
  const space = new Workspace();
  await space.accounts.load();
  await space.feeds.load("contoso");
  act({ kind: "signIn", place: "sparse+https://feed/" }, space).mend?.act();
  expect(space.navigation.place).toEqual({ at: "signIn", again: "contoso", way: "token" });
  act({ kind: "signIn", place: "sparse+https://elsewhere/" }, space).mend?.act();
  expect(space.navigation.place).toEqual({ at: "signIn", again: null, way: null });
});
