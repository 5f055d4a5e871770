import type { Run } from "../../state/runs.svelte";
import { countsDone } from "../../state/run-phases";
import { runs as words } from "../../text/en";
import { count } from "../../text/units";

/** What a list says of a run, beside its name. */
export function detailOf(run: Run): string {
  const sum = run.summary;
  if (run.isElsewhere) return words.row.elsewhere;
  if (run.refused) return words.couldNotStart;
  if (run.state === "brokenOff") return words.row.brokenOff;
  if (sum?.verified) return words.row.sound(sum.verified);
  if (sum?.state === "done") return words.row.done(sum);
  if (sum?.state === "cancelled") return words.row.cancelled(sum.seconds);
  if (sum) return sum.failure?.message.replaceAll("`", "") ?? words.row.failed(sum.seconds);
  return doneOf(run) ?? words.row.running(run.progress?.crates ?? 0, run.progress?.cratesTotal ?? run.toFetch);
}

/** How many units are compiled, or crates looked at; none while bytes are counted. */
export function doneOf({ progress }: Run): string | null {
  if (!progress || !countsDone(progress.phase)) return null;
  const { phase, done, doneTotal } = progress;
  return `${count(done)} ${phase === "compile" ? words.compiled(doneTotal) : words.lookedAt(doneTotal)}`;
}

/** What its own page says first. */
export function titleOf(run: Run): string {
  if (run.refused) return words.couldNotStart;
  if (run.summary) return words.ended(run.summary);
  if (run.state === "brokenOff") return words.brokenOff;
  if (run.isElsewhere) return words.elsewhere;
  if (run.state === "cancelling") return words.states.cancelling;
  return words.states[run.progress?.phase ?? "starting"];
}
