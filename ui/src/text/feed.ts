import { listed, plural } from "./units";

export const feed = {
  renamed: (old: string, now: string): string => `${old} is called ${now} now. Projects with its old addresses have to be connected again.`,
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
  edit: "Edit…",
  watch: "Name watch…",
  remove: "Delete this feed…",
  copyReference: "Copy its reference",
  referenceCopied: (name: string): string => `The reference of ${name} is copied`,
  asking: (name: string): string => `Asking ${name}`,
};

export const editFeed = {
  title: (name: string): string => `Edit ${name}`,
  name: "Name",
  renames: "With another name, every address of this feed breaks: these, and the ones written in projects and pipelines.",
  description: "Description",
  hidesDeleted: "Leave deleted versions out of lists",
  hidesDeletedText: "Lists then show only what can be taken.",
  badges: "Offer badges",
  badgesText: "Anybody can then see a crate’s latest version as a small picture.",
  save: "Save",
  saving: "Saving",
  saved: (name: string): string => `**${name}** is changed`,
};

export const deleteFeed = {
  title: (name: string): string => `Delete ${name}?`,
  text: (name: string): string => `**${name}** goes to the recycle bin with all it holds, and can be recovered for 30 days. Until then builds that use it fail.`,
  used: (projects: string[]): string => `${listed(projects.map((each) => `**${each}**`))} ${projects.length === 1 ? "uses" : "use"} it.`,
  unused: "None of your projects uses it.",
  looking: "Looking which of your projects use it",
  verb: "Delete this feed",
  deleting: "Deleting",
  done: (name: string): string => `**${name}** is in the recycle bin`,
};

export const deletedFeeds = {
  title: (account: string): string => `Deleted feeds of ${account}`,
  text: "A deleted feed can be recovered for 30 days, with all it held.",
  none: "No feed was deleted in the last 30 days.",
  asking: "Looking into the recycle bin",
  left: (days: number): string => (days <= 0 ? "until today" : `${plural(days, "day", "days")} left`),
  recover: "Recover",
  recovered: (name: string): string => `**${name}** is back`,
  purge: "Delete for ever…",
  purgeTitle: (name: string): string => `Delete ${name} for ever?`,
  purgeText: "All it holds is lost, and builds that lock its versions will fail.",
  verb: "Delete for ever",
  purging: "Deleting",
  purged: (name: string): string => `**${name}** is deleted for ever`,
};

export const allFeeds = {
  title: "All feeds",
  meta: (feeds: number, accounts: number): string => `${plural(feeds, "feed", "feeds")} of ${plural(accounts, "account", "accounts")}`,
  list: "Feeds of all accounts",
  none: "No feeds yet",
  noneText: "Open an account and create a pair of feeds, or add another account.",
};
