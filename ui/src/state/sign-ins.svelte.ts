import { removeProvider, type Account } from "../api/account";
import type { FileChange } from "../api/project";
import { azureCliUser, signInWays, unlock, type SignInMeans, type SignInWays } from "../api/sign-in";
import { asFailure, type IpcFailure } from "../api/transport";
import { signIn as words, signOut as outWords } from "../text/en";
import { troubleOf } from "./account-trouble";
import { Loaded } from "./loaded.svelte";
import type { Place } from "./navigation.svelte";
import { SignIn } from "./sign-in.svelte";
import type { Workspace } from "./workspace.svelte";

/** Lines that would leave cargo's config after the last account. */
export type Removal = { files: FileChange[]; fingerprint: string; said: string };

/** Signing in and out, and what that does to the rest of the window. */
export class SignIns {
  readonly ways = new Loaded<SignInWays>();
  readonly azureCli = new Loaded<string | null>();
  readonly current = new SignIn(
    (accounts, feed) => void this.#signedIn(accounts, feed),
    () => this.#asked(),
  );
  removal = $state.raw<Removal | null>(null);
  removing = $state(false);
  removalFailure = $state.raw<IpcFailure | null>(null);

  constructor(private readonly space: Workspace) {}

  async load(): Promise<void> {
    await this.ways.load(signInWays);
  }

  /** Who the Azure CLI is signed in as; asked once it is of use, since it takes its time. */
  async askAzureCli(): Promise<void> {
    await this.azureCli.load(azureCliUser);
  }

  /** Shows the ways of signing in, beside the accounts there are. */
  add(): void {
    // What goes on is shown, not ended.
    if (!this.current.takesThePage) this.current.cancel();
    this.#show();
  }

  #show(): void {
    const { accounts, navigation } = this.space;
    navigation.go(accounts.all.length > 0 ? { at: "signIn", again: null, way: null } : { at: "welcome" });
  }

  /** The same way as before, or with a token. */
  again(account: Account, way: "same" | "token" = "same"): void {
    this.current.cancel();
    const means = way === "token" ? "token" : meansOf(account);
    this.space.navigation.go({ at: "signIn", again: account.id, way: means === "token" ? "token" : null });
    if (means !== "token") void this.current.begin({ means, place: account.id });
  }

  leave(): void {
    this.current.cancel();
    this.space.navigation.leave();
  }

  async signOut(account: Account): Promise<void> {
    const { accounts, feeds, navigation, notices } = this.space;
    const here = concerns(navigation.place, account.id);
    try {
      const { providerRemoval } = await accounts.signOut(account.id);
      feeds.forget(account.id);
      const said = account.kind === "local" ? outWords.doneLocal : outWords.done(account.title);
      notices.say(said);
      const [next] = accounts.all;
      if (!next) navigation.replace({ at: "welcome" });
      else if (here) navigation.replace({ at: "account", account: next.id });
      this.removalFailure = null;
      // The sheet says it in the toast's place.
      if (providerRemoval) this.removal = { ...providerRemoval, said };
      else notices.show(said);
    } catch (thrown) {
      this.space.tell(thrown);
    }
  }

  async removeLines(): Promise<void> {
    const { removal } = this;
    if (!removal || this.removing) return;
    this.removing = true;
    this.removalFailure = null;
    try {
      await removeProvider(removal.fingerprint);
      this.removal = null;
      this.space.notices.show(outWords.removed);
    } catch (thrown) {
      this.removalFailure = asFailure(thrown);
    } finally {
      this.removing = false;
    }
  }

  async prefer(account: Account): Promise<void> {
    try {
      await this.space.accounts.prefer(account.id);
      this.space.notices.show(words.preferred(account.title));
    } catch (thrown) {
      this.space.tell(thrown);
    }
  }

  /** Says the passphrase, then asks again for what it kept back; throws the refusal. */
  async unlock(passphrase: string): Promise<void> {
    await unlock(passphrase);
    const { accounts, feeds } = this.space;
    const locked = accounts.all.filter((each) => troubleOf(each, feeds.listing(each.id)?.failure ?? null) === "locked");
    await Promise.all(locked.map((each) => feeds.load(each.id)));
  }

  /** It cannot go on by itself: said where one looks at something else. */
  #asked(): void {
    if (isWaitedFor(this.space.navigation.place)) return;
    this.space.notices.show(words.asks, { label: words.show, run: () => this.#show() });
    this.space.notices.say(words.asks);
  }

  async #signedIn(signedIn: Account[], feed: string | null): Promise<void> {
    const { accounts, feeds, navigation, notices } = this.space;
    // The order and who is preferred may have changed too.
    await accounts.refresh();
    const [first] = signedIn;
    const said = words.done(signedIn.map((each) => each.title));
    notices.say(said);
    const loading = Promise.all(signedIn.map((each) => feeds.load(each.id)));
    const goesOn = isWaitedFor(navigation.place) && this.space.oneClick.intent !== null;
    if (feed || goesOn) await loading;
    this.current.phase = { at: "idle" };
    const { place } = navigation;
    if (goesOn && this.space.oneClick.intent) return this.space.oneClick.goOn(() => navigation.leave());
    // Whoever went on to something else stays there.
    if (!isWaitedFor(place)) notices.show(said);
    else if (place.at === "signIn" && place.again && navigation.canGoBack) navigation.leave();
    else if (feed && feeds.find(feed)) navigation.replace({ at: "feed", feed });
    else if (first) navigation.replace({ at: "account", account: first.id });
  }
}

/** A token, also one of the environment, cannot be had again by itself. */
function meansOf(account: Account): SignInMeans {
  if (account.how === "browser" || account.how === "deviceCode" || account.how === "azureCli") return account.how;
  return "token";
}

const isWaitedFor = (place: Place): boolean => place.at === "welcome" || place.at === "signIn";

const concerns = (place: Place, account: string): boolean =>
  (place.at === "account" && place.account === account) ||
  (place.at === "feed" && place.feed.split("/")[0] === account) ||
  (place.at === "signIn" && place.again === account);
