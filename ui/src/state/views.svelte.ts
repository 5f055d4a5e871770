import { createView, deleteView, listViews, updateView, type View, type ViewChange, type ViewDraft } from "../api/view";
import { asFailure, type IpcFailure } from "../api/transport";
import { Loaded } from "./loaded.svelte";

/** The named subsets of a feed. */
export class Views {
  readonly list = new Loaded<View[]>();
  /** Which view is being changed, until it is read back. */
  waiting = $state<string | null>(null);
  /** What was refused, and of which view. */
  refused = $state.raw<{ view: string; failure: IpcFailure } | null>(null);

  constructor(readonly feed: string) {}

  get all(): View[] {
    return this.list.value ?? [];
  }
  /** Those that something can be promoted into. */
  get targets(): View[] {
    return this.all.filter((view) => !view.holdsEverything);
  }

  async load(): Promise<void> {
    await this.list.load(() => listViews(this.feed));
  }

  /** Throws the refusal. */
  async create(draft: ViewDraft): Promise<void> {
    this.list.set(await createView(this.feed, draft));
  }

  /** Shows the change at once; on refusal it goes back with a note. Answers whether it was taken. */
  async update(view: View, change: ViewChange): Promise<boolean> {
    const name = change.name ?? view.name;
    const visibility = change.visibility ?? view.visibility;
    return this.#optimistic(
      view,
      this.all.map((each) => (each.id === view.id ? { ...each, name, visibility } : each)),
      () => updateView(this.feed, view.id, change),
    );
  }

  async remove(view: View): Promise<boolean> {
    return this.#optimistic(
      view,
      this.all.filter((each) => each.id !== view.id),
      () => deleteView(this.feed, view.id),
    );
  }

  async #optimistic(view: View, shown: View[], act: () => Promise<View[]>): Promise<boolean> {
    const before = this.all;
    this.refused = null;
    this.waiting = view.id;
    this.list.set(shown);
    try {
      this.list.set(await act());
      return true;
    } catch (thrown) {
      this.list.set(before);
      this.refused = { view: view.name, failure: asFailure(thrown) };
      return false;
    } finally {
      this.waiting = null;
    }
  }
}
