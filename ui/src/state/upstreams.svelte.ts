import { changeUpstream, updateFeed, type Feed, type Upstream, type UpstreamChange } from "../api/feed";
import { asFailure, type IpcFailure } from "../api/transport";
import { changes, upstreams as words } from "../text/en";
import type { Feeds } from "./feeds.svelte";
import type { Notices } from "./notices.svelte";

/** Where a feed gets what it lacks, and in which order. */
export class Upstreams {
  /** Which one is being changed, until it is read back. */
  waiting = $state<string | null>(null);
  refused = $state.raw<IpcFailure | null>(null);
  #acts = 0;

  constructor(
    private readonly reference: string,
    private readonly feeds: Feeds,
    private readonly notices: Notices,
  ) {}

  get feed(): Feed | null {
    return this.feeds.find(this.reference);
  }
  get all(): Upstream[] {
    return this.feed?.upstreams.filter((each) => each.removedAt === null) ?? [];
  }

  /** Asks one earlier or later. */
  async move(upstream: Upstream, to: number): Promise<void> {
    const others = this.all.filter((each) => each.id !== upstream.id);
    const before = Math.max(0, Math.min(others.length, to));
    if (this.all.findIndex((each) => each.id === upstream.id) === before) return;
    const shown = [...others.slice(0, before), upstream, ...others.slice(before)];
    if (await this.#change(upstream.id, shown, { kind: "move", id: upstream.id, before })) this.notices.say(words.moved(upstream.name, before + 1));
  }

  async remove(upstream: Upstream): Promise<void> {
    const before = this.all.findIndex((each) => each.id === upstream.id);
    const shown = this.all.filter((each) => each.id !== upstream.id);
    if (!(await this.#change(upstream.id, shown, { kind: "remove", id: upstream.id }))) return;
    this.notices.show(words.removed(upstream.name), { label: changes.undo, run: () => void this.#restore(upstream, before) });
    this.notices.say(words.removed(upstream.name));
  }

  async addCratesIo(): Promise<void> {
    this.refused = null;
    try {
      await this.add({ kind: "addCratesIo" });
    } catch (thrown) {
      this.refused = asFailure(thrown);
    }
  }

  /** Throws the refusal. */
  async add(change: UpstreamChange): Promise<void> {
    const before = this.all.map((each) => each.id);
    this.feeds.put(await changeUpstream(this.reference, change));
    const added = this.all.find((each) => !before.includes(each.id));
    if (added) this.notices.show(words.added(added.name));
  }

  async enable(on: boolean): Promise<void> {
    const { feed } = this;
    if (!feed) return;
    const done = await this.#optimistic("all", { ...feed, upstreamsEnabled: on }, () => updateFeed(this.reference, { upstreamsEnabled: on }));
    if (done) this.notices.show(on ? words.switchedOn : words.switchedOff, { label: changes.undo, run: () => void this.enable(!on) });
  }

  async #restore(upstream: Upstream, before: number): Promise<void> {
    const others = this.all.filter((each) => each.id !== upstream.id);
    const shown = [...others.slice(0, before), upstream, ...others.slice(before)];
    await this.#change(upstream.id, shown, { kind: "restore", id: upstream.id, before });
  }

  async #change(id: string, upstreams: Upstream[], change: UpstreamChange): Promise<boolean> {
    const { feed } = this;
    return feed !== null && this.#optimistic(id, { ...feed, upstreams }, () => changeUpstream(this.reference, change));
  }

  /** Shows it at once; on refusal it goes back, with a note. The newest act's answer is the one that is shown. */
  async #optimistic(id: string, shown: Feed, act: () => Promise<Feed>): Promise<boolean> {
    const before = this.feed;
    const mine = ++this.#acts;
    this.refused = null;
    this.waiting = id;
    this.feeds.put(shown);
    try {
      const now = await act();
      if (mine === this.#acts) this.feeds.put(now);
      return true;
    } catch (thrown) {
      if (before && mine === this.#acts) this.feeds.put(before);
      this.refused = asFailure(thrown);
      return false;
    } finally {
      if (mine === this.#acts) this.waiting = null;
    }
  }
}
