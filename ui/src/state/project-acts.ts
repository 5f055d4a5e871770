import { undoLast } from "../api/project";
import { project as words } from "../text/en";
import type { Workspace } from "./workspace.svelte";

/** What is done to a project's files, where its page and the toast move together. */
export class ProjectActs {
  constructor(private readonly space: Workspace) {}

  /** Takes the last change back. */
  async undo(folder: string): Promise<void> {
    const { notices, projects } = this.space;
    try {
      const { files } = await undoLast(folder);
      await projects.read(folder);
      notices.show(words.undone(files.length, projects.nameOf(folder)));
    } catch (thrown) {
      this.space.tell(thrown);
    }
  }
}
