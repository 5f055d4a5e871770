import { commands, type Check, type CheckReport, type Evidence, type Fix, type Verdict } from "./bindings";
import { value } from "./transport";

export type { Check, CheckReport, Evidence, Fix, Verdict };

/** Looks for what keeps a project from building; offline, it asks nobody. */
export const checkProject = (folder: string, isOffline: boolean): Promise<CheckReport> => value(commands.projectCheck(folder, isOffline));
