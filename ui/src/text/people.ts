import type { IdentityKind, Role } from "../api/permission";
import { plural } from "./units";

export const roles = {
  names: {
    reader: "Feed Reader",
    collaborator: "Feed and Upstream Reader (Collaborator)",
    contributor: "Feed Publisher (Contributor)",
    owner: "Feed Owner",
  } satisfies Record<Role, string>,
  may: {
    reader: "lists, and downloads what is saved",
    collaborator: "also saves crates from upstream",
    contributor: "also publishes, promotes and yanks",
    owner: "also deletes, and changes settings and permissions",
  } satisfies Record<Role, string>,
  you: (role: string): string => `You are ${role}`,
  needs: (needed: string, yours: string): string => `This needs ${needed}. You are ${yours}.`,
  underMaintenance: "Azure keeps this feed from being changed just now.",
  other: "a role Granary does not know",
};

export const permissions = {
  list: (feed: string): string => `Who may do what in ${feed}`,
  columns: { who: "Who", also: "Known as", role: "Role", acts: "" },
  kinds: { person: "person", group: "group", buildService: "build service" } satisfies Record<IdentityKind, string>,
  inherited: "inherited",
  inheritedWhy: "This comes from above the feed and cannot be changed here.",
  roleOf: (name: string): string => `Role of ${name}`,
  remove: (name: string): string => `Take the role of ${name} away`,
  removed: (name: string): string => `**${name}** has no role of its own any more`,
  changed: (name: string, role: string): string => `**${name}** is ${role} now`,
  waiting: "Not confirmed by Azure yet",
  add: "Add",
  addTitle: "Give somebody a role",
  who: "Person, group or build service",
  whoPlaceholder: "Type a name or a mail address",
  role: "Role",
  noneFound: (text: string): string => `Nobody is called \`${text}\``,
  typeMore: "Type at least two characters.",
  give: "Give the role",
  asking: "Asking who may do what",
  explained: "The highest right comes first; each role may all that those below it may.",
  effective: "Who has several, also through groups, has the highest.",
  footer: (people: number, inherited: number): string =>
    inherited > 0 ? `${plural(people, "entry", "entries")}, ${inherited} inherited` : plural(people, "entry", "entries"),
};
