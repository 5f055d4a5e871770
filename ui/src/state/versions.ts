/** Orders versions by their numbers; a pre-release comes before its release. */
export function compareVersions(a: string, b: string): number {
  const [mainA = "", preA] = a.split("+")[0]?.split(/-(.*)/s) ?? [];
  const [mainB = "", preB] = b.split("+")[0]?.split(/-(.*)/s) ?? [];
  const left = mainA.split(".").map(Number);
  const right = mainB.split(".").map(Number);
  for (let i = 0; i < 3; i++) {
    const step = (left[i] ?? 0) - (right[i] ?? 0);
    if (step) return step;
  }
  if (preA === preB) return 0;
  if (preA === undefined) return 1;
  if (preB === undefined) return -1;
  return preA.localeCompare(preB, "en", { numeric: true });
}
