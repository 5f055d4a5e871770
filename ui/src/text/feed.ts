import { listed } from "./units";

export const feed = {
  tabs: {
    crates: "Crates",
    upstreams: "Upstream sources",
    views: "Views",
    permissions: "Permissions",
    retention: "Retention",
    bin: "Recycle bin",
    connect: "Connect",
  },
  fedBy: (names: string[]): string => `fed by ${listed(names)}`,
  notAsked: "its upstreams are switched off",
  ownOnly: "holds our own crates",
  ofOrganization: (name: string): string => `${name}, the organization`,
  isPublic: "Public",
  isPrivate: "Private",
  copyIndex: "Copy index",
  indexCopied: (name: string): string => `The index address of ${name} is copied`,
  connectProject: "Connect a project…",
  otherFolder: "Open another folder…",
  more: (name: string): string => `More for ${name}`,
  gone: "This feed is not there any more",
  asking: (name: string): string => `Asking ${name}`,
};
