//! What was found out about crates: in their feeds, and in cargo's cache.
//!
//! **Invariant**: plain values.

use serde::{Deserialize, Serialize};

/// What feeds hold of what is locked, after they were asked to save it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Seeded {
    /// Locked crates that come from feeds.
    pub locked: u32,
    /// Those that were saved before.
    pub already: u32,
    /// Those that are saved now and were not before.
    pub saved: u32,
    /// Those that are not saved, or yanked.
    pub faults: Vec<SeedFault>,
}

/// A locked crate that a feed does not give to everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SeedFault {
    /// The crate.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The feed.
    pub feed: String,
    /// What is the matter.
    pub kind: SeedFaultKind,
    /// The same in words.
    pub words: String,
}

/// What is the matter with a locked crate in its feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum SeedFaultKind {
    /// Nobody has it: not the feed, and none of its upstreams.
    Missing,
    /// An upstream has it, and the feed may not, or does not, take it.
    Blocked,
    /// It is saved, and yanked.
    Yanked,
    /// It could not be fetched, or was another file than the lock file says.
    Failed,
}

/// What was found in cargo's cache.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// Locked crates that are here.
    pub crates: u32,
    /// Locked crates that are not here, so that there was nothing to look at.
    pub absent: u32,
    /// Unpacked files that were compared with the archives, byte by byte.
    pub files: u32,
    /// What is not as it should be.
    pub faults: Vec<CrateFault>,
}

/// Something of a crate that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CrateFault {
    /// The crate.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is.
    pub kind: CrateFaultKind,
    /// The file it is about, from the crate's folder on; none where it is the archive.
    pub file: Option<String>,
    /// Whether it was put right.
    pub repaired: bool,
}

/// What may be wrong with a crate in cargo's cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum CrateFaultKind {
    /// The archive is not the one `Cargo.lock` names.
    ArchiveChanged,
    /// The feed names another file than `Cargo.lock` does.
    FeedDiffers,
    /// An unpacked file is not what the archive holds.
    FileChanged,
    /// A file of the archive is not there.
    FileMissing,
    /// A file is there that the archive does not hold.
    FileAdded,
}
