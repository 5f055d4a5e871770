import type { CrateFault, RunSummary, SeedFault } from "../../api/run";
import type { Run } from "../../state/runs.svelte";
import { countsDone } from "../../state/run-phases";
import { runs as words } from "../../text/en";
import { count, placeName, sentence } from "../../text/units";

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

/** The command as one would type it. */
export const commandOf = (run: Run): string => run.command || words.verb(run.verb, run.release);

type Fact = [string, string];
const many = (n: number, fact: (n: number) => Fact): Fact[] => (n > 0 ? [fact(n)] : []);

/** What came of a run, in numbers; `through` stands for crates.io, and so saves what it lacked. */
export function factsOf(summary: RunSummary, through: string | null): Fact[] {
  const { seeded, verified } = summary;
  const retried = many(summary.retries, words.askedAgain);
  if (seeded) return [words.lockedFromFeeds(seeded.locked), words.savedBefore(seeded.already), words.savedNow(seeded.saved), ...retried];
  if (verified) return [words.looked(verified.crates), ...many(verified.absent, words.absent), words.compared(verified.files), ...retried];
  return [
    words.downloaded(summary.downloaded, summary.bytes),
    words.alreadyHere(summary.alreadyHere),
    ...many(summary.saved, (n) => words.savedForAll(n, through === null ? null : placeName(through))),
    ...(summary.state === "done" ? [words.match(summary.locked)] : []),
    ...retried,
  ];
}

/** Seconds that cargo alone would have needed, where that is more. */
export const aloneOf = ({ state, seconds, cargoAloneSeconds }: RunSummary): number | null =>
  state === "done" && cargoAloneSeconds !== null && cargoAloneSeconds > seconds ? cargoAloneSeconds : null;

/** What is wrong with a crate, by the columns of such a table. */
export const crateFault = ({ name, version, kind, file, repaired }: CrateFault): string[] => [
  `${name} ${version}`, words.faultKinds[kind], file ?? words.archive, repaired ? words.putRight.yes : words.putRight.no,
];
export const seedFault = ({ name, version, feed, words: why }: SeedFault): string[] => [`${name} ${version}`, placeName(feed), sentence(why)];
