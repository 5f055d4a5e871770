import { setUpstreaming, watchNames, type NameWatch, type Upstreaming } from "../api/crate";
import { asFailure, type IpcFailure } from "../api/transport";
import { Loaded } from "./loaded.svelte";

/** Crates of ours whose name crates.io has too, and what the feed does about each. */
export class NameWatches {
  readonly list = new Loaded<NameWatch[]>();
  /** Which name is being changed, until Azure has it. */
  waiting = $state<string | null>(null);
  refused = $state.raw<{ name: string; failure: IpcFailure } | null>(null);

  constructor(readonly feed: string) {}

  get all(): NameWatch[] {
    return this.list.value ?? [];
  }
  /** Those whose public crate somebody could be given. */
  get served(): NameWatch[] {
    return this.all.filter((each) => each.theirsIsServed);
  }

  async load(): Promise<void> {
    await this.list.load(() => watchNames(this.feed));
  }
  async loadOnce(): Promise<void> {
    if (this.list.state === "idle") await this.load();
  }

  /** Shows the switch at once; on refusal it goes back with a note. */
  async set(name: string, upstreaming: Upstreaming): Promise<boolean> {
    const before = this.all;
    this.refused = null;
    this.waiting = name;
    this.list.set(before.map((each) => (each.name === name ? { ...each, upstreaming } : each)));
    try {
      await setUpstreaming(this.feed, name, upstreaming);
      return true;
    } catch (thrown) {
      this.list.set(before);
      this.refused = { name, failure: asFailure(thrown) };
      return false;
    } finally {
      this.waiting = null;
    }
  }
}
