import { beforeEach, expect, test, vi } from "vitest";
import * as feedApi from "../api/feed";
import * as permissionApi from "../api/permission";
import * as retentionApi from "../api/retention";
import * as viewApi from "../api/view";
import { IpcFailure } from "../api/transport";
import { sampleFeed } from "../test-samples";
import { Feeds } from "./feeds.svelte";
import { Notices } from "./notices.svelte";
import { IdentitySearch, Permissions } from "./permissions.svelte";
import { RetentionDraft } from "./retention.svelte";
import { Upstreams } from "./upstreams.svelte";
import { Views } from "./views.svelte";

vi.mock("../api/feed");
vi.mock("../api/permission");
vi.mock("../api/retention");
vi.mock("../api/view");

const refusal = new IpcFailure({ code: "precondition", message: "not possible", hints: [], causes: [] });
const upstream = (name: string): feedApi.Upstream => ({ id: name, name, kind: "feed", location: null, trouble: null, removedAt: null });
const person = (name: string, role: permissionApi.Role, isInherited = false): permissionApi.Permission => ({
  identity: { descriptor: name, id: null, name, also: null, kind: "person" },
  role,
  isInherited,
});
let feeds: Feeds;
let notices: Notices;

beforeEach(async () => {
  feeds = new Feeds();
  notices = new Notices();
  vi.mocked(feedApi.listFeeds).mockResolvedValue([sampleFeed("internal", { upstreams: ["a", "b", "c"].map(upstream) })]);
  await feeds.load("local");
});

test("an upstream is asked earlier at once, and goes back where that is refused", async () => {
  const upstreams = new Upstreams("local/main/internal", feeds, notices);
  const names = (): string => upstreams.all.map((each) => each.name).join("");
  vi.mocked(feedApi.changeUpstream).mockRejectedValue(refusal);
  const done = upstreams.move(upstream("c"), 0);
  expect([names(), upstreams.waiting]).toEqual(["cab", "c"]);
  await done;
  expect([names(), upstreams.waiting, upstreams.refused?.message]).toEqual(["abc", null, "not possible"]);
  expect(vi.mocked(feedApi.changeUpstream).mock.lastCall?.[1]).toEqual({ kind: "move", id: "c", before: 0 });
});

test("what was taken out is put back where it was", async () => {
  const upstreams = new Upstreams("local/main/internal", feeds, notices);
  vi.mocked(feedApi.changeUpstream).mockImplementation(async (_, change) =>
    sampleFeed("internal", { upstreams: (change.kind === "remove" ? ["a", "c"] : ["a", "b", "c"]).map(upstream) }),
  );
  await upstreams.remove(upstream("b"));
  expect(upstreams.all.map((each) => each.name)).toEqual(["a", "c"]);
  notices.act();
  expect(vi.mocked(feedApi.changeUpstream).mock.lastCall?.[1]).toEqual({ kind: "restore", id: "b", before: 1 });
  await vi.waitFor(() => expect(upstreams.all).toHaveLength(3));
});

test("the highest right comes first; a refused role goes back, an inherited one stays", async () => {
  vi.mocked(permissionApi.listPermissions).mockResolvedValue([person("Ada", "reader"), person("Ben", "owner"), person("Ada", "owner", true)]);
  const permissions = new Permissions("feed", notices);
  await permissions.load();
  const roles = (): string[] => permissions.all.map((each) => `${each.identity.name} ${each.role} ${each.isInherited}`);
  expect(roles()).toEqual(["Ada owner true", "Ben owner false", "Ada reader false"]);
  vi.mocked(permissionApi.setPermission).mockRejectedValue(refusal);
  const done = permissions.set(person("Ada", "reader").identity, "contributor");
  expect(roles()).toContain("Ada contributor false");
  await done;
  expect([roles()[2], permissions.refused?.name]).toEqual(["Ada reader false", "Ada"]);
});

