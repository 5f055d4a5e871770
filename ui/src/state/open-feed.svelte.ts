import { feedAddresses, type FeedAddresses } from "../api/feed";
import { CrateActs } from "./crate-acts.svelte";
import { Crates } from "./crates.svelte";
import type { Feeds } from "./feeds.svelte";
import { Loaded } from "./loaded.svelte";
import { NameWatches } from "./name-watches.svelte";
import type { Notices } from "./notices.svelte";
import { OpenCrate } from "./open-crate.svelte";
import { Permissions } from "./permissions.svelte";
import { RecycleBin } from "./recycle-bin.svelte";
import { RetentionDraft } from "./retention.svelte";
import { Upstreams } from "./upstreams.svelte";
import { Views } from "./views.svelte";

/** All that is shown of one feed, kept from visit to visit. */
export class OpenFeed {
  readonly crates: Crates;
  readonly pane: OpenCrate;
  readonly views: Views;
  readonly bin: RecycleBin;
  readonly upstreams: Upstreams;
  readonly permissions: Permissions;
  readonly retention: RetentionDraft;
  readonly addresses = new Loaded<FeedAddresses>();
  readonly names: NameWatches;
  readonly acts: CrateActs;
  /** Whether the list of names on both sides is open. */
  watching = $state(false);

  constructor(
    readonly reference: string,
    private readonly feeds: Feeds,
    notices: Notices,
  ) {
    this.crates = new Crates(reference);
    this.pane = new OpenCrate(reference);
    this.views = new Views(reference);
    this.bin = new RecycleBin(reference);
    this.upstreams = new Upstreams(reference, feeds, notices);
    this.permissions = new Permissions(reference, notices);
    this.retention = new RetentionDraft(reference, notices);
    this.names = new NameWatches(reference);
    this.acts = new CrateActs(this.crates, this.pane, notices, () => void Promise.all([this.views.load(), this.bin.load()]));
  }

  /** Shows what is kept, then has it brought up to date; the tabs' counts come beside that. */
  async open(): Promise<void> {
    await Promise.all([this.crates.open(), this.views.load(), this.bin.load()]);
  }

  async loadAddresses(): Promise<void> {
    await this.addresses.load(() => feedAddresses(this.reference));
  }

  async refresh(): Promise<void> {
    await Promise.all([this.crates.refresh(), this.feeds.see(this.reference), this.views.load(), this.bin.load(), this.pane.reload()]);
  }
}
