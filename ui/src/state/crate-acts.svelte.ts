import { SvelteMap } from "svelte/reactivity";
import { changeCrates, cratesUsedBy, type BatchOutcome, type CrateChange, type RefusedVersion, type VersionReference } from "../api/crate";
import { asFailure } from "../api/transport";
import { changes as words } from "../text/crate";
import type { Crates } from "./crates.svelte";
import type { Notices } from "./notices.svelte";
import type { OpenCrate } from "./open-crate.svelte";

/** How versions are told apart in what is under way. */
export const spelled = (each: VersionReference): string => `${each.name} ${each.version}`;

/** What is done to versions: at once, each by itself, with a way back where there is one. */
export class CrateActs {
  /** Versions that were changed here and not read back yet. */
  readonly waiting = new SvelteMap<string, CrateChange["kind"]>();
  /** Versions that went to the recycle bin and can come back. */
  readonly removed = new SvelteMap<string, VersionReference>();
  /** What the last act did not do, until the next one. */
  refused = $state.raw<{ words: string; versions: RefusedVersion[] } | null>(null);

  constructor(
    private readonly crates: Crates,
    private readonly pane: OpenCrate,
    private readonly notices: Notices,
    /** What else hangs on it: counts of views, the recycle bin. */
    private readonly changed: () => void,
  ) {}

  yank(versions: VersionReference[]): Promise<void> {
    return this.#optimistic({ kind: "yank" }, versions, { kind: "unyank" });
  }
  unyank(versions: VersionReference[]): Promise<void> {
    return this.#optimistic({ kind: "unyank" }, versions, { kind: "yank" });
  }
  async remove(versions: VersionReference[]): Promise<void> {
    const used = this.#usedBy(versions);
    await this.#optimistic({ kind: "delete" }, versions, { kind: "recover" }, used);
  }
  recover(versions: VersionReference[]): Promise<void> {
    return this.#optimistic({ kind: "recover" }, versions, null);
  }

  /** There is no way back, so it is not shown before it is done; answers whether all of it was. */
  async promote(view: string, versions: VersionReference[]): Promise<BatchOutcome> {
    const outcome = await changeCrates(this.crates.feed, { kind: "promote", view }, versions);
    this.#tell({ kind: "promote", view }, outcome, null);
    await this.#readBack();
    return outcome;
  }

  /** What stands beside a version that is being changed. */
  isWaiting(each: VersionReference): boolean {
    return this.waiting.has(spelled(each));
  }
  isRemoved(each: VersionReference): boolean {
    return this.removed.has(spelled(each));
  }

  /** Which of one's projects lock them; nobody, where that cannot be found out. */
  async #usedBy(versions: VersionReference[]): Promise<string[]> {
    try {
      const used = await cratesUsedBy(this.crates.feed, versions);
      return used.flatMap((each) => each.projects).filter((each, at, all) => all.indexOf(each) === at);
    } catch {
      return [];
    }
  }

  async #optimistic(
    change: CrateChange,
    versions: VersionReference[],
    back: CrateChange | null,
    users: Promise<string[]> = Promise.resolve([]),
  ): Promise<void> {
    if (versions.length === 0) return;
    this.refused = null;
    for (const each of versions) {
      this.waiting.set(spelled(each), change.kind);
      if (change.kind === "delete") this.removed.set(spelled(each), each);
      if (change.kind === "recover") this.removed.delete(spelled(each));
    }
    if (change.kind === "delete") this.pane.keepPlaces(this.#ofPane(versions));
    this.#mend(versions, change);
    try {
      const outcome = await changeCrates(this.crates.feed, change, versions);
      for (const { name, version } of outcome.refused) this.#restore({ name, version }, change);
      this.#tell(change, outcome, back, await users);
    } catch (thrown) {
      const error = asFailure(thrown);
      for (const each of versions) this.#restore(each, change);
      this.refused = { words: words.none(change, versions.length), versions: versions.map((each) => ({ ...each, error })) };
      this.notices.alert(error.message);
    }
    for (const each of versions) this.waiting.delete(spelled(each));
    await this.#readBack();
  }

  #mend(versions: VersionReference[], { kind }: CrateChange): void {
    if (kind !== "yank" && kind !== "unyank") return;
    this.pane.mend(this.#ofPane(versions), { yanked: kind === "yank" });
  }

  #ofPane(versions: VersionReference[]): string[] {
    return versions.filter((each) => each.name === this.pane.name).map((each) => each.version);
  }

  #restore(each: VersionReference, { kind }: CrateChange): void {
    if (kind === "delete") this.removed.delete(spelled(each));
    if (kind === "recover") this.removed.set(spelled(each), each);
    if (kind === "yank" || kind === "unyank") this.#mend([each], { kind: kind === "yank" ? "unyank" : "yank" });
  }

  #tell(change: CrateChange, { done, refused }: BatchOutcome, back: CrateChange | null, users: string[] = []): void {
    const said = [words.outcome(change, done, refused.length), ...(users.length > 0 ? [words.stillLocked(users)] : [])].join(". ");
    this.refused = refused.length > 0 ? { words: said, versions: refused } : null;
    if (done.length === 0) return;
    const undo = back ? { label: words.undo, run: () => void this.#optimistic(back, done, null) } : null;
    this.notices.show(said, undo);
    this.notices.say(said);
  }

  async #readBack(): Promise<void> {
    this.changed();
    await Promise.all([this.crates.reread(), this.pane.reload()]);
  }
}
