import { commands, type Identity, type IdentityKind, type Permission, type Role } from "./bindings";
import { value } from "./transport";

export type { Identity, IdentityKind, Permission, Role };

export const listPermissions = (feed: string): Promise<Permission[]> => value(commands.permissionList(feed));
export const setPermission = (feed: string, identity: Identity, role: Role): Promise<Permission[]> =>
  value(commands.permissionSet(feed, identity, role));
export const removePermission = (feed: string, identity: Identity): Promise<Permission[]> =>
  value(commands.permissionRemove(feed, identity));
export const searchIdentities = (account: string, text: string): Promise<Identity[]> =>
  value(commands.identitySearch(account, text));
