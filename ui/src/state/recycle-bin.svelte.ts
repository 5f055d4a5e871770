import { changeCrates, emptyDeletedCrates, listDeletedCrates, type BatchOutcome, type DeletedVersion, type VersionReference } from "../api/crate";
import { Loaded } from "./loaded.svelte";
import { Selection } from "./selection.svelte";

/** The versions of a feed that were deleted and can still come back. */
export class RecycleBin {
  readonly list = new Loaded<DeletedVersion[]>();
  readonly selection = new Selection<DeletedVersion>((each) => `${each.name} ${each.version}`);

  constructor(readonly feed: string) {}

  get all(): DeletedVersion[] {
    return this.list.value ?? [];
  }

  async load(): Promise<void> {
    const found = await this.list.load(() => listDeletedCrates(this.feed));
    if (found) this.selection.keep((each) => found.some((one) => one.name === each.name && one.version === each.version));
  }

  /** Throws the refusal. */
  async purge(versions: VersionReference[]): Promise<BatchOutcome> {
    const outcome = await changeCrates(this.feed, { kind: "purge" }, versions);
    await this.load();
    return outcome;
  }

  /** Throws the refusal. */
  async empty(): Promise<void> {
    await emptyDeletedCrates(this.feed);
    await this.load();
  }
}
