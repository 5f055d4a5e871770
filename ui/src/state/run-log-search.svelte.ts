import type { LogHit } from "../api/run";

/** Between two questions while the log grows. */
const calm = 500;

/** What is looked for in a log. The engine keeps the hits; here is how many there are, and where the current one is. */
export class RunLogSearch {
  query = $state("");
  /** Which hit is the current one, from 0. */
  current = $state(0);
  count = $state(0);
  /** The row of the current hit, or null without one. */
  row = $state<number | null>(null);
  /** Why there is no answer: the first refusal since the last one. */
  failure = $state.raw<unknown>(null);
  #question = 0;
  #underWay = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ask: (query: string, hit: number) => Promise<LogHit>) {}

  /**
   * Looks for something else; answers the row of the first hit, or null without one and where something else was asked since.
   * Each key asks at once: the engine lets go of what nobody waits for any more.
   */
  async find(query: string): Promise<number | null> {
    this.query = query;
    this.#begin(0);
    if (query) return this.#look();
    this.failure = null;
    return null;
  }

  /** Goes to the next hit, or the one before, round and round; answers its row. */
  async step(by: 1 | -1): Promise<number | null> {
    if (this.count === 0) return null;
    const { count } = this;
    this.current = (this.current + by + count) % count;
    this.#question++;
    return this.#look();
  }

  /** Looks for the same among other lines. */
  again(): void {
    this.#begin(0);
    if (this.query) void this.#look();
  }

  /** There is more to look through: asked for now and then, and nothing moves. */
  grew(): void {
    if (!this.query || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // The engine answers the last question alone: that is to be the one of who waits.
      if (this.#underWay > 0) this.grew();
      else if (this.query) void this.#look();
    }, calm);
  }

  #begin(hit: number): void {
    this.current = hit;
    this.count = 0;
    this.row = null;
    this.#question++;
  }

  async #look(): Promise<number | null> {
    const mine = this.#question;
    this.#underWay++;
    try {
      const found = await this.ask(this.query, this.current);
      if (mine !== this.#question) return null;
      this.current = found.hit;
      this.count = found.count;
      this.row = found.row;
      this.failure = null;
      return found.row;
    } catch (thrown) {
      if (mine === this.#question) this.failure ??= thrown;
      return null;
    } finally {
      this.#underWay--;
    }
  }
}
