import type { RunSummary } from "../../api/run";
import type { Run } from "../../state/runs.svelte";
import { report as words, runs as runWords } from "../../text/en";
import { bytes, count, exact, placeName, seconds, sentence } from "../../text/units";
import { aloneOf, commandOf, crateFault, factsOf, seedFault, titleOf } from "./run-words";

/** Faults that are told, at most. */
const most = 50;

/** A path of a computer, as far as its end can be seen: there may be blanks in it. */
const path = /(^|[\s`'"(=])(?:(?:\w+\+)?file:\/\/|~?\/|\\\\|[A-Za-z]:[\\/])(?=\S)[^`"]*?(?=: |, | \(|[`"]|$)/g;
/** An address, between who asks there and what he asks with. */
const address = /(:\/\/)(?:[^\s/@`]*@)?([^\s`?#]*)(?:[?#][^\s`]*)?/g;
const harmless = (text: string): string => text.replace(path, "$1…").replace(address, "$1$2");

const section = (title: string, lines: string[]): string[] => (lines.length > 0 ? [title, ...lines] : []);
const table = (title: string, columns: string[], rows: string[][]): string[] =>
  section(title, rows.length > 0 ? [columns, ...rows].map((cells) => cells.join(" | ")) : []);
const faults = (title: string, columns: string[], rows: string[][]): string[] => [
  ...table(title, columns, rows.slice(0, most)),
  ...(rows.length > most ? [words.firstOf(most, rows.length)] : []),
];
const placeOf = (title: string): string => (title.includes("://") ? placeName(title) : title);

/**
 * A run and what came of it as lines of text, for somebody else to read.
 *
 * **Invariant**: pure; has no path of this computer and no token in it, also where the engine says why in its own words.
 */
export function reportOf(run: Run, summary: RunSummary): string {
  const { feeds, leftToCargo, phases, seeded, slowest, verified } = summary;
  const { feed, crates, downloaded, size } = runWords.feedColumns;
  const alone = aloneOf(summary);
  return [
    [
      words.command(commandOf(run)),
      words.project(run.projectName),
      words.started(exact(run.startedAt)),
      words.took(seconds(summary.seconds)),
      words.outcome(titleOf(run)),
    ],
    factsOf(summary, run.fetches.cratesIo).map((fact) => fact.join(" ")),
    section(runWords.phaseTimes, phases.map((each) => runWords.phaseTime(each, summary.verb).join(": "))),
    table(
      runWords.perFeed,
      [feed, crates, downloaded, size],
      feeds.map((each) => [placeOf(each.title), count(each.crates), count(each.downloaded), bytes(each.bytes)]),
    ),
    slowest ? [words.slowest(`${slowest.name} ${slowest.version}`, seconds(slowest.seconds), bytes(slowest.bytes), placeOf(slowest.from))] : [],
    faults(runWords.faults, Object.values(runWords.faultColumns), verified?.faults.map(crateFault) ?? []),
    faults(runWords.seedFaults, Object.values(runWords.seedColumns), seeded?.faults.map((each) => seedFault(each).map(harmless)) ?? []),
    section(runWords.leftToCargo(leftToCargo.length), leftToCargo.map((why) => sentence(harmless(why)))),
    alone !== null ? [runWords.cargoAlone(alone)] : [],
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}
