import type { Fetch } from "../api/run";
import { panned, showing, zoomed, type Span } from "./timeline";

/** How much of a timeline is seen: all of it, which grows with it, or a stretch that one zoomed in to. */
export class TimelineWindow {
  #zoomed = $state.raw<Span | null>(null);

  /** @param end where the whole of it ends */
  constructor(private readonly end: () => number) {}

  get span(): Span {
    return this.#zoomed ?? { from: 0, to: this.end() };
  }
  get isZoomed(): boolean {
    return this.#zoomed !== null;
  }

  /** Nearer or farther, around a moment or the middle. */
  zoom(factor: number, around: number | null = null): void {
    const { from, to } = this.span;
    this.#zoomed = zoomed(this.span, this.end(), factor, around ?? (from + to) / 2);
  }
  pan(by: number): void {
    if (this.#zoomed) this.#zoomed = panned(this.#zoomed, this.end(), by);
  }
  show(fetch: Fetch): void {
    if (this.#zoomed) this.#zoomed = showing(this.#zoomed, this.end(), fetch);
  }
  all(): void {
    this.#zoomed = null;
  }
}
