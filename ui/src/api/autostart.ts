import { commands, type AutostartPlan } from "./bindings";
import { value } from "./transport";

export type { AutostartPlan };

export const planAutostart = (): Promise<AutostartPlan> => value(commands.autostartPlan());
export const installAutostart = (): Promise<AutostartPlan> => value(commands.autostartInstall());
export const removeAutostart = (): Promise<AutostartPlan> => value(commands.autostartRemove());
