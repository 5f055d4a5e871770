export const diagram = {
  cratesIo: "crates.io",
  yourCrates: "your crates",
  upstream: "upstream",
  internal: "internal",
  yourProjects: "your projects",
  aProject: "a project",
  pair: "crates.io feeds **upstream**, your crates are published to **internal**, and your projects use both.",
};

export const newFeed = {
  title: (where: string): string => `New feed on ${where}`,
  titleIn: (where: string): string => `New feed in ${where}`,
  shape: "How many feeds",
  pair: "A pair of feeds",
  pairText: "One keeps copies from crates.io, one holds our own crates. A public crate can never take the place of one of ours.",
  one: "One feed",
  oneText: "Own crates and crates.io together, or either alone.",
  forCratesIo: "For crates.io",
  forOurs: "For our own crates",
  name: "Name",
  description: "Description",
  descriptionHint: "What belongs here, for the people who look for it",
  belongsTo: "Belongs to",
  organization: (name: string): string => `${name}, the organization`,
  cannotMove: "A feed cannot be moved later.",
  placeUnknown: "It is not known yet which projects there are.",
  loadingProjects: "Asking for the projects",
  recoverable: { pair: "Both can be deleted and recovered for 30 days.", one: "It can be deleted and recovered for 30 days." },
  belongsToLocal: (project: string): string => `${project}, on this computer`,
  include: "Include crates.io",
  includeText: "cargo may use this feed in place of crates.io. Each crate is saved on its first use.",
  whatYouGet: "What you get",
  pairNote: (upstream: string, internal: string): string =>
    `cargo asks **${upstream}** for every crates.io name, and **${internal}** only where \`registry\` says so.`,
  mixedNote: (name: string): string =>
    `cargo asks **${name}** for every crates.io name, and your own crates are in it too. One of ours hides the public crate of its name.`,
  ownNote: (name: string): string => `cargo asks **${name}** only where \`registry\` says so.`,
  createTwo: "Create two feeds",
  createOne: "Create feed",
  creating: "Creating",
  created: "created",
  refused: "refused",
  waiting: "waiting",
  outcome: "What happened",
  openCreated: (name: string): string => `Open ${name}`,
  stays: "Nothing leaves this computer.",
  placeholderName: "a feed",
};

export const nameRules = {
  empty: "A feed needs a name.",
  tooLong: "64 characters at most.",
  blank: (better: string): string => (better ? `No blanks. Try **${better}**.` : "No blanks."),
  firstSign: (better: string): string =>
    better ? `Start with a letter. Try **${better}**.` : "Start with a letter.",
  sign: (sign: string, better: string): string =>
    better
      ? `cargo cannot use \`${sign}\` in a name. Try **${better}**.`
      : `cargo cannot use \`${sign}\` in a name.`,
  taken: (name: string): string => `**${name}** exists already. Take another name.`,
  twice: "The two feeds need different names.",
  tooLongText: "255 characters at most.",
};
