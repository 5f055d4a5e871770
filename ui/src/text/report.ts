/** What is sent to somebody of a run. */
export const report = {
  open: "Copy report…",
  copy: "Copy",
  copied: "The report is copied",
  ofFailure: {
    title: "Report of this failure",
    text: "Versions, config, checks and what cargo said. No token is in it, and no name of this computer.",
  },
  ofRun: {
    title: "Report of this run",
    text: "What ran, how long each step took, and where crates came from. No token is in it, and no path of this computer.",
  },
  command: (it: string): string => `Command: ${it}`,
  project: (name: string): string => `Project: ${name}`,
  started: (at: string): string => `Started: ${at}`,
  took: (time: string): string => `Took: ${time}`,
  outcome: (it: string): string => `Outcome: ${it}`,
  slowest: (crate: string, time: string, size: string, from: string): string => `Slowest: ${crate}, ${time}, ${size}, from ${from}`,
  firstOf: (n: number, all: number): string => `The first ${n} of ${all}.`,
};
