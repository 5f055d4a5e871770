import type { Diagnostic } from "../api/run";

/** What the compiler said of the code: errors first, each kind in the order it came in. */
export class RunProblems {
  #errors = $state.raw<Diagnostic[]>([]);
  #warnings = $state.raw<Diagnostic[]>([]);
  readonly all = $derived([...this.#errors, ...this.#warnings]);

  append(batch: Diagnostic[]): void {
    if (batch.length === 0) return;
    const isError = ({ level }: Diagnostic): boolean => level === "error";
    this.#errors = [...this.#errors, ...batch.filter(isError)];
    this.#warnings = [...this.#warnings, ...batch.filter((each) => !isError(each))];
  }

  get errors(): number {
    return this.#errors.length;
  }
  get warnings(): number {
    return this.#warnings.length;
  }
  get count(): number {
    return this.errors + this.warnings;
  }
}
