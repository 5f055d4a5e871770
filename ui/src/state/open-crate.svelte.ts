import { showCrate, showVersion, type CrateDetails, type CrateVersion, type Origin, type VersionDetails } from "../api/crate";
import { Loaded } from "./loaded.svelte";
import { Selection } from "./selection.svelte";

export type CrateTab = "overview" | "versions" | "dependencies" | "features" | "readme";

const stepping = 80;

/** The crate beside the list: its versions, and one of them opened. */
export class OpenCrate {
  name = $state<string | null>(null);
  /** Which version is shown; the latest where none was chosen. */
  chosen = $state<string | null>(null);
  tab = $state<CrateTab>("overview");
  readonly details = new Loaded<CrateDetails>();
  readonly version = new Loaded<VersionDetails>();
  readonly selection = new Selection<CrateVersion>((each) => each.version);
  /** Versions that were removed while one looked: each keeps its place until one leaves. */
  #removed = $state.raw<{ at: number; version: CrateVersion }[]>([]);
  /** All versions to show, the highest first. */
  readonly versions = $derived.by(() => {
    const shown = [...(this.details.value?.versions ?? [])];
    for (const { at, version } of this.#removed) if (!shown.some((each) => each.version === version.version)) shown.splice(at, 0, version);
    return shown;
  });
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly feed: string) {}

  get shown(): string | null {
    return this.chosen ?? this.details.value?.row.latest ?? null;
  }
  /** What the list of versions knows of the one that is shown. */
  get summary(): CrateVersion | null {
    return this.details.value?.versions.find((each) => each.version === this.shown) ?? null;
  }
  get origin(): Origin | null {
    return this.summary?.origin ?? this.details.value?.row.origin ?? null;
  }

  /** Fills the pane once stepping through rows has come to rest. */
  rest(name: string): void {
    clearTimeout(this.#timer);
    if (name !== this.name) this.#timer = setTimeout(() => void this.open(name), stepping);
  }

  async open(name: string, version: string | null = null): Promise<void> {
    clearTimeout(this.#timer);
    if (this.name !== name) {
      this.details.clear();
      this.version.clear();
      this.selection.clear();
      this.#removed = [];
    }
    this.name = name;
    this.chosen = version;
    await this.reload();
  }

  /** Asks anew; what is shown stays meanwhile. */
  async reload(): Promise<void> {
    const { name, shown: looked } = this;
    if (name === null) return;
    const details = await this.details.load(() => showCrate(this.feed, name));
    if (!details || this.name !== name) return;
    // What one looks at stays, also when another version is the latest by now.
    if (this.chosen === null && details.versions.some((each) => each.version === looked)) this.chosen = looked;
    this.selection.keep((each) => details.versions.some((one) => one.version === each.version));
    await this.#read();
  }

  async choose(version: string): Promise<void> {
    this.chosen = version;
    await this.#read();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.name = null;
    this.chosen = null;
    this.details.clear();
    this.version.clear();
    this.selection.clear();
    this.#removed = [];
  }

  /** Remembers where versions stand that are about to go. */
  keepPlaces(versions: string[]): void {
    const going = this.versions.flatMap((version, at) => (versions.includes(version.version) ? [{ at, version }] : []));
    this.#removed = [...this.#removed.filter((each) => !versions.includes(each.version.version)), ...going].sort((a, b) => a.at - b.at);
  }

  /** Changes what is shown of versions before it is read back. */
  mend(versions: string[], change: Partial<CrateVersion>): void {
    const { value } = this.details;
    if (!value) return;
    const mended = (each: CrateVersion): CrateVersion => (versions.includes(each.version) ? { ...each, ...change } : each);
    this.details.set({ ...value, versions: value.versions.map(mended) });
  }

  async #read(): Promise<void> {
    const { name, shown: version } = this;
    if (name === null || version === null) return;
    await this.version.load(() => showVersion(this.feed, { name, version }));
  }
}
