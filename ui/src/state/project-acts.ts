import { openTerminal, undoLast, type Applied } from "../api/project";
import { changes, project as words } from "../text/en";
import type { Workspace } from "./workspace.svelte";

const isFresh = (loaded: { at: number } | null): boolean => loaded !== null && Date.now() - loaded.at < 1000;

/** What is done in a project's folder, where its page and the toast move together. */
export class ProjectActs {
  constructor(private readonly space: Workspace) {}

  /** Reads and checks one that is looked at, unless that was a moment ago. */
  look(folder: string): void {
    const { checks, projects } = this.space;
    const [project, report] = [projects.of(folder), checks.of(folder)];
    if (!isFresh(project)) void projects.read(folder);
    if (!report?.refreshing && !isFresh(report)) void checks.run(folder);
  }

  /** Reads a project and looks for what is wrong with it, both anew. */
  async readAgain(folder: string): Promise<void> {
    void this.space.checks.run(folder);
    await this.space.projects.read(folder);
  }

  /** What follows once files were written: the project as it is now, the way back, and the page one came from. */
  async changed(folder: string, { files }: Applied, leave = (): void => this.space.navigation.leave()): Promise<void> {
    await this.#followed(folder, leave);
    const undo = { label: changes.undo, run: () => void this.undo(folder) };
    this.space.notices.show(words.changed(files.length, this.space.projects.nameOf(folder)), undo);
  }

  /** The same where the last change was taken back. */
  async undone(folder: string, { files }: Applied, leave = (): void => {}): Promise<void> {
    await this.#followed(folder, leave);
    this.space.notices.show(words.undone(files.length, this.space.projects.nameOf(folder)));
  }

  /** Takes the last change back. */
  async undo(folder: string): Promise<void> {
    try {
      await this.undone(folder, await undoLast(folder));
    } catch (thrown) {
      this.space.tell(thrown);
    }
  }

  async openTerminal(folder: string): Promise<void> {
    try {
      await openTerminal(folder);
    } catch (thrown) {
      this.space.tell(thrown);
    }
  }

  async #followed(folder: string, leave: () => void): Promise<void> {
    const { navigation } = this.space;
    const here = navigation.place;
    await this.readAgain(folder);
    // Whoever went on to something else stays there.
    if (navigation.place === here) leave();
  }
}
