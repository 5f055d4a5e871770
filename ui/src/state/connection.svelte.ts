import type { Feed } from "../api/feed";
import { applyConnect, planConnect, type Applied, type ConnectRequest, type Plan, type Project } from "../api/project";
import { asFailure, type IpcFailure } from "../api/transport";
import { Loaded } from "./loaded.svelte";

/** One connect under way: which feeds, what would change, and writing it. */
export class Connection {
  readonly plan = new Loaded<Plan>();
  cratesIoFeed = $state<string | null>(null);
  ownFeed = $state<string | null>(null);
  applying = $state(false);
  stale = $state(false);
  failure = $state.raw<IpcFailure | null>(null);

  constructor(readonly folder: string) {}

  get request(): ConnectRequest {
    return { folder: this.folder, cratesIoFeed: this.cratesIoFeed, ownFeed: this.ownFeed };
  }

  get chosen(): boolean {
    return this.cratesIoFeed !== null || this.ownFeed !== null;
  }

  /** Chooses what the project uses already, else the feed one came from, else the one made for it. */
  preselect(project: Project | null, feeds: Feed[], from: string | null): void {
    const came = feeds.find((feed) => feed.reference === from);
    const used = usedFeeds(project);
    const withCratesIo = feeds.filter((feed) => feed.includesCratesIo);
    const without = feeds.filter((feed) => !feed.includesCratesIo);
    const through =
      withCratesIo.find((feed) => feed.reference === used.cratesIo) ??
      (came?.includesCratesIo ? came : undefined) ??
      sibling(withCratesIo, came) ??
      withCratesIo[0];
    const own =
      without.find((feed) => used.own.includes(feed.reference)) ??
      (came && !came.includesCratesIo ? came : undefined) ??
      sibling(without, came) ??
      without[0];
    this.cratesIoFeed = through?.reference ?? null;
    this.ownFeed = own?.reference ?? null;
  }

  async replan(): Promise<void> {
    if (!this.chosen) {
      this.plan.clear();
      return;
    }
    const request = this.request;
    await this.plan.load(() => planConnect(request));
  }

  /** Writes what was previewed; answers null when refused, and plans again if a file had changed. */
  async apply(): Promise<Applied | null> {
    const plan = this.plan.value;
    if (!plan || this.applying || this.plan.refreshing) return null;
    this.applying = true;
    this.failure = null;
    this.stale = false;
    try {
      return await applyConnect(this.request, plan.fingerprint);
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === "planStale") {
        this.stale = true;
        await this.replan();
      } else {
        this.failure = failure;
      }
      return null;
    } finally {
      this.applying = false;
    }
  }
}

const sibling = (feeds: Feed[], of: Feed | undefined): Feed | undefined =>
  of && feeds.find((feed) => feed.account === of.account && feed.project === of.project);

/** The feeds a project names now, by reference. */
export function usedFeeds(project: Project | null): { cratesIo: string | null; own: string[] } {
  if (!project) return { cratesIo: null, own: [] };
  const { registries, cratesIoThrough } = project.connection;
  const through = cratesIoThrough?.feed ?? null;
  const named = registries.flatMap((each) => (each.feed === null ? [] : [each.feed]));
  return { cratesIo: through, own: named.filter((feed) => feed !== through) };
}
