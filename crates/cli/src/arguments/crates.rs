//! The verbs of crates.
//!
//! **Invariant**: says what may be typed; does nothing with it.

use clap::{Args, Subcommand, ValueEnum};
use engine::catalog::{CrateSort, OriginFilter};
use engine::feeds::Upstreaming;

#[derive(Debug, Subcommand)]
pub(crate) enum CrateVerb {
    /// List the crates a feed holds
    List(CrateList),
    /// Show a crate, or one version of it
    Show {
        /// ACCOUNT/[PROJECT/]FEED
        feed: String,
        /// CRATE, or CRATE@VERSION
        name: String,
    },
    /// List the versions of a crate, saved or not
    Versions {
        /// ACCOUNT/[PROJECT/]FEED
        feed: String,
        /// The crate
        name: String,
    },
    /// Keep cargo from choosing versions anew
    Yank(Versions),
    /// Let cargo choose versions again
    Unyank(Versions),
    /// Put versions into a view; there is no way back
    Promote {
        #[command(flatten)]
        versions: Versions,
        /// The view
        #[arg(long)]
        view: String,
    },
    /// Move versions to the recycle bin
    Delete {
        #[command(flatten)]
        versions: Versions,
        /// Also where one of your projects locks them
        #[arg(long)]
        even_if_used: bool,
    },
    /// List the recycle bin of a feed
    Deleted {
        /// ACCOUNT/[PROJECT/]FEED
        feed: String,
        /// Delete all of it for ever
        #[arg(long)]
        empty: bool,
    },
    /// Bring versions back from the recycle bin
    Recover(Versions),
    /// Delete versions of the recycle bin for ever
    Purge(Versions),
    /// List crates of ours whose name crates.io has too
    Watch {
        /// ACCOUNT/[PROJECT/]FEED
        feed: String,
    },
    /// Say what a feed does with public versions of a name of ours
    Upstreaming {
        /// ACCOUNT/[PROJECT/]FEED
        feed: String,
        /// The crate
        name: String,
        /// What it does
        behaviour: Behaviour,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CrateList {
    /// ACCOUNT/[PROJECT/]FEED[@VIEW]
    pub(crate) feed: String,
    /// Only those whose name or description holds this
    #[arg(long, value_name = "TEXT")]
    pub(crate) query: Option<String>,
    /// Only those of an origin
    #[arg(long)]
    pub(crate) origin: Option<OriginName>,
    /// Only those with a yanked version
    #[arg(long)]
    pub(crate) yanked: bool,
    /// By what they are sorted
    #[arg(long, default_value = "name")]
    pub(crate) sort: SortName,
    /// Each version on a line of its own
    #[arg(long)]
    pub(crate) all_versions: bool,
    /// What is kept here, without asking anybody
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Versions {
    /// ACCOUNT/[PROJECT/]FEED
    pub(crate) feed: String,
    /// CRATE@VERSION, one or several
    #[arg(required = true)]
    pub(crate) versions: Vec<String>,
}

/// Where crates came from.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OriginName {
    /// Published to the feed
    #[value(alias = "private")]
    Ours,
    /// Saved from crates.io
    #[value(name = "crates.io", alias = "upstream")]
    CratesIo,
    /// Saved from another feed
    OtherFeed,
    /// Locked by a project of yours, and saved by nobody
    NotSaved,
}

impl From<OriginName> for OriginFilter {
    fn from(name: OriginName) -> Self {
        match name {
            OriginName::Ours => Self::Ours,
            OriginName::CratesIo => Self::CratesIo,
            OriginName::OtherFeed => Self::OtherFeed,
            OriginName::NotSaved => Self::NotSaved,
        }
    }
}

/// By what crates are sorted.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SortName {
    /// From A to Z
    Name,
    /// The newest first
    Published,
    /// The most downloaded first
    Downloads,
}

impl From<SortName> for CrateSort {
    fn from(name: SortName) -> Self {
        match name {
            SortName::Name => Self::Name,
            SortName::Published => Self::Published,
            SortName::Downloads => Self::Downloads,
        }
    }
}

/// What a feed does with public versions of a name of ours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Behaviour {
    /// Hides them
    Auto,
    /// Serves them too
    Allow,
}

impl From<Behaviour> for Upstreaming {
    fn from(behaviour: Behaviour) -> Self {
        match behaviour {
            Behaviour::Auto => Self::Auto,
            Behaviour::Allow => Self::AllowExternalVersions,
        }
    }
}
