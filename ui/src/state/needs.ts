import type { Need } from "../api/project";

/** A line of the list: a package, or the workspace where it has no name, and then what it needs. */
export type NeedRow = { key: string; name: string | null; count: number; need: null } | { key: string; need: Need };

/** What the manifest calls it. */
export const calledName = ({ name, rename }: Need): string => rename ?? name;

export const needKey = (need: Need): string =>
  [need.manifest, need.list.kind ?? "", need.list.target ?? "", need.package ?? "", calledName(need)].join("\n");

/** The needs a search finds, below the package each is of, in the manifests' order. */
export function needRows(needs: Need[], query: string): NeedRow[] {
  const wanted = query.trim().toLowerCase();
  const packages = new Map<string | null, Need[]>();
  for (const need of needs) {
    if (!need.name.toLowerCase().includes(wanted) && !calledName(need).toLowerCase().includes(wanted)) continue;
    const before = packages.get(need.package);
    if (before) before.push(need);
    else packages.set(need.package, [need]);
  }
  return [...packages].flatMap(([name, of]): NeedRow[] => [
    { key: `package ${name ?? ""}`, name, count: of.length, need: null },
    ...of.map((need) => ({ key: needKey(need), need })),
  ]);
}

/** The workspace's own entry that a package inherits. */
export const inherited = (needs: Need[], need: Need): Need | null =>
  needs.find((each) => each.package === null && calledName(each) === calledName(need)) ?? null;

/** Which packages a change of it is for: its own, or all that inherit it. */
export function packagesOf(needs: Need[], need: Need): string[] {
  if (need.package !== null) return [need.package];
  const heirs = needs.filter((each) => each.source.kind === "workspace" && calledName(each) === calledName(need));
  return [...new Set(heirs.flatMap((each) => each.package ?? []))];
}

/** Whether its version is a registry's, and said in its own manifest. */
export const isEditable = ({ source }: Need): boolean => source.kind === "cratesIo" || source.kind === "registry";

const comparator = /^(\^|~|=|>=?|<=?)?\s*(\*|\d+(\.(\*|\d+)){0,2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?)$/;

/** Whether it looks like a version requirement; cargo judges in the end. */
export const looksLikeRequirement = (text: string): boolean =>
  text.split(",").every((part) => comparator.test(part.trim()));
