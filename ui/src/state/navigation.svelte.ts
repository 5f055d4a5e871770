import type { ChangeKind } from "../api/project";

export type ProjectTab = "overview" | "dependencies" | "config" | "runs";
export type DependencyPart = "manifests" | "locked";
export const feedTabs = ["crates", "upstreams", "views", "permissions", "retention", "bin", "connect"] as const;
export type FeedTab = (typeof feedTabs)[number];

/** What is looked at before files are written; `packages` are those meant, where not all of the folder are. */
export type Review =
  | { kind: "changes"; title: string; changes: ChangeKind[]; packages?: string[]; then?: "restore" }
  | { kind: "undo" };

export type Place =
  | { at: "welcome" }
  /** To add an account, or to sign in to one again; `way` is the row that stands open. */
  | { at: "signIn"; again: string | null; way: "token" | null }
  | { at: "account"; account: string }
  | { at: "feeds" }
  /** Its crates, where no tab is named. */
  | { at: "feed"; feed: string; tab?: FeedTab }
  /** `part` is which dependencies that tab shows. */
  | { at: "project"; folder: string; tab: ProjectTab; part?: DependencyPart }
  | { at: "connect"; folder: string; feed: string | null }
  /** To add a crate to a project; `name` and `feed` are filled in. */
  | { at: "addDependency"; folder: string; name?: string; feed?: string }
  | { at: "review"; folder: string; review: Review }
  | { at: "runs" };

const samePlace = (a: Place, b: Place): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Where the window is, where it was, and where it may go forward to. */
export class Navigation {
  #place = $state.raw<Place>({ at: "welcome" });
  /** Rises whenever one is somewhere else, so that it tells one visit of a place from another. */
  visit = $state(0);
  #behind = $state.raw<Place[]>([]);
  #ahead = $state.raw<Place[]>([]);

  get place(): Place {
    return this.#place;
  }
  get canGoBack(): boolean {
    return this.#behind.length > 0;
  }
  get canGoForward(): boolean {
    return this.#ahead.length > 0;
  }

  go(place: Place): void {
    if (samePlace(place, this.place)) return;
    this.#behind = [...this.#behind.slice(-49), this.place];
    this.#ahead = [];
    this.#arrive(place);
  }

  /** Goes there without leaving a step behind, for places one never chose. */
  replace(place: Place): void {
    this.#arrive(place);
  }

  /** Goes back from a place that is not worth returning to. */
  leave(): void {
    const previous = this.#behind.at(-1) ?? { at: "welcome" };
    this.#behind = this.#behind.slice(0, -1);
    this.#arrive(previous);
  }

  back(): void {
    const previous = this.#behind.at(-1);
    if (!previous) return;
    this.#behind = this.#behind.slice(0, -1);
    this.#ahead = [this.place, ...this.#ahead];
    this.#arrive(previous);
  }

  forward(): void {
    const [next, ...rest] = this.#ahead;
    if (!next) return;
    this.#ahead = rest;
    this.#behind = [...this.#behind, this.place];
    this.#arrive(next);
  }

  #arrive(place: Place): void {
    this.#place = place;
    this.visit++;
  }
}
