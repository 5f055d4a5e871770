import { createContext, onDestroy, untrack } from "svelte";
import { acts as titles } from "../text/en";
import { actAfter, acts as all, actOf, keymap, leads, writes, type Act } from "../keys/keymap";

/** Within which two keys are one act, in milliseconds. */
const together = 1200;

type Run = (event?: KeyboardEvent) => void;
type Entry = { act: Act; run: Run; possible: () => boolean; layer: number };
export type Offer = { act: Act; title: string; run: Run };

export const [useActions, provideActions] = createContext<Actions>();
const [layerHere, setLayer] = createContext<number>();

/** Puts everything below the calling component one layer above the page: only the topmost layer hears keys. */
export function raiseLayer(): void {
  const actions = useActions();
  const layer = setLayer(actions.openLayer());
  onDestroy(() => actions.closeLayer(layer));
}

/** The page itself is the lowest layer. */
export const layPage = (): number => setLayer(0);

/** What can be done right now. Screens offer acts while they are shown; keys and the palette call them. */
export class Actions {
  // Plain, with a counter beside it: while a component is torn down, reactive state still reads as it was before.
  #entries: Entry[] = [];
  #changes = $state(0);
  /** Sheets that are open, the topmost last. */
  #open: number[] = [];
  #opened = 0;
  /** The key that may be the first of two, and when it was pressed. */
  #first: string | null = null;
  #firstAt = 0;

  get layer(): number {
    return this.#open.at(-1) ?? 0;
  }

  openLayer(): number {
    this.#open.push(++this.#opened);
    return this.#opened;
  }
  closeLayer(layer: number): void {
    this.#open = this.#open.filter((each) => each !== layer);
  }

  offer(act: Act, run: Run, possible: () => boolean, layer: number): () => void {
    const entry = { act, run, possible, layer };
    this.#entries.push(entry);
    this.#changed();
    return () => {
      this.#entries = this.#entries.filter((each) => each !== entry);
      this.#changed();
    };
  }

  #changed(): void {
    untrack(() => this.#changes++);
  }

  /** Acts for the palette, in the keymap's order. */
  get offers(): Offer[] {
    void this.#changes;
    return all.flatMap((act) => {
      const entry = this.#find(act, 0);
      return entry ? [{ act, title: titles[act], run: entry.run }] : [];
    });
  }

  run(act: Act, event?: KeyboardEvent): boolean {
    const entry = this.#find(act, this.layer);
    entry?.run(event);
    return entry !== undefined;
  }

  /** Hears the second of two keys before anything else does, so that no list takes it for a letter. */
  onkeydownFirst(event: KeyboardEvent): void {
    const first = event.timeStamp - this.#firstAt < together ? this.#first : null;
    this.#first = writes(event) || event.repeat ? null : leads(event);
    this.#firstAt = event.timeStamp;
    const act = first === null || writes(event) ? undefined : actAfter(first, event);
    if (!act || !this.run(act, event)) return;
    this.#first = null;
    event.preventDefault();
    event.stopPropagation();
  }

  onkeydown(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const act = actOf(event);
    if (!act || keymap[act].inList || (writes(event) && act !== "close")) return;
    const ran = this.run(act, event);
    // The webview's own meaning of these keys (reload, print, find) is never wanted.
    if (ran || event.ctrlKey || event.metaKey || event.key.startsWith("F")) event.preventDefault();
  }

  /** The innermost that is possible: what was offered last, in the layer asked for. */
  #find(act: Act, layer: number): Entry | undefined {
    return this.#entries.findLast((each) => each.act === act && each.layer === layer && each.possible());
  }
}

/** Offers an act for as long as the calling component lives. */
export function offer(act: Act, run: Run, possible: () => boolean = () => true): void {
  onDestroy(useActions().offer(act, run, possible, layerHere()));
}
