/** Seconds that are left, as they are shown, and how old the run was then. */
export type TimeLeft = { seconds: number; at: number };

/** How old a run is before anybody is told, in seconds: what is known earlier says little. */
const from = 3;
/** Between two changes, in seconds. */
const calm = 1;

/**
 * What to show of a new estimate: in whole seconds, another no more often than one can read, and above what was shown
 * last by no more than half of that, or by the one second it is rounded to.
 */
export function timeLeft(shown: TimeLeft | null, seconds: number | null, age: number): TimeLeft | null {
  if (seconds === null || age < from) return null;
  if (shown && age < shown.at + calm) return shown;
  const most = shown ? Math.max(shown.seconds + 1, Math.floor(1.5 * shown.seconds)) : Infinity;
  return { seconds: Math.min(most, Math.max(1, Math.round(seconds))), at: age };
}
