import { createContext } from "svelte";
import { asFailure } from "../api/transport";
import { copyText, onDrag, onFolderOpened, onQuitAsked } from "../api/window";
import type { RunEvent } from "../api/run";
import { common, keepRunning as keepText } from "../text/en";
import { Accounts } from "./accounts.svelte";
import { Actions } from "./actions.svelte";
import { Checks } from "./checks.svelte";
import { Drop } from "./drop.svelte";
import { FeedActs } from "./feed-acts";
import { Feeds } from "./feeds.svelte";
import { KeepRunning } from "./keep-running.svelte";
import { Navigation } from "./navigation.svelte";
import { Notices } from "./notices.svelte";
import { OneClick } from "./one-click.svelte";
import { OpenFeed } from "./open-feed.svelte";
import { Opening } from "./opening.svelte";
import type { Verb } from "./programs";
import { ProjectActs } from "./project-acts";
import { Projects } from "./projects.svelte";
import { Quit } from "./quit.svelte";
import { RunAnnouncements } from "./run-announcements";
import { Runs, type Run } from "./runs.svelte";
import { SignIns } from "./sign-ins.svelte";
import { Trust } from "./trust.svelte";

/** The state of the window, one class per noun, and the few places where one noun moves another. */
export class Workspace {
  readonly accounts = new Accounts();
  readonly actions = new Actions();
  readonly checks = new Checks();
  readonly drop = new Drop();
  readonly feeds = new Feeds();
  readonly feedActs = new FeedActs(this);
  readonly keepRunning = new KeepRunning();
  readonly navigation = new Navigation();
  readonly notices = new Notices();
  readonly oneClick = new OneClick(this);
  readonly opening = new Opening(this);
  readonly projects = new Projects();
  readonly projectActs = new ProjectActs(this);
  readonly runs = new Runs((run, event) => this.#heard(run, event));
  readonly quit = new Quit(this.runs);
  readonly signIns = new SignIns(this);
  readonly trust = new Trust(this);
  readonly #opened: Record<string, OpenFeed> = {};
  readonly #announcements = new RunAnnouncements(this.notices);
  /** Which run each list shows; the newest where nothing was chosen. */
  chosenRun = $state.raw<Run | null>(null);
  newFeed = $state.raw<{ account: string; shape: "pair" | "one" } | null>(null);
  /** How wide a detail is drawn where the window has room. */
  paneWidth = $state(440);
  keepRunningOpen = $state(false);
  paletteOpen = $state(false);
  helpOpen = $state(false);
  ready = $state(false);

  /** What is shown of a feed, kept from visit to visit. */
  opened(feed: string): OpenFeed {
    return (this.#opened[feed] ??= outliving(() => new OpenFeed(feed, this.feeds, this.notices)));
  }

  async start(): Promise<void> {
    await Promise.all([this.accounts.load(), this.projects.load(), this.signIns.load()]);
    const [account] = this.accounts.all;
    if (account) this.navigation.replace(this.#home(account.id));
    // The window stands before the feeds have answered: their pages wait for themselves.
    this.ready = true;
    for (const each of this.accounts.all) void this.feeds.loadKept(each.id);
    void this.keepRunning.load();
    void this.runs.load();
    const refused = this.accounts.list.failure ?? this.projects.list.failure;
    if (refused) this.tell(refused);
    const folder = this.accounts.about.value?.startFolder;
    if (folder) await this.opening.open([folder]);
  }

  /** Hears folders dragged in and handed over; answers how to stop. */
  async listen(): Promise<() => void> {
    const stops = await Promise.all([
      onDrag((drag) => {
        if (drag.kind === "enter") void this.drop.enter(drag.paths);
        else if (drag.kind === "leave") this.drop.leave();
        else {
          this.drop.leave();
          void this.opening.open(drag.paths);
        }
      }),
      onFolderOpened((path) => void this.opening.open([path])),
      onQuitAsked((count) => this.quit.ask(count)),
    ]);
    return () => stops.forEach((stop) => stop());
  }

  /** Starts the feeds on this computer and shows them, unless one has other work on the page. */
  async useLocal(stay = false): Promise<void> {
    const account = await this.accounts.useLocal();
    if (!account) return;
    await this.feeds.load(account.id);
    if (!stay) this.navigation.go(this.#home(account.id));
  }

  /** The run a list shows: the chosen one, or the newest. */
  shownRun(runs: Run[]): Run | null {
    return runs.find((run) => run === this.chosenRun) ?? runs[0] ?? null;
  }

  /** Brings in what is locked. */
  async restore(folder: string): Promise<void> {
    await this.run(folder, { verb: "fetch" });
  }

  /** Starts a run, once its folder is trusted as far as it needs. */
  async run(folder: string, verb: Verb): Promise<void> {
    if (this.trust.isLacking(folder, verb.verb)) return this.trust.ask(folder, verb);
    this.navigation.go({ at: "project", folder, tab: "runs" });
    this.chosenRun = null;
    const through = this.projects.of(folder)?.value?.connection.cratesIoThrough;
    const request = { release: false, locked: false, offline: false, ...verb, folder };
    const run = await this.runs.start(request, this.projects.nameOf(folder), through?.feed ?? through?.indexUrl ?? null);
    if (run.refused?.code === "projectRunsPrograms") await this.trust.askAnew(folder, verb);
  }

  async cancel(run: Run): Promise<void> {
    try {
      await this.runs.cancel(run);
    } catch (thrown) {
      this.tell(thrown);
    }
  }

  /** Keeps the feeds on this computer running; a refusal stays in the sheet, as long as that is open. */
  async startKeeping(): Promise<void> {
    const kept = await this.keepRunning.install();
    if (kept) {
      this.keepRunningOpen = false;
      this.notices.show(keepText.nowKept);
      this.notices.say(keepText.nowKept);
    } else if (!this.keepRunningOpen && this.keepRunning.failure) this.tell(this.keepRunning.failure);
  }

  async stopKeeping(): Promise<void> {
    try {
      await this.keepRunning.remove();
      this.notices.show(keepText.noLongerKept);
      this.notices.say(keepText.noLongerKept);
    } catch (thrown) {
      this.tell(thrown);
    }
  }

  async copy(text: string, said: string): Promise<void> {
    try {
      await copyText(text);
      this.notices.show(said);
    } catch {
      this.notices.show(common.copyRefused);
    }
  }

  /** For a refusal that has no place of its own on the page. */
  tell(thrown: unknown): void {
    const failure = asFailure(thrown);
    const text = [failure.message, failure.hints[0]].filter(Boolean).join(". ");
    this.notices.show(text);
    this.notices.alert(text);
  }

  #home(account: string): { at: "account"; account: string } {
    return { at: "account", account };
  }

  #heard(run: Run, event: RunEvent): void {
    if (event.type === "progress") this.#announcements.quarter(run);
    if (event.type !== "ended") return;
    this.#announcements.ended(run, event.summary.state, event.summary.seconds);
    // What would run may be known only once all is here.
    if (event.summary.failure?.code === "projectRunsPrograms")
      void this.trust.askAnew(run.folder, run.asked);
    else void this.projectActs.readAgain(run.folder);
    // What was fetched is saved in the feeds now.
    for (const { crates } of Object.values(this.#opened)) void crates.refresh();
  }
}

/** Makes something whose derived values live on when the page that first asked for it is gone. */
function outliving<T>(make: () => T): T {
  let made: T | undefined;
  $effect.root(() => {
    made = make();
  });
  return made as T;
}

export const [workspace, provideWorkspace] = createContext<Workspace>();
