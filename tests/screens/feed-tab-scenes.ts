import { asOwner, inContoso, internal, toCrate, toInternal } from "./feed-scenes";
import type { Place } from "./scenes";
import type { GranaryWindow } from "./stage";

const refusal = { code: "precondition", message: "`Jonas Weber` is the last owner of `internal`", hints: ["Make somebody else an owner first."], causes: [] };

/** Opens a tab of contoso's feed of our own crates. */
export const toTab =
  (name: string) =>
  async (granary: GranaryWindow): Promise<void> => {
    await toInternal(granary);
    await granary.page.getByRole("tab", { name, exact: false }).click();
  };
const andThen =
  (first: Place["go"], then: (granary: GranaryWindow) => Promise<void>) =>
  async (granary: GranaryWindow): Promise<void> => {
    await first?.(granary);
    await then(granary);
  };

export const feedTabPlaces: Place[] = [
  { name: "upstreams", scene: asOwner(), go: andThen(toTab("Upstream sources"), async ({ page }) => page.getByTestId("upstream-row").first().waitFor()) },
  { name: "upstreams-reader", scene: inContoso(), go: andThen(toTab("Upstream sources"), async ({ page }) => page.getByTestId("upstream-row").first().waitFor()) },
  {
    name: "upstreams-refused",
    scene: asOwner(),
    go: andThen(toTab("Upstream sources"), async ({ page }) => {
      await page.getByTestId("add-upstream").click();
      await page.getByTestId("add-upstream-submit").click();
      await page.getByRole("alert").waitFor();
    }),
  },
  { name: "views", scene: asOwner(), go: andThen(toTab("Views"), async ({ page }) => page.getByTestId("view-row").first().click()) },
  {
    name: "view-edit",
    scene: asOwner(),
    go: andThen(toTab("Views"), async ({ page }) => {
      await page.getByTestId("view-row").nth(2).dblclick();
      await page.getByTestId("view-name").fill("Stable");
      await page.getByText("break.").waitFor();
    }),
  },
  { name: "permissions", scene: asOwner(), go: andThen(toTab("Permissions"), async ({ page }) => page.getByTestId("permission-row").first().waitFor()) },
  {
    name: "permission-role",
    scene: asOwner(),
    go: andThen(toTab("Permissions"), async ({ page }) => {
      await page.getByTestId("permission-row").nth(3).getByTestId("role-menu").click();
      await page.getByTestId("role-owner").waitFor();
    }),
  },
  {
    name: "permission-refused",
    scene: asOwner({ command: "permission_remove", answers: [{ error: refusal }] }),
    go: andThen(toTab("Permissions"), async ({ page }) => {
      await page.getByTestId("permission-remove").first().click();
      await page.getByRole("alert").waitFor();
    }),
  },
  {
    name: "permission-add",
    scene: asOwner(),
    go: andThen(toTab("Permissions"), async ({ page }) => {
      await page.getByTestId("add-permission").click();
      await page.getByTestId("type-ahead").fill("ann");
      await page.getByRole("option").first().waitFor();
    }),
  },
  {
    name: "retention",
    scene: asOwner(),
    go: andThen(toTab("Retention"), async ({ page }) => {
      await page.getByTestId("retention-count").fill("20");
      await page.getByText("118 versions").waitFor();
    }),
  },
  { name: "retention-reader", scene: inContoso(), go: andThen(toTab("Retention"), async ({ page }) => page.getByText("Would delete nothing").waitFor()) },
  { name: "bin", scene: asOwner(), go: andThen(toTab("Recycle bin"), async ({ page }) => page.getByTestId("deleted-row").nth(1).click()) },
  {
    name: "bin-empty",
    scene: asOwner({ command: "deleted_crate_list", answers: [{ args: { feed: internal }, ok: [] }] }),
    go: andThen(toTab("Recycle bin"), async ({ page }) => page.getByText("Nothing was deleted").waitFor()),
  },
  {
    name: "bin-purge",
    scene: asOwner(),
    go: andThen(toTab("Recycle bin"), async ({ page }) => {
      await page.getByTestId("bin-empty").click();
      await page.getByTestId("confirm").waitFor();
    }),
  },
  { name: "addresses", scene: inContoso(), go: andThen(toTab("Connect"), async ({ page }) => page.getByTestId("copy-config").waitFor()) },
  {
    name: "name-watch",
    scene: asOwner(),
    go: andThen(toCrate("fabrikam-auth"), async ({ page }) => {
      await page.getByTestId("names-look").click();
      await page.getByTestId("name-row").first().waitFor();
    }),
  },
  {
    name: "feed-menu",
    scene: inContoso(),
    go: andThen(toInternal, async ({ page }) => {
      await page.getByTestId("feed-menu").click();
      await page.getByRole("menu").waitFor();
    }),
  },
  {
    name: "feed-edit",
    scene: asOwner(),
    go: andThen(toInternal, async ({ page }) => {
      await page.getByTestId("feed-menu").click();
      await page.getByTestId("feed-edit").click();
      await page.getByTestId("edit-name").fill("core");
      await page.getByText("every address of this feed breaks").waitFor();
    }),
  },
  {
    name: "feed-delete",
    scene: asOwner(),
    go: andThen(toInternal, async ({ page }) => {
      await page.getByTestId("feed-menu").click();
      await page.getByTestId("feed-delete").click();
      await page.getByText("billing-api").waitFor();
    }),
  },
  {
    name: "deleted-feeds",
    scene: inContoso(),
    go: async ({ page }) => {
      await page.getByTestId("account-contoso").click();
      await page.getByTestId("deleted-feeds").click();
      await page.getByTestId("deleted-feed").waitFor();
    },
  },
  {
    name: "all-feeds",
    scene: inContoso(),
    go: async ({ page }) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("all feeds");
      await page.keyboard.press("Enter");
      await page.getByTestId("feed-row").first().waitFor();
    },
  },
  {
    name: "new-feed-one",
    scene: inContoso(),
    go: async ({ page }) => {
      await page.getByTestId("account-contoso").click();
      await page.getByTestId("create-pair").click();
      await page.getByRole("radio", { name: /One feed/ }).click();
      await page.getByLabel("Name", { exact: true }).fill("tools");
      await page.getByText("Who can see it").waitFor();
    },
  },
];
