import { expect, test } from "vitest";
import { installRecorded } from "../api/recorded";
import type { ChangeKind } from "../api/project";
import { ReviewedChanges } from "./review.svelte";

const plan = { files: [{ path: "/a", display: "a", place: "repository", added: 1, removed: 0, created: false, deleted: false, hunks: [] }], added: 1, removed: 0, notes: [], fingerprint: "f1", patch: "" };
const changes: ChangeKind[] = [
  { kind: "provider", isUsed: true },
  { kind: "move", name: "a", feed: "local/main/internal" },
];
const review = (all: ChangeKind[]) => new ReviewedChanges("/p", { kind: "changes", title: "", changes: all, packages: ["relay"] });

test("several are sent as one, a single one as it is, and none not at all", async () => {
  const stage = installRecorded([{ command: "change_plan", answers: [{ ok: plan }] }]);
  const reviewed = review(changes);
  const [first, second] = changes;
  await reviewed.look();
  if (second) await reviewed.toggle(second);
  if (first) await reviewed.toggle(first);
  expect(stage.asked.map((each) => each.args["request"])).toEqual([
    { folder: "/p", packages: ["relay"], change: { kind: "several", changes } },
    { folder: "/p", packages: ["relay"], change: first },
  ]);
  expect([reviewed.isNothingChosen, reviewed.change.isPossible]).toEqual([true, false]);
});

test("what cannot be planned any more cannot be applied", async () => {
  const stage = installRecorded([{ command: "change_plan", answers: [{ ok: plan }] }]);
  const reviewed = review(changes);
  await reviewed.look();
  expect(reviewed.change.isPossible).toBe(true);
  stage.record({ command: "change_plan", answers: [{ error: { code: "precondition", message: "no", hints: [], causes: [] } }] });
  await reviewed.look();
  expect([reviewed.change.isPossible, reviewed.change.shown, await reviewed.change.apply()]).toEqual([false, null, null]);
});

test("an undo tells what it undoes", async () => {
  const undoes = { id: "1", deed: { verb: "connect", folder: "/p" }, at: "2026-11-22T14:00:00Z" };
  const stage = installRecorded([
    { command: "undo_plan", answers: [{ ok: { undoes, plan } }] },
    { command: "undo_apply", answers: [{ ok: { files: ["/a"] } }] },
  ]);
  const reviewed = new ReviewedChanges("/p", { kind: "undo" });
  await reviewed.look();
  expect(reviewed.undoes).toEqual(undoes);
  expect(await reviewed.change.apply()).toEqual({ files: ["/a"] });
  expect(stage.asked.map((each) => each.command)).toEqual(["undo_plan", "undo_apply"]);
});
