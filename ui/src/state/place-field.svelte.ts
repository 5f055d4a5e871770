import { namePlace, type NamedPlace } from "../api/account";
import { Loaded } from "./loaded.svelte";

const pause = 250;

/** A field that says where: a name, an address or a piece of config, understood while one types. */
export class PlaceField {
  text = $state("");
  readonly understood = new Loaded<NamedPlace>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(text = "") {
    if (text) this.type(text);
  }

  get place(): string | null {
    return this.text.trim() || null;
  }

  /** Why it names no place, once that was asked. */
  get problem(): string | null {
    const failure = this.understood.failure;
    return failure ? [failure.message, ...failure.hints].join(". ") : null;
  }

  get named(): NamedPlace | null {
    return this.understood.failure ? null : this.understood.value;
  }

  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    if (text.trim()) this.#timer = setTimeout(() => void this.understood.load(() => namePlace(text)), pause);
    else this.understood.clear();
  }
}
