import { expect, test } from "vitest";
import type { Check, Verdict } from "../api/check";
import { installRecorded } from "../api/recorded";
import { sampleRun } from "../test-samples";
import { diagnose, told } from "./diagnosis";


const check = (id: string, verdict: Verdict): Check => ({ id, title: id, verdict, words: "", evidence: [], fix: null });

test("problems come first, and what says little is folded away", () => {
  const checks = [check("a", "skipped"), check("b", "ok"), check("c", "problem"), check("d", "warning"), check("e", "unknown")];
  expect(told(checks).first.map((each) => each.id)).toEqual(["c", "d", "e", "b", "a"]);
  const { first, rest } = told(checks, 2);
  expect([first.length, rest.length]).toEqual([2, 3]);
  expect(told(checks, 4).rest).toEqual([]);
});

test("the cause is looked for once, and not of a run that never was", async () => {
  const stage = installRecorded([{ command: "run_diagnose", answers: [{ ok: { cause: null, checks: [], report: "r" } }] }]);
  const run = sampleRun();
  await diagnose(run);
  run.id = "run-1";
  await Promise.all([diagnose(run), diagnose(run)]);
  expect(run.diagnosis.value?.report).toBe("r");
  expect(stage.asked).toMatchObject([{ command: "run_diagnose", args: { folder: "/p", id: "run-1" } }]);
});
