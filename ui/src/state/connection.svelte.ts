import type { Feed } from "../api/feed";
import { applyChange, planChange, type ChangeRequest, type ConnectMode, type Project } from "../api/project";
import { PlannedChange } from "./planned-change.svelte";

/** One connect under way: which feeds, and for whom. */
export class Connection {
  readonly change = new PlannedChange(
    () => planChange(this.request),
    (fingerprint) => applyChange(this.request, fingerprint),
  );
  cratesIoFeed = $state<string | null>(null);
  ownFeed = $state<string | null>(null);
  mode = $state<ConnectMode>("committed");

  constructor(readonly folder: string) {}

  get request(): ChangeRequest {
    const { cratesIoFeed, ownFeed, mode } = this;
    return { folder: this.folder, packages: [], change: { kind: "connect", cratesIoFeed, ownFeed, mode } };
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

  async look(): Promise<void> {
    if (this.chosen) await this.change.replan();
    else this.change.clear();
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
