import { plural } from "./units";

export const diagnosis = {
  looking: "Looking for the cause",
  noCause: "Nothing known explains this",
  refused: "The cause could not be looked for.",
  checked: "What was checked",
  rest: (n: number): string => plural(n, "more check", "more checks"),
};
