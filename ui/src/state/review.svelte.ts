import { applyChange, applyUndo, planChange, planUndo, type ChangeKind, type ChangeRequest, type Undoable } from "../api/project";
import type { Review } from "./navigation.svelte";
import { PlannedChange } from "./planned-change.svelte";

/** Changes that are looked at together before files are written: each may be left out. */
export class ReviewedChanges {
  readonly change: PlannedChange;
  readonly all: ChangeKind[];
  left = $state.raw<ChangeKind[]>([]);
  /** What is undone, where that is what is looked at. */
  undoes = $state.raw<Undoable | null>(null);

  constructor(
    private readonly folder: string,
    private readonly review: Review,
  ) {
    this.all = review.kind === "changes" ? review.changes : [];
    this.change =
      review.kind === "undo"
        ? new PlannedChange(
            () => this.#planUndo(),
            (fingerprint) => applyUndo(folder, fingerprint),
          )
        : new PlannedChange(
            () => planChange(this.request),
            (fingerprint) => applyChange(this.request, fingerprint),
          );
  }

  get chosen(): ChangeKind[] {
    return this.all.filter((change) => !this.left.includes(change));
  }

  get isNothingChosen(): boolean {
    return this.review.kind === "changes" && this.chosen.length === 0;
  }

  /** One is sent as it is. */
  get request(): ChangeRequest {
    const [first, ...others] = this.chosen;
    const change = first && others.length === 0 ? first : { kind: "several" as const, changes: this.chosen };
    return { folder: this.folder, packages: (this.review.kind === "changes" && this.review.packages) || [], change };
  }

  async toggle(change: ChangeKind): Promise<void> {
    this.left = this.left.includes(change) ? this.left.filter((each) => each !== change) : [...this.left, change];
    await this.look();
  }

  async look(): Promise<void> {
    if (this.isNothingChosen) this.change.clear();
    else await this.change.replan();
  }

  async #planUndo() {
    const { undoes, plan } = await planUndo(this.folder);
    this.undoes = undoes;
    return plan;
  }
}
