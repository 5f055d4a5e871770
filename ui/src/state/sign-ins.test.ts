import { expect, test } from "vitest";
import { playRecorded } from "../api/recordings";
import type { Stage } from "../api/recorded";
import { Workspace } from "./workspace.svelte";

const opened = async (...asked: string[]): Promise<{ space: Workspace; stage: Stage }> => {
  window.__granaryScene = { asked };
  const stage = playRecorded();
  const space = new Workspace();
  await space.start();
  return { space, stage };
};
const contoso = (space: Workspace) => {
  const account = space.accounts.find("contoso");
  if (!account) throw new Error("contoso is not recorded");
  return account;
};

test("signing in shows the account, or the feed that was named", async () => {
  const { space } = await opened();
  const { current } = space.signIns;
  await current.begin({ means: "token", place: "contoso" }, "t");
  await expect.poll(() => space.navigation.place).toEqual({ at: "account", account: "contoso" });
  expect(current.phase.at).toBe("idle");
  expect(space.accounts.all.map((each) => each.id)).toEqual(["contoso", "tailspin"]);
});

test("signing in again comes back to where one was", async () => {
  const { space, stage } = await opened("sign_in_finish");
  space.navigation.go({ at: "feed", feed: "contoso/shared" });
  space.signIns.again(contoso(space));
  await expect.poll(() => space.navigation.place).toEqual({ at: "feed", feed: "contoso/shared" });
  expect(stage.asked.filter((each) => each.command === "sign_in_begin")).toMatchObject([
    { args: { request: { means: "browser", place: "contoso" } } },
  ]);
});

test("a token is asked for again, not sent again", async () => {
  const { space, stage } = await opened("sign_in_finish");
  space.signIns.again(contoso(space), "token");
  expect(space.navigation.place).toEqual({ at: "signIn", again: "contoso", way: "token" });
  expect(stage.asked.some((each) => each.command === "sign_in_begin")).toBe(false);
  space.signIns.leave();
  expect(space.navigation.place).toEqual({ at: "account", account: "contoso" });
});

test("signing out shows the next account, and says so", async () => {
  const { space } = await opened("account_use_local", "sign_in_finish");
  await space.signIns.signOut(contoso(space));
  expect(space.navigation.place).toEqual({ at: "account", account: "tailspin" });
  expect(space.notices.toast?.text).toBe("Signed out of contoso");
  expect(space.signIns.removal).toBeNull();
  expect(space.feeds.of("contoso")).toEqual([]);
});

test("the last account takes its lines along, if one wants", async () => {
  const { space, stage } = await opened("account_use_local");
  const [local] = space.accounts.all;
  if (!local) throw new Error("this computer is not recorded");
  await space.signIns.signOut(local);
  expect(space.navigation.place).toEqual({ at: "welcome" });
  expect(space.signIns.removal?.fingerprint).toBe("5d1a");
  await space.signIns.removeLines();
  expect(space.signIns.removal).toBeNull();
  expect(stage.asked.at(-1)).toMatchObject({ command: "provider_remove", args: { fingerprint: "5d1a" } });
});

test("whoever went on to something else stays there", async () => {
  const { space } = await opened("account_use_local", "sign_in_finish");
  space.signIns.add();
  const begun = space.signIns.current.begin({ means: "browser", place: null });
  space.navigation.go({ at: "runs" });
  await begun;
  expect(space.navigation.place).toEqual({ at: "runs" });
  expect(space.notices.toast?.action?.label).toBe("Show");
  space.notices.toast?.action?.run();
  expect(space.navigation.place).toMatchObject({ at: "signIn" });
  expect(space.signIns.current.phase.at).toBe("choosing");
  space.navigation.go({ at: "runs" });
  await space.signIns.current.goOn();
  await expect.poll(() => space.notices.toast?.text).toBe("Signed in to contoso and tailspin");
  expect(space.navigation.place).toEqual({ at: "runs" });
});
