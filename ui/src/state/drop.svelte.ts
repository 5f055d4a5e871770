import { probe, type Candidate, type Probe } from "../api/project";

/** A drag over the window: which folders, and what was found in them from names alone. */
export class Drop {
  over = $state(false);
  found = $state.raw<(Probe | null)[]>([]);
  paths = $state.raw<string[]>([]);
  #drag = 0;

  /** Those that can be opened. */
  get projects(): Probe[] {
    return this.found.filter((each): each is Probe => each !== null && each.kind !== "none");
  }

  /** Those that lie in folders that are none themselves. */
  get candidates(): Candidate[] {
    return this.found.flatMap((each) => (each?.kind === "none" ? each.candidates : []));
  }

  get looking(): boolean {
    return this.over && this.found.length === 0;
  }

  async enter(paths: string[]): Promise<void> {
    const mine = ++this.#drag;
    this.over = true;
    this.paths = paths;
    this.found = [];
    const found = await Promise.all(paths.map((path) => probe(path).catch(() => null)));
    if (mine === this.#drag) this.found = found;
  }

  leave(): void {
    this.#drag++;
    this.over = false;
    this.found = [];
  }
}
