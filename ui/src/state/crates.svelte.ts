import { listCrates, type CrateSummary } from "../api/feed";
import { Loaded } from "./loaded.svelte";

export type OriginFilter = "all" | "ours" | "cratesIo" | "other";
export type CrateOrder = "name" | "latest" | "versions" | "published";
export type OriginCounts = Record<OriginFilter, number>;

const filterOf = (crate: CrateSummary): Exclude<OriginFilter, "all"> =>
  crate.origin.kind === "otherFeed" ? "other" : crate.origin.kind;

/** The crates of one feed: kept, searched, filtered and sorted here, never asked for anew while one types. */
export class Crates {
  readonly list = new Loaded<CrateSummary[]>();
  query = $state("");
  filter = $state<OriginFilter>("all");
  order = $state<CrateOrder>("name");
  descending = $state(false);

  readonly #sorted = $derived.by(() => {
    const sign = this.descending ? -1 : 1;
    const compare = comparators[this.order];
    return [...(this.list.value ?? [])].sort((a, b) => sign * compare(a, b) || byName(a, b));
  });
  readonly #found = $derived.by(() => {
    const wanted = this.query.trim().toLowerCase();
    if (!wanted) return this.#sorted;
    return this.#sorted.filter(
      (crate) =>
        crate.name.toLowerCase().includes(wanted) || crate.description?.toLowerCase().includes(wanted),
    );
  });
  /** Counts follow the search, not the filter. */
  readonly counts = $derived.by((): OriginCounts => {
    const counts: OriginCounts = { all: this.#found.length, ours: 0, cratesIo: 0, other: 0 };
    for (const crate of this.#found) counts[filterOf(crate)]++;
    return counts;
  });
  readonly shown = $derived(
    this.filter === "all" ? this.#found : this.#found.filter((crate) => filterOf(crate) === this.filter),
  );

  constructor(readonly feed: string) {}

  get total(): number {
    return this.list.value?.length ?? 0;
  }

  async load(): Promise<void> {
    await this.list.load(() => listCrates(this.feed));
  }

  sortBy(order: CrateOrder): void {
    // The newest and the most come first when a column is chosen.
    this.descending = this.order === order ? !this.descending : order === "published" || order === "versions";
    this.order = order;
  }
}

const byName = (a: CrateSummary, b: CrateSummary): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const comparators: Record<CrateOrder, (a: CrateSummary, b: CrateSummary) => number> = {
  name: byName,
  latest: (a, b) => compareVersions(a.latest, b.latest),
  versions: (a, b) => a.versionCount - b.versionCount,
  published: (a, b) => stamp(a) - stamp(b),
};

const stamp = (crate: CrateSummary): number => (crate.publishedAt ? Date.parse(crate.publishedAt) : 0);

/** Orders versions by their numbers; a pre-release comes before its release. */
export function compareVersions(a: string, b: string): number {
  const [mainA = "", preA] = a.split("+")[0]?.split(/-(.*)/s) ?? [];
  const [mainB = "", preB] = b.split("+")[0]?.split(/-(.*)/s) ?? [];
  const left = mainA.split(".").map(Number);
  const right = mainB.split(".").map(Number);
  for (let i = 0; i < 3; i++) {
    const step = (left[i] ?? 0) - (right[i] ?? 0);
    if (step) return step;
  }
  if (preA === preB) return 0;
  if (preA === undefined) return 1;
  if (preB === undefined) return -1;
  return preA.localeCompare(preB, "en", { numeric: true });
}
