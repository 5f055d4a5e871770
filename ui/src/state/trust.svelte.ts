import type { Program, Project } from "../api/project";
import { asFailure, type IpcFailure } from "../api/transport";
import { trust as words } from "../text/project";
import { lacksTrust, toTrust, type Verb } from "./programs";
import type { Workspace } from "./workspace.svelte";

/** The question whether cargo may do what a folder brings, before it is started there. */
export class Trust {
  /** Where it is asked about. */
  folder = $state.raw<string | null>(null);
  working = $state(false);
  failure = $state.raw<IpcFailure | null>(null);
  #then = $state.raw<Verb | null>(null);

  constructor(private readonly space: Workspace) {}

  /** What is asked for: what trust leads to, else what holds for all that cargo does. */
  get verb(): Verb["verb"] {
    return this.#then?.verb ?? "fetch";
  }

  /** As far as is known here: whoever starts cargo looks for himself. */
  isLacking(folder: string, verb: Verb["verb"] = "fetch"): boolean {
    const project = this.space.projects.of(folder)?.value;
    return project ? lacksTrust(project, verb) : false;
  }

  /** The rows that are shown, and so the ones that are trusted. */
  rows(project: Project): Program[] {
    return toTrust(project, this.verb);
  }

  /** Asks on the project's page; `then` is what trust leads to. */
  async ask(folder: string, then: Verb | null = null): Promise<void> {
    const { navigation, projects } = this.space;
    if (!this.#isShown(folder)) navigation.go({ at: "project", folder, tab: "overview" });
    this.#open(folder, then);
    // What is trusted is what stands there now, so that is what is to be seen.
    const project = await projects.read(folder);
    if (project && !lacksTrust(project, this.verb) && this.folder === folder && !this.working) this.#follow(folder);
  }

  /** Something was refused for lack of a trust that was not known to lack. */
  async askAnew(folder: string, then: Verb): Promise<void> {
    await this.space.projects.read(folder);
    if (this.isLacking(folder, then.verb) && this.#isShown(folder)) this.#open(folder, then);
  }

  close(): void {
    this.folder = null;
  }

  async agree(): Promise<void> {
    const { folder } = this;
    const project = folder === null ? null : this.space.projects.of(folder)?.value;
    if (folder === null || !project || this.working) return;
    this.working = true;
    this.failure = null;
    try {
      await this.space.projects.trust(folder, this.rows(project));
    } catch (thrown) {
      // Whoever closed the question meanwhile hears of it nevertheless.
      if (this.folder === folder) this.failure = asFailure(thrown);
      else this.space.tell(thrown);
      return;
    } finally {
      this.working = false;
    }
    if (this.folder === folder) this.#follow(folder);
  }

  #isShown(folder: string): boolean {
    const { place } = this.space.navigation;
    return place.at === "project" && place.folder === folder;
  }

  #open(folder: string, then: Verb | null): void {
    this.folder = folder;
    this.failure = null;
    this.#then = then;
  }

  #follow(folder: string): void {
    this.close();
    if (this.#then) return void this.space.run(folder, this.#then);
    const said = words.said(this.space.projects.nameOf(folder));
    this.space.notices.show(said);
    this.space.notices.say(said);
  }
}
