//! The verbs and their arguments.
//!
//! **Invariant**: says what may be typed; does nothing with it.

mod changes;
mod crates;
mod feed;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use changes::{
    Add, Changed, ClearTokens, ConfigVerb, Connect, Disconnect, List, Mode, Move, ProviderVerb, PublishTo,
    Remove, Update,
};
pub(crate) use crates::{CrateList, CrateVerb, Versions};
pub(crate) use feed::{
    FeedCreate, FeedUpdate, FeedVerb, PermissionVerb, RetentionSet, RetentionVerb, UpstreamVerb, ViewVerb,
};

/// Private Cargo feeds on Azure Artifacts, and on this computer.
#[derive(Debug, Parser)]
#[command(name = "granary", version, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    /// Print JSON: one document, or one object a line for a run
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Sign in to an organization, a server, or all organizations of an identity
    SignIn(SignIn),
    /// Forget an account and its token
    SignOut {
        /// The account, as `granary account list` names it
        account: String,
    },
    /// Accounts: who is signed in where
    #[command(subcommand)]
    Account(AccountVerb),
    /// The Azure projects of an account, in which feeds can lie
    ProjectList {
        /// The account
        account: String,
    },
    /// Feeds: list, show, create, change, delete; their upstreams, views, permissions, retention
    #[command(subcommand)]
    Feed(FeedVerb),
    /// Crates of a feed: list, show, yank, promote, delete, recover
    #[command(subcommand)]
    Crate(CrateVerb),
    /// Show what cargo would do in a project
    Show(Folder),
    /// Find what keeps a project from building, and what mends it
    Check(Check),
    /// Connect a project to feeds: shows the diff, then writes it
    Connect(Connect),
    /// Take what connecting put in out again
    Disconnect(Disconnect),
    /// Add a crate to a manifest, from crates.io or from a feed
    Add(Add),
    /// Require another version of a crate, wherever it is required
    Update(Update),
    /// Take a crate out of a manifest
    Remove(Remove),
    /// Take a crate from another feed, or from crates.io
    Move(Move),
    /// Say to which feed packages are published
    PublishTo(PublishTo),
    /// Take tokens in clear out of cargo's files, so that the account's own token counts
    ClearTokens(ClearTokens),
    /// Set a key of cargo's config, or take it out
    #[command(subcommand)]
    Config(ConfigVerb),
    /// Have cargo ask Granary for tokens, or no longer
    #[command(subcommand)]
    Provider(ProviderVerb),
    /// Take back the last change to a project's files: shows the diff, then writes it
    Undo(Changed),
    /// Fetch all that a project needs; check it or build it, have the feeds save it, or verify it
    Restore(Restore),
    /// Runs that are kept: list, show
    #[command(subcommand)]
    Run(RunVerb),
    /// Serve the feeds on this computer, in the foreground
    Serve(Serve),
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountVerb {
    /// List all accounts
    List,
    /// Give cargo this account where another one is at the same place
    Prefer {
        /// The account, as `granary account list` names it
        account: String,
    },
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("means").multiple(false)))]
pub(crate) struct SignIn {
    /// An organization, an account there is, any address of a feed, or a snippet of cargo's config
    #[arg(value_name = "ORGANIZATION")]
    pub(crate) place: Option<String>,
    /// With the browser
    #[arg(long, group = "means")]
    pub(crate) browser: bool,
    /// With a code that is typed in any browser, on any device
    #[arg(long, group = "means")]
    pub(crate) device_code: bool,
    /// As the Azure CLI is signed in
    #[arg(long, group = "means")]
    pub(crate) azure_cli: bool,
    /// With a token from standard input
    #[arg(long, group = "means")]
    pub(crate) token_stdin: bool,
    /// An Azure DevOps Server, with its collection: https://SERVER/COLLECTION
    #[arg(long, value_name = "URL", conflicts_with_all = ["place", "browser", "device_code", "azure_cli"])]
    pub(crate) server: Option<String>,
    /// Keep the token by a passphrase, where there is no keychain; it is asked for on the terminal
    #[arg(long)]
    pub(crate) passphrase: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Folder {
    /// The project; the current folder when left out
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) project: Folder,
    /// Ask no network
    #[arg(long)]
    pub(crate) offline: bool,
    /// Apply what can be mended by a change of files: shows the diff, then writes it
    #[arg(long, conflicts_with_all = ["log", "report"])]
    pub(crate) fix: bool,
    /// Say what an output of cargo's means, from a file or, as `-`, from standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// Print what to send to somebody who can help, without tokens and names of this computer
    #[arg(long)]
    pub(crate) report: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    pub(crate) project: Folder,
    /// Fail rather than change Cargo.lock
    #[arg(long)]
    pub(crate) locked: bool,
    /// Use what is here, ask no network
    #[arg(long)]
    pub(crate) offline: bool,
    /// Let cargo fetch alone: nothing is brought into its cache before it runs
    #[arg(long)]
    pub(crate) no_prefetch: bool,
    /// Let cargo do what this project's own config names, and run what compiling it runs, from now on: asked again
    /// when that changes
    #[arg(long)]
    pub(crate) trust: bool,
    #[command(flatten)]
    pub(crate) what: RestoreWhat,
    /// With optimisations, as `cargo build --release`
    #[arg(long, requires = "compiling")]
    pub(crate) release: bool,
}

/// What a restore does, where it does more than fetch, or something else.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct RestoreWhat {
    /// Then build
    #[arg(long, group = "compiling")]
    pub(crate) build: bool,
    /// Then check that it compiles
    #[arg(long, group = "compiling")]
    pub(crate) check: bool,
    /// Have the feeds save what is locked, so that those who may not save can build; cargo is not run
    #[arg(long)]
    pub(crate) seed_only: bool,
    /// Hold cargo's cache against Cargo.lock and the feeds, and unpacked files against their archives
    #[arg(long)]
    pub(crate) verify: bool,
    /// The same, and bring in anew what is not as it should be
    #[arg(long)]
    pub(crate) repair: bool,
}

/// Past runs.
#[derive(Debug, Subcommand)]
pub(crate) enum RunVerb {
    /// List the runs that are kept, the newest first
    List {
        /// Only those of a project
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
        /// Only those in whose project, command or failure a text is found
        #[arg(long, value_name = "TEXT", default_value = "")]
        search: String,
    },
    /// Show a run, with its log
    Show {
        /// The run, as `granary run list` names it
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The loopback port, in place of the setting `[local] port`
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// Another data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Where another program serves already, wait and take over from it
    #[arg(long, conflicts_with = "data")]
    pub(crate) stand_by: bool,
    /// Keep them served from sign-in on, as a service of yours: shows it, then installs it
    #[arg(long, conflicts_with_all = ["port", "data", "stand_by", "remove"])]
    pub(crate) install: bool,
    /// Show what --install would write and run
    #[arg(long, conflicts_with_all = ["port", "data", "stand_by", "install", "remove"])]
    pub(crate) show_autostart: bool,
    /// No longer keep them served
    #[arg(long, conflicts_with_all = ["port", "data", "stand_by"])]
    pub(crate) remove: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_fit_together() {
        super::Arguments::command().debug_assert();
    }
}
