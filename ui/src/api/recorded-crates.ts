import type { CrateDetails, CratePage, CrateQuery, CrateRow, Origin, OriginCounts, OriginFilter, VersionDetails } from "./bindings";

const names = "ahash anyhow async-stream base64 bitflags cfg-if chrono clap crossbeam dashmap either fnv futures hashbrown indexmap itoa libc log memchr mio nom once_cell parking_lot pin-project quote rand regex ryu semver sha2 smallvec socket2 syn thiserror time toml tower url uuid winnow".split(" ");
const endings = ["", "-core", "-derive", "-macros", "-util", "-sys", "-types", "-io", "-tests", "-runtime"];
const day = 86_400_000;

const filterOf = (origin: Origin): Exclude<OriginFilter, "all"> => (origin.kind === "ours" ? "ours" : origin.saved ? origin.kind : "notSaved");

/** Rows to fill a recorded page up to its total, so that its counts come true. */
function filling({ rows, total, counts }: CratePage): CrateRow[] {
  const left: OriginCounts = { ...counts };
  for (const row of rows) left[filterOf(row.origin)]--;
  return Array.from({ length: Math.max(0, total - rows.length) }, (_, at): CrateRow => {
    const kind = left.ours > 0 && at % 7 === 3 ? "ours" : left.otherFeed > 0 && at % 11 === 5 ? "otherFeed" : "cratesIo";
    left[kind]--;
    const origin: Origin = kind === "ours" ? { kind } : kind === "otherFeed" ? { kind, feed: "shared", saved: true } : { kind, saved: true };
    const name = `${kind === "ours" ? "contoso-" : ""}${names[at % names.length]}${endings[Math.floor(at / names.length) % endings.length]}`;
    const turn = Math.floor(at / (names.length * endings.length));
    return {
      name: turn === 0 ? name : `${name}-${turn}`,
      latest: `${at % 4}.${at % 31}.${at % 7}`,
      origin,
      isMixed: false,
      versionCount: 1 + (at % 40),
      publishedAt: new Date(Date.parse("2026-10-01T00:00:00Z") - at * (day / 9)).toISOString(),
      downloads: (at * 7919) % 60_000,
      description: null,
      yanked: false,
      onBothSides: kind === "ours" ? false : null,
      neededBy: 0,
    };
  });
}

const fits = (row: CrateRow, query: CrateQuery): boolean => {
  const text = query.text?.toLowerCase() ?? "";
  return (
    (row.name.includes(text) || (row.description?.toLowerCase().includes(text) ?? false)) &&
    (!query.onlyYanked || row.yanked === true) &&
    (!query.onlyOnBothSides || row.onBothSides === true) &&
    (!query.view || row.origin.kind === "ours")
  );
};

const orders: Record<NonNullable<CrateQuery["sort"]>, (a: CrateRow, b: CrateRow) => number> = {
  published: (a, b) => (b.publishedAt ?? "").localeCompare(a.publishedAt ?? ""),
  name: (a, b) => (a.name < b.name ? -1 : 1),
  downloads: (a, b) => (b.downloads ?? -1) - (a.downloads ?? -1),
};

const filled = new WeakMap<CratePage, CrateRow[]>();

/** The stretch of a recorded page that was asked for, as the catalogue would find it. */
export function stretchOf(page: CratePage, query: CrateQuery, offset: number, limit: number): CratePage {
  let rows = filled.get(page);
  if (!rows) filled.set(page, (rows = [...page.rows, ...filling(page)]));
  const found = rows.filter((row) => fits(row, query));
  const counts = found.length === rows.length ? page.counts : countsOf(found);
  const origin = query.origin ?? "all";
  const chosen = found.filter((row) => origin === "all" || filterOf(row.origin) === origin);
  const sorted = chosen.sort(orders[query.sort ?? "published"]);
  if (query.isReversed) sorted.reverse();
  return { total: chosen.length, offset, rows: sorted.slice(offset, offset + limit), counts, kept: page.kept };
}

function countsOf(rows: CrateRow[]): OriginCounts {
  const counts: OriginCounts = { all: rows.length, ours: 0, cratesIo: 0, otherFeed: 0, notSaved: 0 };
  for (const row of rows) counts[filterOf(row.origin)]++;
  return counts;
}

/** A crate that was not recorded by name looks like the one that was recorded for all. */
export const named = (details: CrateDetails, name: string, row: CrateRow | undefined): CrateDetails => {
  if (details.row.name === name) return details;
  const [first, ...others] = details.versions;
  const shown = row ?? { ...details.row, name };
  return { ...details, row: shown, versions: first ? [{ ...first, version: shown.latest, origin: shown.origin }, ...others] : [] };
};

export const numbered = (details: VersionDetails, name: string, version: string): VersionDetails =>
  details.version.version === version
    ? details
    : { ...details, version: { ...details.version, version }, dependencyLine: `${name} = "${version}"` };

export const rowOf = (page: CratePage, name: string): CrateRow | undefined => page.rows.find((row) => row.name === name);
