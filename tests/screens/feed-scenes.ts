import type { Answer, GranaryWindow, Scene } from "./stage";
import type { Place } from "./scenes";
import { recorded, signedIn, withCrates, withFeeds, withProject } from "./stage";

export const internal = "contoso/Fabrikam Fiber/internal";
const unreachable = {
  code: "unreachable",
  message: "`feeds.dev.azure.com` does not answer",
  hints: ["Look at the network connection, then try again."],
  causes: ["connection timed out"],
};
const empty = { all: 0, ours: 0, cratesIo: 0, otherFeed: 0, notSaved: 0 };
const never = { at: null, isComplete: false, saved: 0, notSaved: 0 };
const nothing = { total: 0, offset: 0, rows: [], counts: empty, kept: never };

type Recorded = { command: string; answers: { args?: { account?: string; feed?: string }; ok?: unknown }[] };
const contoso = (recorded("feed_list") as Recorded).answers.find((each) => each.args?.account === "contoso")?.ok as { reference: string; role: string }[];
const crates = (recorded("crate_page") as Recorded).answers.find((each) => each.args?.feed === internal)?.ok as Record<string, unknown>;

/** contoso's feed of our own crates, with whatever else is to be different. */
export const inContoso = (...instead: NonNullable<Scene["instead"]>): Scene => ({ asked: [...signedIn, ...withProject], instead });
/** The same, seen by somebody who may do everything there. */
export const asOwner = (...instead: NonNullable<Scene["instead"]>): Scene =>
  inContoso(
    { command: "feed_list", answers: [{ args: { account: "contoso" }, ok: contoso.map((feed) => ({ ...feed, role: "owner" })) }] },
    ...["feed_show", "feed_update", "feed_upstream_change"].map(owned),
    ...instead,
  );
/** A recording whose feeds are one's own. */
function owned(command: string): NonNullable<Scene["instead"]>[number] {
  const { answers } = recorded(command) as { answers: Answer[] };
  return { command, answers: answers.map((each) => (each.ok ? { ...each, ok: { ...(each.ok as object), role: "owner" } } : each)) };
}
/** As many crates as the largest feeds hold. */
export const withMany = (): Scene =>
  inContoso({
    command: "crate_page",
    answers: [{ ok: { ...crates, total: 50_000, counts: { all: 50_000, ours: 1200, cratesIo: 47_971, otherFeed: 824, notSaved: 5 } } }],
  });
const kept = { at: "2026-11-22T09:14:00Z", isComplete: true, saved: 1284, notSaved: 5 };
export const offline = (): Scene =>
  inContoso(
    { command: "crate_page", answers: [{ args: { feed: internal }, ok: { ...crates, kept } }] },
    { command: "feed_refresh", answers: [{ args: { feed: internal }, error: unreachable }] },
  );

export const toInternal = async ({ page }: GranaryWindow): Promise<void> => {
  await page.getByTestId("feed-internal").first().click();
  await page.getByTestId("crate-row").first().waitFor();
};
/** Opens a crate of contoso's beside the list. */
export const toCrate =
  (name: string) =>
  async (granary: GranaryWindow): Promise<void> => {
    await toInternal(granary);
    await granary.page.locator(`[data-testid="crate-row"][data-key="${name}"]`).click();
    await granary.page.getByTestId("crate-pane").getByRole("heading", { name, exact: true }).waitFor();
    await granary.page.getByTestId("crate-pane").getByText("Licence").waitFor();
  };

