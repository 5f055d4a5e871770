import { commands, type ServicePlan } from "./bindings";
import { value } from "./transport";

export type { ServicePlan };

export const planService = (): Promise<ServicePlan> => value(commands.servicePlan());
export const installService = (): Promise<ServicePlan> => value(commands.serviceInstall());
export const removeService = (): Promise<ServicePlan> => value(commands.serviceRemove());
