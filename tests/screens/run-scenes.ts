import { expect } from "@playwright/test";
import { toProject } from "./project-scenes";
import { diagnosed, done, fetched, fetchedLines, fetchesOf, lines, recordedLines, runAnswers, started, summary } from "./run-events";
import type { Place } from "./scenes";
import { withHistory, type GranaryWindow, type Scene } from "./stage";

export const history: Scene = { asked: withHistory };

const unit = (number: number, name: string) => ({ number, at: "2026-11-22T14:02:17.300Z", source: "cargo", level: "info", text: `\u001b[1m\u001b[92m   Compiling\u001b[0m ${name} v1.${number}.0` });
/** A build that fetched what it needs and compiles. */
export const building = runAnswers(
  { ...started, verb: "build", command: "cargo build" },
  lines,
  fetched(fetchesOf()),
  fetchedLines(fetchesOf()),
  { type: "lines", lines: ["libc", "memchr", "serde", "tokio", "relay"].map((name, at) => unit(200 + at, name)) },
  diagnosed([0]),
  { type: "progress", progress: { phase: "compile", crates: 130, cratesTotal: 130, bytes: 27_500_000, remainingBytes: 0, bytesPerSecond: null, secondsLeft: 8, retries: 1, done: 141, doneTotal: 212 } },
);

/** Starts a run and looks at it. */
export const start = async (granary: GranaryWindow): Promise<void> => {
  await toProject(granary);
  await granary.page.getByTestId("restore").click();
  await granary.page.getByTestId("run-state").waitFor();
};
/** Opens one of the runs that are kept. */
export const open = async (granary: GranaryWindow, name: RegExp): Promise<void> => {
  await granary.page.getByTestId("runs").click();
  await granary.page.getByTestId("run-row").filter({ hasText: name }).first().click();
  await expect(granary.page.getByTestId("run-row").filter({ hasText: name }).first()).toHaveAttribute("aria-current", "true");
  await granary.page.getByText("Reading the run").waitFor({ state: "hidden" });
};
const kept = (name: string, title: RegExp, then?: (granary: GranaryWindow) => Promise<void>): Place => ({
  name,
  scene: history,
  go: async (granary) => {
    await open(granary, title);
    await then?.(granary);
  },
});

/** Runs of every kind, as they go and as they are kept. */
export const runPlaces: Place[] = [
  {
    name: "run-building",
    scene: building,
    go: async (granary) => {
      await start(granary);
      await granary.page.getByText("141", { exact: true }).waitFor();
    },
  },
  {
    name: "run-build-failed",
    scene: runAnswers(
      { ...started, verb: "build", command: "cargo build" },
      recordedLines("kept-build-failed"),
      diagnosed(),
      summary("failed", { verb: "build", seconds: 2.4, failure: { code: "internal", message: "`relay` could not be compiled", hints: [], causes: ["2 errors, 1 warning"] } }),
    ),
    go: async (granary) => {
      await start(granary);
      await granary.page.getByTestId("run-problem").nth(1).click();
    },
  },
  {
    name: "run-report",
    scene: runAnswers(...done),
    go: async (granary) => {
      await start(granary);
      await granary.page.getByTestId("copy-report").click();
      await granary.page.getByTestId("report").waitFor();
    },
  },
  kept("run-kept-problems", /could not be compiled/),
  kept("run-verify-faults", /3 crates not sound/),
  kept("run-repaired", /3 crates repaired/),
  kept("run-seeded", /12 saved/),
  kept("run-broken-off", /ended before it was done/),
  kept("run-elsewhere", /in another program/),
  kept("runs-search", /cancelled after/, async ({ page }) => {
    await page.getByTestId("run-search").click();
    await page.keyboard.type("build");
    await expect(page.getByTestId("run-row")).toHaveCount(4);
  }),
  {
    name: "project-runs-kept",
    scene: history,
    go: async (granary) => {
      await toProject(granary);
      await granary.page.getByRole("tab", { name: /Runs/ }).click();
      await granary.page.getByTestId("run-summary").waitFor();
    },
  },
];
