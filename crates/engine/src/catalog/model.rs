//! What the catalogue answers, and what it is asked.
//!
//! **Invariant**: plain values that cross to the window and into `granary --json`.

use serde::{Deserialize, Serialize};

use crate::error::Told;
use crate::feeds::{CrateVersion, Feed, Origin, Retention, VersionReference};

/// Which crates of a feed, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct CrateQuery {
    /// What the name or the description must hold; empty for all.
    pub text: String,
    /// Of which origin.
    pub origin: OriginFilter,
    /// Only those with a version in this view, by name.
    pub view: Option<String>,
    /// Only those with a version known to be yanked.
    pub only_yanked: bool,
    /// Only ours whose name is on crates.io too.
    pub only_on_both_sides: bool,
    /// By what they are sorted; with a text, what fits best comes first.
    pub sort: CrateSort,
    /// Whether the other way round.
    pub is_reversed: bool,
}

/// Crates of which origin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum OriginFilter {
    /// All.
    #[default]
    All,
    /// With a version published to this feed.
    Ours,
    /// With a version saved from crates.io.
    CratesIo,
    /// With a version saved from another feed.
    OtherFeed,
    /// With a version that a known project locks and nobody saved.
    NotSaved,
}

/// What crates are sorted by, each in the direction one looks for first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum CrateSort {
    /// The newest first.
    #[default]
    Published,
    /// From A to Z.
    Name,
    /// The most downloaded first.
    Downloads,
}

/// A stretch of a list of crates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CratePage {
    /// How many crates there are in all.
    pub total: u32,
    /// How many come before the first row.
    pub offset: u32,
    /// The rows asked for.
    pub rows: Vec<CrateRow>,
    /// How many there are of each origin, whatever origin is asked for.
    pub counts: OriginCounts,
    /// How fresh this is.
    pub kept: Kept,
}

/// A crate as a feed's list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CrateRow {
    /// Its name.
    pub name: String,
    /// The latest version: the highest release that is not yanked, else the highest there is.
    pub latest: String,
    /// Where the latest version came from.
    pub origin: Origin,
    /// Whether it has versions of another origin too.
    pub is_mixed: bool,
    /// How many versions the feed holds.
    pub version_count: u32,
    /// When the latest was published or saved here, ISO 8601 in UTC.
    pub published_at: Option<String>,
    /// How often it was downloaded, where one may know.
    pub downloads: Option<u32>,
    /// What it is, where the feed says so.
    pub description: Option<String>,
    /// Whether the latest version is yanked; none where the index was not read.
    pub yanked: Option<bool>,
    /// Whether crates.io has the name of this crate of ours too; none where nobody asked, or it is not ours.
    pub on_both_sides: Option<bool>,
    /// How many known projects lock a version that nobody saved.
    pub needed_by: u32,
}

/// How many crates there are of each origin. A crate with versions of several counts for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OriginCounts {
    /// All.
    pub all: u32,
    /// With a version published to this feed.
    pub ours: u32,
    /// With a version saved from crates.io.
    pub crates_io: u32,
    /// With a version saved from another feed.
    pub other_feed: u32,
    /// With a version that a known project locks and nobody saved.
    pub not_saved: u32,
}

/// What of a feed is kept on this computer, and how fresh it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// When it was last brought up to date, ISO 8601 in UTC; none before the first time.
    pub at: Option<String>,
    /// Whether every crate of the feed is in it.
    pub is_complete: bool,
    /// How many crates the feed holds.
    pub saved: u32,
    /// How many known projects lock and nobody saved.
    pub not_saved: u32,
}

/// What a refresh tells while it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum RefreshEvent {
    /// More rows can be read.
    Rows {
        /// How many crates are kept by now.
        crates: u32,
    },
}

/// What a refresh did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Refreshed {
    /// How many crates are different now.
    pub changed: u32,
    /// How many requests it took.
    pub requests: u32,
    /// What is kept now.
    pub kept: Kept,
}

/// A crate, opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CrateDetails {
    /// What the list shows of it.
    pub row: CrateRow,
    /// All versions, saved or not, the highest first.
    pub versions: Vec<CrateVersion>,
    /// Its page at Azure; none on this computer.
    pub page_url: Option<String>,
    /// What could not be found out, and why: then the versions are those that are kept.
    pub gaps: Vec<Told>,
}

/// Which known projects lock a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct UsedBy {
    /// The crate.
    pub name: String,
    /// The version.
    pub version: String,
    /// The projects, by name.
    pub projects: Vec<String>,
}

/// What a policy of retention would remove, were it to work now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RetentionPreview {
    /// The policy.
    pub retention: Retention,
    /// What would go to the recycle bin.
    pub removed: Vec<VersionReference>,
    /// Which of these known projects lock.
    pub used: Vec<UsedBy>,
    /// Whether one may know when versions were downloaded; else their age stands for it.
    pub knows_downloads: bool,
}

/// The feeds of an account, as they were when it was last asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct KeptFeeds {
    /// The feeds.
    pub feeds: Vec<Feed>,
    /// When that was, ISO 8601 in UTC; none before the first time.
    pub at: Option<String>,
}
