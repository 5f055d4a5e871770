import { cratePage, type CrateRow } from "../api/crate";
import { applyChange, planChange, type ChangeRequest, type ListKind, type Project } from "../api/project";
import { Loaded } from "./loaded.svelte";
import { looksLikeRequirement } from "./needs";
import { PlannedChange } from "./planned-change.svelte";

/** How long the keys rest before anybody is asked, in milliseconds. */
const rest = 120;
const matchesAtMost = 6;

/** A crate that is being added to a project, as far as it is said yet. */
export class AddDependency {
  readonly change = new PlannedChange(
    () => planChange(this.request),
    (fingerprint) => applyChange(this.request, fingerprint),
  );
  /** Crates of the feed that fit what is typed, the best first. */
  readonly matches = new Loaded<CrateRow[]>();
  name = $state("");
  /** Whether the name was chosen, so that nothing more is offered. */
  isChosen = $state(false);
  /** The feed it comes from; none for crates.io. */
  feed = $state<string | null>(null);
  requirement = $state("");
  features = $state("");
  noDefaultFeatures = $state(false);
  optional = $state(false);
  kind = $state<ListKind>("normal");
  target = $state("");
  rename = $state("");
  packages = $state.raw<string[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly folder: string,
    given: { name?: string; feed?: string },
  ) {
    this.name = given.name ?? "";
    this.isChosen = this.name !== "";
    this.feed = given.feed ?? null;
  }

  /** The only package there is needs no choosing. */
  preselect({ members: [first, ...others] }: Project): void {
    if (first && others.length === 0 && this.packages.length === 0) this.packages = [first.name];
  }

  get isRequirementWrong(): boolean {
    const text = this.requirement.trim();
    return text !== "" && !looksLikeRequirement(text);
  }

  get isSaid(): boolean {
    return this.name.trim() !== "" && this.packages.length > 0 && !this.isRequirementWrong;
  }

  get request(): ChangeRequest {
    const { feed, noDefaultFeatures, optional, kind } = this;
    const none = (text: string): string | null => text.trim() || null;
    return {
      folder: this.folder,
      packages: this.packages,
      change: {
        kind: "add",
        name: this.name.trim(),
        rename: none(this.rename),
        requirement: none(this.requirement),
        feed,
        list: { kind, target: none(this.target) },
        features: this.features.split(/[\s,]+/).filter(Boolean),
        noDefaultFeatures,
        optional,
      },
    };
  }

  /** Whether a package gets it. */
  toggle(name: string): void {
    this.packages = this.packages.includes(name) ? this.packages.filter((each) => each !== name) : [...this.packages, name];
    this.look();
  }

  /** Another name was typed; `searched` is the feed to look for it in. */
  type(text: string, searched: string | null): void {
    this.name = text;
    this.isChosen = false;
    this.look(searched);
  }

  choose(name: string): void {
    this.name = name;
    this.isChosen = true;
    this.look();
  }

  /** Plans anew once the keys rest, and looks for the name where it was typed. */
  look(searched: string | null = null): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.isSaid) void this.change.replan();
      else this.change.clear();
      this.#search(searched);
    }, rest);
  }

  #search(feed: string | null): void {
    const text = this.name.trim();
    if (feed === null || text === "" || this.isChosen) return this.matches.clear();
    void this.matches.load(async () => (await cratePage(feed, { text }, 0, matchesAtMost)).rows);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
