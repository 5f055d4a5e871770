import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { playRecorded } from "./api/recordings";
import App from "./App.svelte";

test("from Welcome to a pair of feeds", async () => {
  const stage = playRecorded();
  render(App);
  await userEvent.click(await screen.findByRole("button", { name: "Use feeds on this computer" }));
  await userEvent.click(await screen.findByRole("button", { name: "Create a pair of feeds…" }));
  await userEvent.click(await screen.findByTestId("create-submit"));
  expect(await screen.findByRole("heading", { name: "upstream" })).toBeVisible();
  expect(await screen.findByTestId("feed-internal")).toBeVisible();
  expect(stage.asked.filter((each) => each.command === "feed_create_pair")).toMatchObject([
    { args: { draft: { account: "local", project: "main", upstream: "upstream", internal: "internal", description: null } } },
  ]);
});
