import { listPermissions, removePermission, searchIdentities, setPermission, type Identity, type Permission, type Role } from "../api/permission";
import { asFailure, type IpcFailure } from "../api/transport";
import { changes, permissions as words, roles } from "../text/en";
import { Loaded } from "./loaded.svelte";
import type { Notices } from "./notices.svelte";

const rank: Role[] = ["owner", "contributor", "collaborator", "reader"];
const rankOf = (role: Role | null): number => (role === null ? rank.length : rank.indexOf(role));
const byRight = (a: Permission, b: Permission): number =>
  rankOf(a.role) - rankOf(b.role) || a.identity.name.localeCompare(b.identity.name, "en");

/** Who may do what in a feed; the highest right first. */
export class Permissions {
  readonly list = new Loaded<Permission[]>();
  /** Whose role is being changed, until Azure has it. */
  waiting = $state<string | null>(null);
  refused = $state.raw<{ name: string; failure: IpcFailure } | null>(null);
  readonly all = $derived.by(() => [...(this.list.value ?? [])].sort(byRight));
  #acts = 0;

  constructor(
    readonly feed: string,
    private readonly notices: Notices,
  ) {}

  async load(): Promise<void> {
    await this.list.load(() => listPermissions(this.feed));
  }

  /** Gives somebody a role; answers whether it took. */
  async set(identity: Identity, role: Role): Promise<boolean> {
    const before = this.#roleOf(identity);
    const others = this.#others(identity);
    const done = await this.#optimistic(identity, [...others, { identity, role, isInherited: false }], () => setPermission(this.feed, identity, role));
    if (done) this.#tell(words.changed(identity.name, roles.names[role]), () => this.#back(identity, before));
    return done;
  }

  async remove(identity: Identity): Promise<void> {
    const before = this.#roleOf(identity);
    const done = await this.#optimistic(identity, this.#others(identity), () => removePermission(this.feed, identity));
    if (done) this.#tell(words.removed(identity.name), () => this.#back(identity, before));
  }

  #back(identity: Identity, role: Role | null): void {
    void this.#optimistic(
      identity,
      role === null ? this.#others(identity) : [...this.#others(identity), { identity, role, isInherited: false }],
      () => (role === null ? removePermission(this.feed, identity) : setPermission(this.feed, identity, role)),
    );
  }

  #tell(text: string, undo: () => void): void {
    this.notices.show(text, { label: changes.undo, run: undo });
    this.notices.say(text);
  }

  #isOwn(each: Permission, identity: Identity): boolean {
    return !each.isInherited && each.identity.descriptor === identity.descriptor;
  }
  #roleOf(identity: Identity): Role | null {
    return this.all.find((each) => this.#isOwn(each, identity))?.role ?? null;
  }
  #others(identity: Identity): Permission[] {
    return (this.list.value ?? []).filter((each) => !this.#isOwn(each, identity));
  }

  /** Shows it at once; on refusal it goes back, with a note in place. */
  async #optimistic(identity: Identity, shown: Permission[], act: () => Promise<Permission[]>): Promise<boolean> {
    const before = this.list.value ?? [];
    const mine = ++this.#acts;
    this.refused = null;
    this.waiting = identity.descriptor;
    this.list.set(shown);
    try {
      const now = await act();
      if (mine === this.#acts) this.list.set(now);
      return true;
    } catch (thrown) {
      if (mine === this.#acts) this.list.set(before);
      this.refused = { name: identity.name, failure: asFailure(thrown) };
      return false;
    } finally {
      if (mine === this.#acts) this.waiting = null;
    }
  }
}

const quiet = 120;

/** People, groups and build services, looked for while one types. */
export class IdentitySearch {
  readonly found = new Loaded<Identity[]>();
  text = $state("");
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly account: string) {}

  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    if (text.trim().length < 2) return this.found.clear();
    this.#timer = setTimeout(() => void this.found.load(() => searchIdentities(this.account, text.trim())), quiet);
  }
}
