import type { Account } from "../api/account";
import {
  beginSignIn,
  cancelSignIn,
  finishSignIn,
  forgetSignIn,
  type Keeping,
  type SignInBegun,
  type SignInMeans,
  type SignInStep,
} from "../api/sign-in";
import { asFailure, IpcFailure } from "../api/transport";

/** What is wanted, without its secret: a token is sent on and not kept. */
export type Wanted = { means: SignInMeans; place: string | null };

export type Phase =
  | { at: "idle" }
  | { at: "waiting"; url: string | null; isOpened: boolean; trying: boolean }
  | { at: "code"; code: string; url: string; endsAt: number; trying: boolean }
  | { at: "choosing"; begun: SignInBegun; chosen: string[] }
  | { at: "keeping"; begun: SignInBegun; fault: IpcFailure | null }
  | { at: "done"; accounts: Account[]; feed: string | null }
  | { at: "failed"; failure: IpcFailure };

/** The feed that was named, as the account is called now: a second identity has an alias. */
function feedOf(accounts: Account[], named: string | null): string | null {
  const account = accounts[0];
  return account && named ? account.id + named.slice(named.indexOf("/")) : null;
}

const idle: Phase = { at: "idle" };
let attempts = 0;

/** One sign-in: begun, perhaps waited for, chosen among, and kept. */
export class SignIn {
  phase = $state.raw<Phase>(idle);
  wanted = $state.raw<Wanted>({ means: "browser", place: null });
  /** While it is being kept. */
  finishing = $state(false);
  /** Why it could not be kept that way; another choice may do. */
  refused = $state.raw<IpcFailure | null>(null);
  #attempt = "";
  /** What waits to be kept. */
  #held: { begun: SignInBegun; chosen: string[] } | null = null;

  /**
   * @param done told once it is kept
   * @param asks told when it cannot go on by itself
   */
  constructor(
    private readonly done: (accounts: Account[], feed: string | null) => void = () => undefined,
    private readonly asks: () => void = () => undefined,
  ) {}

  /** These need nothing but an answer, so the page stays as it is and its button works. */
  get inPlace(): boolean {
    return this.wanted.means === "token" || this.wanted.means === "azureCli";
  }

  /** Whether one of these ways is being tried out right now. */
  trying(means: SignInMeans): boolean {
    return this.phase.at === "waiting" && this.wanted.means === means;
  }

  /** Whether there is more to see than the ways of signing in. */
  get takesThePage(): boolean {
    switch (this.phase.at) {
      case "idle":
      case "failed":
      case "done":
        return false;
      case "waiting":
        return !this.inPlace;
      default:
        return true;
    }
  }

  failure(...means: SignInMeans[]): IpcFailure | null {
    return this.phase.at === "failed" && means.includes(this.wanted.means) ? this.phase.failure : null;
  }

  /** Begins anew; what was under way is cancelled. */
  async begin(wanted: Wanted, token: string | null = null): Promise<void> {
    if (this.finishing) return;
    this.cancel();
    const mine = (this.#attempt = `sign-in-${++attempts}`);
    this.wanted = wanted;
    this.phase = { at: "waiting", url: null, isOpened: true, trying: false };
    try {
      const request = token === null ? wanted : { ...wanted, token };
      const begun = await beginSignIn(mine, request, (step) => this.#hear(mine, step));
      if (mine === this.#attempt) await this.#begun(begun);
      else if (begun) await forgetSignIn(begun.id);
    } catch (thrown) {
      if (mine === this.#attempt) this.#stop({ at: "failed", failure: asFailure(thrown) });
    }
  }

  /** Leaves it, wherever it is; what is being kept right now is no longer to be left. */
  cancel(): void {
    if (this.finishing) return;
    const { phase } = this;
    const attempt = this.#attempt;
    const held = this.#held;
    this.#attempt = "";
    this.#held = null;
    this.refused = null;
    this.phase = idle;
    // Nobody waits for the outcome: what is over already needs no end.
    if (held) forgetSignIn(held.begun.id).catch(() => undefined);
    else if (phase.at === "waiting" || phase.at === "code") cancelSignIn(attempt).catch(() => undefined);
  }

  choose(organization: string, on: boolean): void {
    if (this.phase.at !== "choosing" || !this.#held) return;
    const { begun, chosen } = this.phase;
    const next = begun.organizations.filter((each) => (each === organization ? on : chosen.includes(each)));
    this.#held = { begun, chosen: next };
    this.phase = { at: "choosing", begun, chosen: next };
  }

  /** Goes on to keep it for the organizations that are chosen. */
  async goOn(): Promise<void> {
    const held = this.#held;
    if (!held || held.chosen.length === 0) return;
    const fault = held.begun.keychainFault;
    if (fault) this.#stop({ at: "keeping", begun: held.begun, fault: new IpcFailure(fault) });
    else await this.keep("keychain");
  }

  /** Keeps it; where that is refused for the way it is kept, the ways are asked for. */
  async keep(keeping: Keeping, passphrase: string | null = null): Promise<void> {
    const held = this.#held;
    if (!held || this.finishing) return;
    const { begun, chosen } = held;
    const mine = this.#attempt;
    this.finishing = true;
    this.refused = null;
    try {
      const accounts = await finishSignIn(begun.id, { organizations: chosen, keeping, passphrase });
      if (mine !== this.#attempt) return;
      this.#held = null;
      const feed = feedOf(accounts, begun.feed);
      this.phase = { at: "done", accounts, feed };
      this.done(accounts, feed);
    } catch (thrown) {
      if (mine !== this.#attempt) return;
      this.finishing = false;
      this.#notKept(asFailure(thrown), begun, keeping);
    } finally {
      if (mine === this.#attempt) this.finishing = false;
    }
  }

  #notKept(failure: IpcFailure, begun: SignInBegun, keeping: Keeping): void {
    if (failure.code === "noKeychain") this.#stop({ at: "keeping", begun, fault: failure });
    // Tokens are kept by a passphrase already, which nobody has said since Granary started.
    else if (failure.code === "passphraseNeeded" && keeping === "keychain") this.#stop({ at: "keeping", begun, fault: null });
    else if (this.phase.at === "choosing" || this.phase.at === "keeping") this.refused = failure;
    else {
      this.cancel();
      this.#stop({ at: "failed", failure });
    }
  }

  async #begun(begun: SignInBegun | null): Promise<void> {
    if (!begun) {
      this.phase = idle;
      return;
    }
    this.#held = { begun, chosen: begun.organizations };
    // A token that may only read is worth a word before it is kept.
    if (begun.organizations.length === 1 && begun.canSave !== false) await this.goOn();
    else this.#stop({ at: "choosing", begun, chosen: begun.organizations });
  }

  /** Here it waits for a person. */
  #stop(phase: Phase): void {
    this.phase = phase;
    this.asks();
  }

  #hear(mine: string, step: SignInStep): void {
    if (mine !== this.#attempt) return;
    const { phase } = this;
    if (step.kind === "browser") this.phase = { at: "waiting", url: step.url, isOpened: step.isOpened, trying: false };
    else if (step.kind === "code")
      this.phase = { at: "code", code: step.code, url: step.url, endsAt: Date.now() + step.seconds * 1000, trying: false };
    else if (phase.at === "waiting" || phase.at === "code") this.phase = { ...phase, trying: true };
  }
}
