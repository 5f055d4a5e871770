//! Feeds, and what one says to make or change them.
//!
//! **Invariant**: as the floor's front door says: no Azure JSON.

use serde::{Deserialize, Serialize};

use super::Visibility;
use crate::error::Told;

/// A feed of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Feed {
    /// `local/main/upstream`: what every verb takes.
    pub reference: String,
    /// The account it belongs to.
    pub account: String,
    /// The Azure project; none for a feed of the whole organization.
    pub project: Option<String>,
    /// Azure's id, a GUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for, in its owner's words.
    pub description: Option<String>,
    /// The address cargo reads, with `sparse+`.
    pub index_url: String,
    /// Where it gets what it lacks, in search order.
    pub upstreams: Vec<Upstream>,
    /// Whether cargo may use it in place of crates.io.
    pub includes_crates_io: bool,
    /// Whether its upstreams are asked at all; off overrides every one of them.
    pub upstreams_enabled: bool,
    /// What one may do here; none where nobody could say.
    pub role: Option<Role>,
    /// Whether anybody may read it, with no account: it lies in a public project.
    pub is_public: bool,
    /// Whether lists leave out what was deleted.
    pub hides_deleted: bool,
    /// Whether badges of its crates can be had.
    pub badges: bool,
    /// The view other feeds see when they name none; Azure's id of it.
    pub default_view: Option<String>,
    /// Whether Azure keeps it from being changed just now.
    pub under_maintenance: bool,
    /// When it was moved to the recycle bin, ISO 8601 in UTC.
    pub deleted_at: Option<String>,
    /// When it is deleted for good.
    pub purged_at: Option<String>,
}

/// What somebody may do in a feed; each role may all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Lists, and downloads what is saved.
    Reader,
    /// Saves versions from upstream.
    Collaborator,
    /// Publishes, promotes and yanks.
    Contributor,
    /// Deletes, and changes settings and permissions.
    Owner,
}

/// Where a feed gets what it lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Upstream {
    /// Azure's id, a GUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: UpstreamKind,
    /// Where it is, in words for people: an address, or `azure-feed://…`.
    pub location: Option<String>,
    /// Why it does not work, where Azure switched it off.
    pub trouble: Option<String>,
    /// When somebody took it out of the feed; versions saved from it still name it.
    pub removed_at: Option<String>,
}

/// What an upstream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum UpstreamKind {
    /// crates.io.
    CratesIo,
    /// Another feed.
    Feed,
    /// A source of another protocol, or one that Granary does not know.
    Other,
}

/// A feed that shall be created.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FeedDraft {
    /// In which account.
    pub account: String,
    /// In which Azure project; none for the whole organization.
    pub project: Option<String>,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it gets what it lacks from crates.io.
    pub include_crates_io: bool,
    /// Other feeds it gets what it lacks from, after crates.io, each `ACCOUNT/[PROJECT/]FEED[@VIEW]`.
    #[serde(default)]
    pub upstream_feeds: Vec<String>,
    /// Who may read it without a role of their own; none leaves Azure's default.
    #[serde(default)]
    pub visibility: Option<Visibility>,
    /// Whether pipelines may save crates: their identity becomes a collaborator.
    #[serde(default)]
    pub build_service: bool,
}

/// The recommended two: one that keeps copies from crates.io, one for our own crates.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PairDraft {
    /// In which account.
    pub account: String,
    /// In which Azure project.
    pub project: Option<String>,
    /// The name of the one with crates.io behind it.
    pub upstream: String,
    /// The name of the one for our own crates.
    pub internal: String,
    /// What they are for.
    pub description: Option<String>,
    /// Who may read them without a role of their own; none leaves Azure's default.
    #[serde(default)]
    pub visibility: Option<Visibility>,
    /// Whether pipelines may save crates: their identity becomes a collaborator.
    #[serde(default)]
    pub build_service: bool,
}

/// What shall be different about a feed; what is none stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct FeedChange {
    /// Another name: every address with the old one breaks.
    pub name: Option<String>,
    /// Another description; empty takes it away.
    pub description: Option<String>,
    /// Whether lists leave out what was deleted.
    pub hides_deleted: Option<bool>,
    /// Whether badges of its crates can be had.
    pub badges: Option<bool>,
    /// The view other feeds see when they name none, by id.
    pub default_view: Option<String>,
    /// Whether its upstreams are asked at all.
    pub upstreams_enabled: Option<bool>,
}

/// What shall be different about a feed's upstreams. The list is read, changed and written whole, so that an entry that
/// somebody else added meanwhile stays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum UpstreamChange {
    /// crates.io, behind all others.
    AddCratesIo,
    /// Another feed, behind all others: `ACCOUNT/[PROJECT/]FEED[@VIEW]`.
    AddFeed {
        /// Its reference.
        feed: String,
    },
    /// Take one out.
    Remove {
        /// Its id.
        id: String,
    },
    /// Ask one earlier or later.
    Move {
        /// Its id.
        id: String,
        /// How many of the others come before it.
        before: u32,
    },
    /// Put one back that was taken out, where it was.
    Restore {
        /// Its id.
        id: String,
        /// How many of the others come before it.
        before: u32,
    },
}

/// What became of the recommended two: each by itself.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PairOutcome {
    /// The one with crates.io behind it.
    pub upstream: FeedOutcome,
    /// The one for our own crates.
    pub internal: FeedOutcome,
}

/// What became of one feed that should be created.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum FeedOutcome {
    /// It is there now.
    Created {
        /// The feed.
        feed: Feed,
    },
    /// It is not.
    Refused {
        /// The name that was asked for.
        name: String,
        /// Why not.
        error: Told,
    },
}
