//! Feeds and crates as the product speaks of them.
//!
//! **Invariant**: no Azure JSON here; these types cross to the window and into `granary --json`.

use serde::{Deserialize, Serialize};

use crate::error::Told;

/// A feed of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
}

/// Where a feed gets what it lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Upstream {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: UpstreamKind,
}

/// What an upstream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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

/// A crate as a feed's list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CrateSummary {
    /// Its name.
    pub name: String,
    /// The latest version: the highest release that is not yanked, else the highest there is.
    pub latest: String,
    /// Where the latest version came from.
    pub origin: Origin,
    /// How many versions the feed holds.
    pub version_count: u32,
    /// When the latest was published or saved here, ISO 8601 in UTC.
    pub published_at: Option<String>,
    /// What it is, where the feed says so.
    pub description: Option<String>,
}

/// Where a version came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Origin {
    /// Published to this feed.
    Ours,
    /// From crates.io.
    CratesIo {
        /// Whether the feed keeps a copy.
        saved: bool,
    },
    /// From another feed.
    OtherFeed {
        /// That feed's name.
        feed: String,
        /// Whether this feed keeps a copy.
        saved: bool,
    },
}