test("a role taken away comes back with its undo", async () => {
  vi.mocked(permissionApi.listPermissions).mockResolvedValue([person("Ben", "owner"), person("Ada", "collaborator")]);
  vi.mocked(permissionApi.removePermission).mockResolvedValue([person("Ben", "owner")]);
  const permissions = new Permissions("feed", notices);
  await permissions.load();
  await permissions.remove(person("Ada", "collaborator").identity);
  expect(permissions.all).toHaveLength(1);
  notices.act();
  expect(vi.mocked(permissionApi.setPermission).mock.lastCall?.slice(1)).toEqual([person("Ada", "owner").identity, "collaborator"]);
});

test("people are looked for from two characters on, and late answers are dropped", async () => {
  vi.useFakeTimers();
  const answers: (() => void)[] = [];
  vi.mocked(permissionApi.searchIdentities).mockImplementation((_, text) => new Promise((resolve) => answers.push(() => resolve([person(text, "reader").identity]))));
  const search = new IdentitySearch("contoso");
  search.type("a");
  await vi.advanceTimersByTimeAsync(200);
  expect(permissionApi.searchIdentities).not.toHaveBeenCalled();
  search.type("an");
  await vi.advanceTimersByTimeAsync(200);
  search.type("ann");
  await vi.advanceTimersByTimeAsync(200);
  answers[1]?.();
  answers[0]?.();
  await vi.advanceTimersByTimeAsync(1);
  expect(search.found.value?.[0]?.name).toBe("ann");
  vi.useRealTimers();
});

test("limits are looked at before they are set, and can be set back", async () => {
  vi.useFakeTimers();
  vi.mocked(retentionApi.showRetention).mockResolvedValue({ countLimit: 40, days: 90 });
  vi.mocked(retentionApi.setRetention).mockImplementation(async (_, wanted) => wanted);
  const draft = new RetentionDraft("feed", notices);
  await draft.load();
  expect([draft.limited, draft.countText, draft.isCurrent]).toEqual([true, "40", true]);
  draft.change({ countText: "6000" });
  expect(draft.isWrong).toBe(true);
  draft.change({ countText: "20" });
  await vi.advanceTimersByTimeAsync(300);
  expect(vi.mocked(retentionApi.previewRetention).mock.lastCall?.[1]).toEqual({ countLimit: 20, days: 90 });
  await draft.save();
  expect(draft.isCurrent).toBe(true);
  notices.act();
  expect(vi.mocked(retentionApi.setRetention).mock.lastCall?.[1]).toEqual({ countLimit: 40, days: 90 });
  vi.useRealTimers();
});

test("a view that may not be deleted is there again", async () => {
  const view: viewApi.View = { id: "1", name: "Local", holdsEverything: true, visibility: "collection", isDefault: true, versionCount: null };
  vi.mocked(viewApi.listViews).mockResolvedValue([view]);
  vi.mocked(viewApi.deleteView).mockRejectedValue(refusal);
  const views = new Views("feed");
  await views.load();
  const done = views.remove(view);
  expect(views.all).toEqual([]);
  expect(await done).toBe(false);
  expect([views.all.length, views.targets.length, views.refused?.view]).toEqual([1, 0, "Local"]);
});

test("feeds that were seen last are shown until the account answers", async () => {
  let answer: (feeds: feedApi.Feed[]) => void = () => undefined;
  vi.mocked(feedApi.keptFeeds).mockResolvedValue({ feeds: [sampleFeed("old")], at: "2026-11-22T09:00:00Z" });
  vi.mocked(feedApi.listFeeds).mockImplementation(() => new Promise((resolve) => (answer = resolve)));
  const fresh = new Feeds();
  const done = fresh.loadKept("local");
  await vi.waitFor(() => expect(fresh.of("local").map((each) => each.name)).toEqual(["old"]));
  expect(fresh.listing("local")?.refreshing).toBe(true);
  answer([sampleFeed("new")]);
  await done;
  expect(fresh.of("local").map((each) => each.name)).toEqual(["new"]);
});
