import { SvelteMap } from "svelte/reactivity";
import { checkProject, type Check, type CheckReport } from "../api/check";
import type { ChangeKind } from "../api/project";
import { Loaded } from "./loaded.svelte";

/** What was found wrong with each project, kept while it is looked for anew. */
export class Checks {
  readonly #reports = new SvelteMap<string, Loaded<CheckReport>>();

  of(folder: string): Loaded<CheckReport> | null {
    return this.#reports.get(folder) ?? null;
  }

  /** Checks a project: the first time without the network, which answers at once, then with it. */
  async run(folder: string): Promise<void> {
    const report = this.#report(folder);
    if (!report.value && !(await report.load(() => checkProject(folder, true)))) return;
    await report.load(() => checkProject(folder, false));
  }

  #report(folder: string): Loaded<CheckReport> {
    let report = this.#reports.get(folder);
    if (!report) {
      report = new Loaded<CheckReport>();
      this.#reports.set(folder, report);
    }
    return report;
  }
}

/** The checks of a report, what stops cargo first. */
export type Findings = { problems: Check[]; warnings: Check[]; unknown: Check[]; passed: Check[]; skipped: Check[] };

export function findings(report: CheckReport | null): Findings {
  const of = (verdict: Check["verdict"]): Check[] => report?.checks.filter((each) => each.verdict === verdict) ?? [];
  return { problems: of("problem"), warnings: of("warning"), unknown: of("unknown"), passed: of("ok"), skipped: of("skipped") };
}

/** The changes of files that mend what was found, each once. */
export function changesThatMend({ problems, warnings }: Findings): ChangeKind[] {
  const changes = [...problems, ...warnings].flatMap(({ fix }) => (fix?.kind === "change" ? [fix.change] : []));
  const keys = changes.map((change) => JSON.stringify(change));
  return changes.filter((_, at) => keys.indexOf(keys[at] ?? "") === at);
}
