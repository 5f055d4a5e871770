import {
  commands,
  type Applied,
  type ConnectRequest,
  type DiffLine,
  type FileChange,
  type LockedCrate,
  type LockedOrigin,
  type Overridden,
  type Place,
  type Plan,
  type Probe,
  type Project,
  type ProjectEntry,
  type SecretScheme,
  type Setting,
  type SettingOrigin,
  type SettingValue,
} from "./bindings";
import { value } from "./transport";

export type {
  Applied,
  ConnectRequest,
  DiffLine,
  FileChange,
  LockedCrate,
  LockedOrigin,
  Overridden,
  Place,
  Plan,
  Probe,
  Project,
  ProjectEntry,
  SecretScheme,
  Setting,
  SettingOrigin,
  SettingValue,
};

export const chooseFolder = (): Promise<string | null> => value(commands.projectChoose());
export const probe = (path: string): Promise<Probe> => value(commands.projectProbe(path));
export const openProject = (path: string): Promise<Project> => value(commands.projectOpen(path));
export const listProjects = (): Promise<ProjectEntry[]> => value(commands.projectList());
export const planConnect = (request: ConnectRequest): Promise<Plan> =>
  value(commands.connectPlan(request));
export const applyConnect = (request: ConnectRequest, fingerprint: string): Promise<Applied> =>
  value(commands.connectApply(request, fingerprint));
/** Takes the last change of a project back. */
export const undoLast = async (folder: string): Promise<Applied> => {
  const { plan } = await value(commands.undoPlan(folder));
  return value(commands.undoApply(folder, plan.fingerprint));
};
