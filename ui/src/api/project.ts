import {
  commands,
  type Applied,
  type Candidate,
  type ChangeKind,
  type ChangeRequest,
  type FileFault,
  type ConfigFile,
  type ConnectMode,
  type DependencyList,
  type DiffLine,
  type FileChange,
  type Held,
  type ListKind,
  type LockedCrate,
  type LockedOrigin,
  type Need,
  type NeedSource,
  type Overridden,
  type Place,
  type Plan,
  type Probe,
  type Program,
  type Project,
  type ProjectEntry,
  type SecretScheme,
  type Setting,
  type SettingOrigin,
  type SettingValue,
  type Undoable,
  type UndoPlan,
} from "./bindings";
import { value } from "./transport";

export type {
  Applied,
  Candidate,
  ChangeKind,
  ChangeRequest,
  FileFault,
  ConfigFile,
  ConnectMode,
  DependencyList,
  DiffLine,
  FileChange,
  Held,
  ListKind,
  LockedCrate,
  LockedOrigin,
  Need,
  NeedSource,
  Overridden,
  Place,
  Plan,
  Probe,
  Program,
  Project,
  ProjectEntry,
  SecretScheme,
  Setting,
  SettingOrigin,
  SettingValue,
  Undoable,
  UndoPlan,
};

export const chooseFolder = (): Promise<string | null> => value(commands.projectChoose());
export const probe = (path: string): Promise<Probe> => value(commands.projectProbe(path));
export const openProject = (path: string): Promise<Project> => value(commands.projectOpen(path));
/** Trusts what its own config has cargo do, by the marks of what was shown. */
export const trustProject = (folder: string, marks: string[]): Promise<Project> => value(commands.projectTrust(folder, marks));
/** Opens the terminal of this computer in a project's folder. */
export const openTerminal = (folder: string): Promise<null> => value(commands.projectOpenTerminal(folder));
export const listProjects = (): Promise<ProjectEntry[]> => value(commands.projectList());
export const planChange = (request: ChangeRequest): Promise<Plan> => value(commands.changePlan(request));
export const applyChange = (request: ChangeRequest, fingerprint: string): Promise<Applied> =>
  value(commands.changeApply(request, fingerprint));
export const planUndo = (folder: string): Promise<UndoPlan> => value(commands.undoPlan(folder));
export const applyUndo = (folder: string, fingerprint: string): Promise<Applied> => value(commands.undoApply(folder, fingerprint));
/** Takes the last change of a project back. */
export const undoLast = async (folder: string): Promise<Applied> => {
  const { plan } = await planUndo(folder);
  return applyUndo(folder, plan.fingerprint);
};
