import { SvelteMap } from "svelte/reactivity";
import { listProjects, openProject, trustProject, type Program, type Project, type ProjectEntry } from "../api/project";
import { lastPart } from "../text/units";
import { Loaded } from "./loaded.svelte";

/** The projects that were opened, each read when it is looked at. */
export class Projects {
  readonly list = new Loaded<ProjectEntry[]>();
  readonly #open = new SvelteMap<string, Loaded<Project>>();

  get all(): ProjectEntry[] {
    return this.list.value ?? [];
  }

  nameOf(folder: string): string {
    const known = this.#open.get(folder)?.value?.name ?? this.all.find((each) => each.folder === folder)?.name;
    return known ?? lastPart(folder);
  }

  of(folder: string): Loaded<Project> | null {
    return this.#open.get(folder) ?? null;
  }

  async load(): Promise<void> {
    await this.list.load(listProjects);
  }

  /** Reads a project again; what was read before stays in view. */
  async read(folder: string): Promise<Project | null> {
    return this.#slot(folder).load(() => openProject(folder));
  }

  /** Opens a folder, or the project a path belongs to; throws the refusal. */
  async open(path: string): Promise<Project> {
    const project = await openProject(path);
    this.#slot(project.folder).set(project);
    const entry = { folder: project.folder, name: project.name };
    if (!this.all.some((each) => each.folder === entry.folder)) this.list.set([...this.all, entry]);
    return project;
  }

  /** Trusts what a project has cargo do, as it was shown; throws the refusal. */
  async trust(folder: string, shown: Program[]): Promise<void> {
    const project = await trustProject(folder, shown.map(({ mark }) => mark));
    // What is still being read is older than this.
    await this.#slot(folder).load(() => Promise.resolve(project));
  }

  #slot(folder: string): Loaded<Project> {
    let slot = this.#open.get(folder);
    if (!slot) {
      slot = new Loaded<Project>();
      this.#open.set(folder, slot);
    }
    return slot;
  }
}

export const isConnected = (project: Project): boolean =>
  project.connection.cratesIoThrough !== null ||
  project.connection.registries.some((registry) => registry.feed !== null);
