import { expect, test, vi } from "vitest";
import { installRecorded } from "../api/recorded";
import type { Check, Verdict } from "../api/check";
import type { ChangeKind } from "../api/project";
import { Checks, changesThatMend, findings } from "./checks.svelte";

const folder = "/p";
const change: ChangeKind = { kind: "provider", isUsed: true };
const check = (id: string, verdict: Verdict, fix: Check["fix"] = null): Check => ({ id, title: id, verdict, words: "", evidence: [], fix });
const report = (...checks: Check[]) => ({ folder, displayFolder: folder, firstProblem: null, checks });

test("a project is checked without the network first, and later only with it", async () => {
  const stage = installRecorded([{ command: "project_check", answers: [{ ok: report(check("a", "ok")) }] }]);
  const checks = new Checks();
  await checks.run(folder);
  await checks.run(folder);
  expect(stage.asked.map((each) => each.args["isOffline"])).toEqual([true, false, false]);
});

test("what was found stays while it is looked for anew, and when that is refused", async () => {
  const stage = installRecorded([{ command: "project_check", answers: [{ ok: report(check("a", "problem")) }] }]);
  const checks = new Checks();
  await checks.run(folder);
  stage.record({ command: "project_check", answers: [{ pending: true }] });
  const again = checks.run(folder);
  await vi.waitFor(() => expect(stage.asked).toHaveLength(3));
  expect(findings(checks.of(folder)?.value ?? null).problems).toHaveLength(1);
  stage.settle("project_check", { error: { code: "internal", message: "gone", hints: [], causes: [] } });
  await again;
  expect(findings(checks.of(folder)?.value ?? null).problems).toHaveLength(1);
  expect(checks.of(folder)?.failure?.message).toBe("gone");
});

test("changes that mend come from problems first, each once, and from nothing that is well", () => {
  const other: ChangeKind = { kind: "move", name: "a", feed: null };
  const found = findings(
    report(check("w", "warning", { kind: "change", change: other }), check("p", "problem", { kind: "change", change }), check("q", "problem", { kind: "change", change: { ...change } }), check("r", "problem", { kind: "restore" }), check("o", "ok", { kind: "change", change: other })),
  );
  expect(changesThatMend(found)).toEqual([change, other]);
});
