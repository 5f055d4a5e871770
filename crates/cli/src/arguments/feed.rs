//! The verbs of feeds.
//!
//! **Invariant**: says what may be typed; does nothing with it.

use clap::{Args, Subcommand, ValueEnum};
use engine::feeds::{Role, Visibility};

#[derive(Debug, Subcommand)]
pub(crate) enum FeedVerb {
    /// List the feeds of an account, or of all
    List {
        /// The account, for example `local`
        account: Option<String>,
        /// Those in the recycle bin
        #[arg(long)]
        deleted: bool,
    },
    /// Show a feed
    Show(FeedName),
    /// Create a feed, or with --pair the recommended two
    Create(FeedCreate),
    /// Change what a feed is; another name breaks every address with the old one
    Update(FeedUpdate),
    /// Move a feed to the recycle bin
    Delete(FeedName),
    /// Bring a feed back from the recycle bin
    Recover(FeedName),
    /// Delete a feed of the recycle bin for ever
    Purge(FeedName),
    /// Every address of a feed that one may need, and what to write where
    Address(FeedName),
    /// Where a feed gets what it lacks
    #[command(subcommand)]
    Upstream(UpstreamVerb),
    /// Named subsets of a feed
    #[command(subcommand)]
    View(ViewVerb),
    /// Who may do what in a feed
    #[command(subcommand)]
    Permission(PermissionVerb),
    /// What a feed keeps
    #[command(subcommand)]
    Retention(RetentionVerb),
}

#[derive(Debug, Args)]
pub(crate) struct FeedName {
    /// ACCOUNT/[PROJECT/]FEED, for example `local/main/upstream`
    pub(crate) feed: String,
}

#[derive(Debug, Args)]
pub(crate) struct FeedCreate {
    /// ACCOUNT/[PROJECT/]FEED; with --pair ACCOUNT[/PROJECT]
    pub(crate) place: String,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Where it gets what it lacks: `crates.io`, or another feed, in the order they are asked
    #[arg(long, value_name = "SOURCE", conflicts_with = "pair")]
    pub(crate) upstream: Vec<String>,
    /// Who may read it without a role of their own
    #[arg(long, value_name = "WHO")]
    pub(crate) visible_to: Option<Readers>,
    /// Let pipelines save crates
    #[arg(long)]
    pub(crate) build_service: bool,
    /// Create the recommended two: one with crates.io behind it, one for our own crates
    #[arg(long, num_args = 0..=2, value_names = ["UPSTREAM", "INTERNAL"])]
    pub(crate) pair: Option<Vec<String>>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true, id = "changes")]
pub(crate) struct FeedChanges {
    /// Another name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Another description; empty takes it away
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Whether lists leave out what was deleted
    #[arg(long, value_name = "BOOL")]
    pub(crate) hide_deleted: Option<bool>,
    /// Whether badges of its crates can be had
    #[arg(long, value_name = "BOOL")]
    pub(crate) badges: Option<bool>,
    /// Whether its upstream sources are asked
    #[arg(long, value_name = "BOOL")]
    pub(crate) upstreams: Option<bool>,
}

#[derive(Debug, Args)]
pub(crate) struct FeedUpdate {
    #[command(flatten)]
    pub(crate) name: FeedName,
    #[command(flatten)]
    pub(crate) changes: FeedChanges,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UpstreamVerb {
    /// List them, in the order they are asked
    List(FeedName),
    /// Add one, behind all others
    Add {
        #[command(flatten)]
        name: FeedName,
        /// `crates.io`, or ACCOUNT/[PROJECT/]FEED[@VIEW] of the same organization
        source: String,
    },
    /// Take one out; what was saved from it stays
    Remove {
        #[command(flatten)]
        name: FeedName,
        /// Its name or id
        source: String,
    },
    /// Ask one earlier or later
    Move {
        #[command(flatten)]
        name: FeedName,
        /// Its name or id
        source: String,
        /// Its place in the list, from 1
        place: u32,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ViewVerb {
    /// List them
    List(FeedName),
    /// Create one
    Create {
        #[command(flatten)]
        name: FeedName,
        /// Its name
        view: String,
        /// Who may read it without a role of their own
        #[arg(long, value_name = "WHO", default_value = "organization")]
        visible_to: Readers,
    },
    /// Change its name, who may read it, or make it the one other feeds see
    Update {
        #[command(flatten)]
        name: FeedName,
        /// Its name
        view: String,
        /// Another name
        #[arg(long, value_name = "NAME")]
        rename: Option<String>,
        /// Who may read it without a role of their own
        #[arg(long, value_name = "WHO")]
        visible_to: Option<Readers>,
        /// Make it the one other feeds see when they name none
        #[arg(long)]
        default: bool,
    },
    /// Delete it; the versions in it stay in the feed
    Delete {
        #[command(flatten)]
        name: FeedName,
        /// Its name
        view: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PermissionVerb {
    /// List who may do what
    List(FeedName),
    /// Give somebody a role
    Set {
        #[command(flatten)]
        name: FeedName,
        /// A person, a group or a build service, by name, mail address or descriptor
        who: String,
        /// The role
        role: RoleName,
    },
    /// Take somebody's role away
    Remove {
        #[command(flatten)]
        name: FeedName,
        /// A person, a group or a build service, by name, mail address or descriptor
        who: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum RetentionVerb {
    /// Show what a feed keeps
    Show(FeedName),
    /// Keep so many versions of each crate, and for so many days what was downloaded
    Set(RetentionSet),
    /// What such limits would remove, were they set now
    Preview(RetentionSet),
    /// Keep everything
    Off(FeedName),
}

#[derive(Debug, Args)]
pub(crate) struct RetentionSet {
    #[command(flatten)]
    pub(crate) name: FeedName,
    /// How many versions of a crate are kept, 1 to 5000
    #[arg(long)]
    pub(crate) versions: u32,
    /// For how many days a version is kept that somebody downloaded, 1 to 365
    #[arg(long)]
    pub(crate) days: u32,
}

/// Who may read without a role of their own.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Readers {
    /// Only those with a role
    Nobody,
    /// People in the organization
    Organization,
    /// Everybody in the enterprise
    Enterprise,
    /// Members of the Entra tenant
    Tenant,
}

impl From<Readers> for Visibility {
    fn from(readers: Readers) -> Self {
        match readers {
            Readers::Nobody => Self::Private,
            Readers::Organization => Self::Collection,
            Readers::Enterprise => Self::Organization,
            Readers::Tenant => Self::AadTenant,
        }
    }
}

/// A role, in Azure's word.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleName {
    /// Feed Reader
    Reader,
    /// Feed and Upstream Reader
    Collaborator,
    /// Feed Publisher
    Contributor,
    /// Feed Owner
    Owner,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Reader => Self::Reader,
            RoleName::Collaborator => Self::Collaborator,
            RoleName::Contributor => Self::Contributor,
            RoleName::Owner => Self::Owner,
        }
    }
}
