import { installAutostart, planAutostart, removeAutostart, type AutostartPlan } from "../api/autostart";
import { asFailure, type IpcFailure } from "../api/transport";
import { Loaded } from "./loaded.svelte";

/** Whether the feeds on this computer are kept running from sign-in on, and what that takes. */
export class KeepRunning {
  readonly plan = new Loaded<AutostartPlan>();
  working = $state<"install" | "remove" | null>(null);
  /** Why installing was refused. */
  failure = $state.raw<IpcFailure | null>(null);

  /** Null while it is not known. */
  get installed(): boolean | null {
    return this.plan.value?.installed ?? null;
  }

  async load(): Promise<void> {
    await this.plan.load(planAutostart);
  }

  /** Forgets an earlier refusal and looks again, since what is shown is what will be written. */
  async reconsider(): Promise<void> {
    this.failure = null;
    await this.load();
  }

  /** Writes what was shown; answers whether they are kept running now. */
  async install(): Promise<boolean> {
    if (this.working) return false;
    this.working = "install";
    this.failure = null;
    try {
      this.plan.set(await installAutostart());
      return true;
    } catch (thrown) {
      this.failure = asFailure(thrown);
      return false;
    } finally {
      this.working = null;
    }
  }

  /** Throws the refusal. */
  async remove(): Promise<void> {
    if (this.working) return;
    this.working = "remove";
    try {
      this.plan.set(await removeAutostart());
    } finally {
      this.working = null;
    }
  }
}
