//! What a feed's list says of its crates, on the way from Azure into the catalogue.
//!
//! **Invariant**: no Azure JSON, and nothing that faces see.

use crate::moment::Moment;

/// A crate of a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ListedCrate {
    /// Azure's id, a GUID.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) versions: Vec<ListedVersion>,
}

/// A version of a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ListedVersion {
    /// Azure's id, a GUID.
    pub(crate) id: String,
    pub(crate) version: String,
    /// Known to be yanked; that one is not is known by the index alone.
    pub(crate) is_yanked: bool,
    pub(crate) is_deleted: bool,
    pub(crate) published: Option<Moment>,
    pub(crate) description: Option<String>,
    /// The id of the upstream it was saved from; none for what was published here.
    pub(crate) source: Option<String>,
    /// The views it was promoted into.
    pub(crate) views: Vec<String>,
}

/// What is different about one version.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ListedChange {
    /// The crate's id.
    pub(crate) id: String,
    /// The crate.
    pub(crate) name: String,
    /// The version, as it is now.
    pub(crate) version: ListedVersion,
}

/// A crate's name as cargo compares it: whatever its capitals, and `-` is `_`.
pub(crate) fn folded(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}