export const feedPlaces: Place[] = [
  {
    name: "feed-empty-upstream",
    scene: { asked: withFeeds },
    go: async ({ page }) => {
      await page.getByTestId("feed-upstream").click();
      await page.getByRole("heading", { name: "has saved no crates yet" }).waitFor();
    },
  },
  {
    name: "feed-empty-internal",
    scene: { asked: withFeeds },
    go: async ({ page }) => {
      await page.getByTestId("feed-internal").click();
      await page.getByRole("heading", { name: "Nothing is published" }).waitFor();
    },
  },
  { name: "feed", scene: inContoso(), go: toCrate("contoso-telemetry") },
  { name: "feed-list", scene: inContoso(), go: toInternal },
  {
    name: "feed-local",
    scene: { asked: withCrates },
    go: async ({ page }) => {
      await page.getByTestId("feed-upstream").click();
      await page.getByTestId("crate-row").nth(2).click();
      await page.getByTestId("crate-pane").getByText("Licence").waitFor();
    },
  },
  { name: "feed-both-sides", scene: inContoso(), go: toCrate("fabrikam-auth") },
  { name: "feed-not-saved", scene: inContoso(), go: toCrate("http-body-util") },
  ...(["Versions", "Depends on", "Features", "Readme"] as const).map((tab): Place => ({
    name: `crate-${tab.toLowerCase().replace(" ", "-")}`,
    scene: inContoso(),
    go: async (granary) => {
      await toCrate("contoso-telemetry")(granary);
      await granary.page.getByTestId("crate-pane").getByRole("tab", { name: tab }).click();
    },
  })),
  {
    name: "crate-menu",
    scene: inContoso(),
    go: async (granary) => {
      await toCrate("contoso-telemetry")(granary);
      await granary.page.getByTestId("crate-menu").click();
      await granary.page.getByRole("menu").waitFor();
    },
  },
  {
    name: "crate-promote",
    scene: asOwner(),
    go: async (granary) => {
      await toCrate("contoso-telemetry")(granary);
      await granary.page.getByTestId("crate-menu").click();
      await granary.page.getByTestId("crate-promote").click();
      await granary.page.getByTestId("promote-submit").waitFor();
    },
  },
  {
    name: "crate-yanked",
    scene: asOwner(),
    go: async (granary) => {
      await toCrate("contoso-telemetry")(granary);
      await granary.page.getByTestId("crate-menu").click();
      await granary.page.getByTestId("crate-yank").click();
      await granary.page.getByTestId("toast").waitFor();
    },
  },
  {
    name: "feed-several",
    scene: asOwner(),
    go: async (granary) => {
      await toInternal(granary);
      await granary.page.getByTestId("crate-row").first().click();
      await granary.page.keyboard.press("Shift+ArrowDown");
      await granary.page.keyboard.press("Shift+ArrowDown");
      await granary.page.getByTestId("batch").waitFor();
      await granary.page.getByTestId("crate-pane").getByText("Licence").waitFor();
    },
  },
  {
    name: "feed-some-refused",
    scene: asOwner(),
    go: async (granary) => {
      await toInternal(granary);
      await granary.page.getByTestId("crate-row").first().click();
      await granary.page.keyboard.press("Shift+ArrowDown");
      await granary.page.keyboard.press("Shift+ArrowDown");
      await granary.page.getByTestId("batch-promote").click();
      await granary.page.getByTestId("promote-submit").click();
      await granary.page.getByTestId("refused-versions").waitFor();
    },
  },
  {
    name: "feed-internal",
    scene: { asked: withCrates },
    go: async ({ page }) => {
      await page.getByTestId("feed-internal").click();
      await page.getByTestId("crate-row").first().waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("contoso");
    },
  },
  {
    name: "feed-no-hit",
    scene: { asked: withCrates },
    go: async ({ page }) => {
      await page.getByTestId("feed-upstream").click();
      await page.getByRole("searchbox").fill("tokyo");
      await page.getByRole("heading", { name: "No crate named" }).waitFor();
    },
  },
  {
    name: "feed-offline",
    scene: offline(),
    go: async (granary) => {
      await toCrate("contoso-telemetry")(granary);
      await granary.page.keyboard.press("/");
      await granary.page.keyboard.type("telem");
      await granary.page.getByText("8 of 1,284").waitFor();
    },
  },
  {
    name: "feed-loading",
    scene: { asked: withFeeds, instead: [{ command: "crate_page", answers: [{ ok: nothing }] }, { command: "feed_refresh", answers: [{ pending: true }] }] },
    go: async ({ page }) => page.getByTestId("feed-upstream").click(),
  },
  {
    name: "feed-failed",
    scene: { asked: withFeeds, instead: [{ command: "crate_page", answers: [{ ok: nothing }] }, { command: "feed_refresh", answers: [{ error: unreachable }] }] },
    go: async ({ page }) => {
      await page.getByTestId("feed-upstream").click();
      await page.getByRole("alert").waitFor();
    },
  },
  {
    name: "feed-connect-menu",
    scene: { asked: withCrates },
    go: async ({ page }) => {
      await page.getByTestId("feed-upstream").click();
      await page.getByTestId("connect-project").click();
      await page.getByRole("menu").waitFor();
    },
  },
];
