import { expect, test, vi } from "vitest";
import * as feedApi from "../api/feed";
import { sampleFeed } from "../test-samples";
import { Workspace } from "./workspace.svelte";

vi.mock("../api/feed");

test("a feed that somebody else renamed is gone on with, unless one went elsewhere", async () => {
  const space = new Workspace();
  const [old, now] = [sampleFeed("internal"), sampleFeed("inner", { id: "internal" })];
  vi.mocked(feedApi.listFeeds).mockResolvedValue([now]);
  space.navigation.go({ at: "feed", feed: old.reference, tab: "views" });
  await space.feedActs.follow(old);
  expect(space.navigation.place).toEqual({ at: "feed", feed: now.reference, tab: "views" });
  expect(space.notices.toast?.text).toContain("internal is called inner now");

  space.navigation.go({ at: "account", account: "local" });
  await space.feedActs.follow(old);
  expect(space.navigation.place.at).toBe("account");
});
