import type { Feed, PairOutcome } from "../api/feed";
import type { Visibility } from "../api/view";
import { asFailure, type IpcFailure } from "../api/transport";
import { descriptionProblem, nameProblem } from "./feed-names";
import type { Feeds } from "./feeds.svelte";

export type Shape = "pair" | "one";
export type OutcomeLine = { name: string; state: "created" | "refused"; message: string | null; hints: string[] };

/** A feed, or the pair, while it is thought about and made. */
export class NewFeedDraft {
  shape = $state<Shape>("pair");
  /** The Azure project it belongs to; none for the whole organization. */
  project = $state<string | null>(null);
  /** Whether it is known which projects there are to choose from. */
  placeKnown = $state(true);
  upstream = $state("upstream");
  internal = $state("internal");
  name = $state("");
  description = $state("");
  includeCratesIo = $state(true);
  /** References of the feeds that one feed takes from, in order. */
  upstreamFeeds = $state.raw<string[]>([]);
  /** Who reads without a role; none where that is not asked. */
  visibility = $state<Visibility | null>("collection");
  buildService = $state(true);
  creating = $state(false);
  /** Set once something was made or refused. */
  outcome = $state.raw<OutcomeLine[] | null>(null);
  created = $state.raw<Feed | null>(null);
  failure = $state.raw<IpcFailure | null>(null);
  /** Nothing is called wrong before it was typed. */
  touched = $state(false);

  // A name is taken in its project, or in the organization, and nowhere else.
  readonly #taken = $derived.by(() =>
    this.feeds.of(this.account).flatMap((feed) => (feed.project === this.project ? [feed.name] : [])),
  );
  readonly problems = $derived.by(() => {
    const pair = this.shape === "pair";
    return {
      upstream: pair ? nameProblem(this.upstream, this.#taken) : null,
      internal: pair ? nameProblem(this.internal, this.#taken, this.upstream) : null,
      name: pair ? null : nameProblem(this.name, this.#taken),
      description: descriptionProblem(this.description),
    };
  });

  constructor(
    private readonly feeds: Feeds,
    private readonly account: string,
    project: string | null,
    shape: Shape,
    /** On this computer nobody else reads, and no pipeline runs. */
    readonly isLocal: boolean,
  ) {
    this.project = project;
    this.shape = shape;
  }

  toggleUpstream(reference: string): void {
    const without = this.upstreamFeeds.filter((each) => each !== reference);
    this.upstreamFeeds = without.length < this.upstreamFeeds.length ? without : [...without, reference];
  }

  get problem(): string | null {
    return Object.values(this.problems).find((each) => each !== null) ?? null;
  }

  /** Makes it; answers the feed to show next, or null when anything was refused. */
  async create(): Promise<Feed | null> {
    this.touched = true;
    if (this.creating || this.problem !== null || !this.placeKnown) return null;
    this.creating = true;
    this.failure = null;
    try {
      return this.shape === "pair" ? await this.#createPair() : await this.#createOne();
    } catch (thrown) {
      this.failure = asFailure(thrown);
      return null;
    } finally {
      this.creating = false;
    }
  }

  async #createPair(): Promise<Feed | null> {
    const { upstream, internal, account, project } = this;
    const outcome = await this.feeds.createPair({ account, project, upstream, internal, description: this.#text, ...this.#readers });
    this.outcome = lines(outcome);
    const made = [outcome.upstream, outcome.internal].flatMap((each) => (each.state === "created" ? [each.feed] : []));
    this.created = made[0] ?? null;
    return made.length === 2 ? this.created : null;
  }

  async #createOne(): Promise<Feed | null> {
    const { name, account, project, includeCratesIo, upstreamFeeds } = this;
    this.created = await this.feeds.create({ account, project, name, includeCratesIo, upstreamFeeds, description: this.#text, ...this.#readers });
    return this.created;
  }

  get #readers(): { visibility: Visibility | null; buildService: boolean } {
    return this.isLocal ? { visibility: null, buildService: false } : { visibility: this.visibility, buildService: this.buildService };
  }

  get #text(): string | null {
    return this.description.trim() || null;
  }
}

function lines(outcome: PairOutcome): OutcomeLine[] {
  return [outcome.upstream, outcome.internal].map((each) =>
    each.state === "created"
      ? { name: each.feed.name, state: "created", message: null, hints: [] }
      : { name: each.name, state: "refused", message: each.error.message, hints: each.error.hints },
  );
}
