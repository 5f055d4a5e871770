import { previewRetention, setRetention, showRetention, type Retention, type RetentionPreview } from "../api/retention";
import { asFailure, type IpcFailure } from "../api/transport";
import { changes, retention as words } from "../text/en";
import { Loaded } from "./loaded.svelte";
import type { Notices } from "./notices.svelte";

const quiet = 250;
const standard: Retention = { countLimit: 100, days: 30 };
const within = (text: string, most: number): number | null => {
  const number = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return number >= 1 && number <= most ? number : null;
};

/** What a feed keeps, and what it would no longer keep. */
export class RetentionDraft {
  /** Azure's; none keeps everything. */
  readonly current = new Loaded<{ retention: Retention | null }>();
  readonly preview = new Loaded<RetentionPreview>();
  limited = $state(false);
  countText = $state("");
  daysText = $state("");
  working = $state(false);
  refused = $state.raw<IpcFailure | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly countLimit = $derived(within(this.countText, 5000));
  readonly days = $derived(within(this.daysText, 365));
  readonly wanted = $derived.by((): Retention | null =>
    this.limited && this.countLimit !== null && this.days !== null ? { countLimit: this.countLimit, days: this.days } : null,
  );
  readonly isWrong = $derived(this.limited && this.wanted === null);
  readonly isCurrent = $derived.by(() => {
    const now = this.current.value?.retention ?? null;
    if (this.wanted === null || now === null) return !this.isWrong && this.wanted === now;
    return now.countLimit === this.wanted.countLimit && now.days === this.wanted.days;
  });

  constructor(
    readonly feed: string,
    private readonly notices: Notices,
  ) {}

  async load(): Promise<void> {
    const loaded = await this.current.load(async () => ({ retention: await showRetention(this.feed) }));
    if (loaded) this.#show(loaded.retention);
  }

  /** What one typed or chose; what it would remove is asked for once one stops. */
  change(change: { limited?: boolean; countText?: string; daysText?: string }): void {
    Object.assign(this, change);
    clearTimeout(this.#timer);
    const { wanted } = this;
    if (wanted === null) return this.preview.clear();
    this.#timer = setTimeout(() => void this.preview.load(() => previewRetention(this.feed, wanted)), quiet);
  }

  async save(): Promise<void> {
    if (this.working || this.isWrong || this.isCurrent) return;
    await this.#set(this.wanted, this.current.value?.retention ?? null);
  }

  async #set(wanted: Retention | null, before: Retention | null | undefined): Promise<void> {
    this.working = true;
    this.refused = null;
    try {
      const now = await setRetention(this.feed, wanted);
      this.current.set({ retention: now });
      this.#show(now);
      const said = now ? words.saved(now.countLimit, now.days) : words.savedOff;
      this.notices.show(said, before === undefined ? null : { label: changes.undo, run: () => void this.#set(before, undefined) });
      this.notices.say(said);
    } catch (thrown) {
      this.refused = asFailure(thrown);
    } finally {
      this.working = false;
    }
  }

  #show(retention: Retention | null): void {
    const { countLimit, days } = retention ?? standard;
    this.change({ limited: retention !== null, countText: String(countLimit), daysText: String(days) });
  }
}
