import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { createRawSnippet } from "svelte";
import { expect, test, vi } from "vitest";
import { IpcFailure } from "../api/transport";
import Diff from "./Diff.svelte";
import FailureNote from "./FailureNote.svelte";
import Field from "./Field.svelte";
import FilterRow from "./FilterRow.svelte";
import Note from "./Note.svelte";
import Origin from "./Origin.svelte";
import Progress from "./Progress.svelte";
import Rich from "./Rich.svelte";
import SearchField from "./SearchField.svelte";

const text = (words: string) => createRawSnippet(() => ({ render: () => `<span>${words}</span>` }));

test("marked words are drawn, and nothing is taken for markup", () => {
  const { container } = render(Rich, { text: "No **my-feed** in `x <b>` today" });
  expect(container.querySelector("b")).toHaveTextContent("my-feed");
  expect(container.querySelector("code")).toHaveTextContent("x <b>");
});

test("a field names its problem", () => {
  render(Field, { label: "Name", value: "my feed", error: "No blanks. Try **my-feed**." });
  const field = screen.getByLabelText("Name");
  expect(field).toBeInvalid();
  expect(field).toHaveAccessibleDescription("No blanks. Try my-feed.");
});

test("Esc clears a search first, then leaves it", async () => {
  const oninput = vi.fn();
  const { rerender } = render(SearchField, { value: "tok", label: "Search", placeholder: "", act: "search", oninput });
  const field = screen.getByRole("searchbox");
  field.focus();
  await userEvent.keyboard("{Escape}");
  expect(oninput).toHaveBeenCalledWith("");
  await rerender({ value: "" });
  await userEvent.keyboard("{Escape}");
  expect(field).not.toHaveFocus();
});

test("filters are one radio group with counts", async () => {
  const onchange = vi.fn();
  const options = [
    { value: "all", label: "All", count: 1284 },
    { value: "ours", label: "Ours", count: 0 },
  ];
  render(FilterRow, { label: "Origin", value: "all", options, onchange });
  expect(screen.getByRole("radio", { name: /All\s*1,284/ })).toBeChecked();
  await userEvent.click(screen.getByRole("radio", { name: /Ours/ }));
  expect(onchange).toHaveBeenCalledWith("ours");
});

test("a badge keeps its word where only the shape is drawn", () => {
  const { container } = render(Origin, { kind: "crates", word: "not saved yet", saved: false, glyphOnly: true });
  expect(container).toHaveTextContent("not saved yet");
});

test("a failure offers the button of its code", async () => {
  const retry = vi.fn();
  const failure = new IpcFailure({ code: "unreachable", message: "`upstream` does not answer", hints: ["Start it."], causes: [] });
  render(FailureNote, { failure, remedies: { retry } });
  expect(screen.getByRole("alert")).toHaveTextContent("upstream does not answer Start it.");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledOnce();
});

test("a note without a link has no button", () => {
  render(Note, { children: text("as it is") });
  expect(screen.queryByRole("button")).toBeNull();
});

test("progress of unknown length has words and no number", () => {
  render(Progress, { label: "Progress", percent: null, words: "Asking for the index" });
  const bar = screen.getByRole("progressbar");
  expect(bar).not.toHaveAttribute("aria-valuenow");
  expect(bar).toHaveAttribute("aria-valuetext", "Asking for the index");
});

test("a diff says added and removed in words, and breaks lines after slashes", () => {
  const lines = [
    { kind: "removed" as const, old: 3, new: null, text: "publish = false" },
    { kind: "added" as const, old: null, new: 3, text: "index = \"http://a/b/c\"" },
  ];
  const file = { path: "/p/Cargo.toml", display: "Cargo.toml", place: "repository" as const, added: 1, removed: 1, created: false, deleted: false, hunks: [{ lines }] };
  const { container } = render(Diff, { files: [file] });
  expect(screen.getByRole("region", { name: "Changes to Cargo.toml" })).toHaveTextContent("in the repository");
  expect(screen.getByRole("row", { name: /removed publish = false/ })).toBeVisible();
  expect(container.querySelectorAll("tr.added wbr")).toHaveLength(5);
});
