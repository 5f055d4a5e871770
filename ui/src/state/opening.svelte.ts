import { chooseFolder, probe, type Candidate } from "../api/project";
import { project as words } from "../text/en";
import type { Workspace } from "./workspace.svelte";

/** Folders on their way to being open projects; where one holds several, somebody chooses. */
export class Opening {
  /** The projects to choose from. */
  candidates = $state.raw<Candidate[]>([]);
  #chosen: (folders: string[]) => void = () => undefined;

  constructor(private readonly space: Workspace) {}

  /** Asks for a folder; answers the project's folder once it is open. */
  async choose(): Promise<string | null> {
    try {
      const path = await chooseFolder();
      return path === null ? null : await this.open([path]);
    } catch (thrown) {
      this.space.tell(thrown);
      return null;
    }
  }

  /** Opens the projects the paths belong to, and shows the last one; answers its folder. */
  async open(paths: string[]): Promise<string | null> {
    const probes = await Promise.all(paths.map((path) => probe(path).catch(() => null)));
    const candidates = probes.flatMap((found) => (found?.kind === "none" ? found.candidates : []));
    const projects = paths.filter((_, at) => probes[at]?.kind !== "none" || probes[at]?.candidates.length === 0);
    if (candidates.length > 0) projects.push(...(await this.#ask(candidates)));
    let opened: string | null = null;
    for (const path of projects) opened = (await this.#open(path)) ?? opened;
    return opened;
  }

  /** These of the candidates are opened; none closes the question. */
  answer(folders: string[]): void {
    this.candidates = [];
    this.#chosen(folders);
  }

  #ask(candidates: Candidate[]): Promise<string[]> {
    // A question that is still open is over with the next one.
    this.#chosen([]);
    this.candidates = candidates;
    return new Promise((chosen) => (this.#chosen = chosen));
  }

  async #open(path: string): Promise<string | null> {
    const { navigation, notices, projects } = this.space;
    try {
      const project = await projects.open(path);
      navigation.go({ at: "project", folder: project.folder, tab: "overview" });
      notices.say(words.opened(project.name));
      return project.folder;
    } catch (thrown) {
      this.space.tell(thrown);
      return null;
    }
  }
}
