import { plural } from "./units";

export const diagnosis = {
  looking: "Looking for the cause",
  noCause: "Nothing known explains this",
  refused: "The cause could not be looked for.",
  checked: "What was checked",
  rest: (n: number): string => plural(n, "more check", "more checks"),
  report: "Copy report…",
  reportTitle: "Report of this failure",
  reportText: "Versions, config, checks and what cargo said. No token is in it, and no name of this computer.",
  copy: "Copy",
  copied: "The report is copied",
};
