import type { CrateFault } from "../api/run";

/** How many crates faults are of: one may have several. */
export const cratesOf = (faults: CrateFault[]): number => new Set(faults.map(({ name, version }) => `${name} ${version}`)).size;

/** Those that are still there. */
export const leftOf = (faults: CrateFault[]): CrateFault[] => faults.filter(({ repaired }) => !repaired);
