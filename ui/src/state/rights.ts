import type { Feed, Role } from "../api/feed";
import { roles } from "../text/people";

const order: Role[] = ["reader", "collaborator", "contributor", "owner"];

/** Why somebody may not do what takes a role; null where they may, and where nobody could say. */
export function lacking(feed: Feed, needed: Role): string | null {
  if (feed.underMaintenance && needed !== "reader") return roles.underMaintenance;
  if (feed.role === null || order.indexOf(feed.role) >= order.indexOf(needed)) return null;
  return roles.needs(roles.names[needed], roles.names[feed.role]);
}
