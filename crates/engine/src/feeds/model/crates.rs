//! Crates of a feed and their versions: where each came from, and what can be done to it.
//!
//! **Invariant**: as the floor's front door says: no Azure JSON.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Told;

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

/// A version of a crate, as the list of versions shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CrateVersion {
    /// Its number.
    pub version: String,
    /// Where it came from.
    pub origin: Origin,
    /// Whether it is yanked; none where the index was not read.
    pub yanked: Option<bool>,
    /// When it was published or saved here, ISO 8601 in UTC.
    pub published_at: Option<String>,
    /// The views it was promoted into, by name.
    pub views: Vec<String>,
    /// The size of its `.crate` in bytes, once it was opened.
    pub size: Option<u32>,
    /// How often it was downloaded, where one may know.
    pub downloads: Option<u32>,
    /// Which of the known projects lock it.
    pub used_by: Vec<String>,
}

/// A version by name and number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct VersionReference {
    /// The crate.
    pub name: String,
    /// The version.
    pub version: String,
}

impl FromStr for VersionReference {
    type Err = BadVersion;

    /// `CRATE@VERSION`.
    fn from_str(text: &str) -> Result<Self, BadVersion> {
        let bad = || BadVersion(text.to_owned());
        let (name, version) = text.split_once('@').ok_or_else(bad)?;
        // Azure asks for versions as they are written; a number that is none is nobody's.
        semver::Version::parse(version).map_err(|_| bad())?;
        match tame_index::KrateName::cargo(name).is_err() {
            true => Err(bad()),
            false => Ok(Self {
                name: name.to_owned(),
                version: version.to_owned(),
            }),
        }
    }
}

/// The text names no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no version of a crate")]
pub struct BadVersion(pub String);

/// What shall be done to versions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum CrateChange {
    /// Keep cargo from choosing it anew.
    Yank,
    /// Let cargo choose it again.
    Unyank,
    /// Put it into a view: there is no way back.
    Promote {
        /// The view's name.
        view: String,
    },
    /// Move it to the recycle bin.
    Delete,
    /// Bring it back from there.
    Recover,
    /// Delete it for ever.
    Purge,
}

/// What became of several versions, each by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct BatchOutcome {
    /// Those it was done to.
    pub done: Vec<VersionReference>,
    /// Those it was not done to.
    pub refused: Vec<RefusedVersion>,
}

/// A version something could not be done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct RefusedVersion {
    /// The crate.
    pub name: String,
    /// The version.
    pub version: String,
    /// Why not.
    pub error: Told,
}

/// A version in the recycle bin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DeletedVersion {
    /// The crate.
    pub name: String,
    /// The version.
    pub version: String,
    /// Where it came from.
    pub origin: Origin,
    /// When it was deleted, ISO 8601 in UTC.
    pub deleted_at: Option<String>,
    /// When it is deleted for good.
    pub purged_at: Option<String>,
    /// Which of the known projects lock it.
    pub used_by: Vec<String>,
}

/// What a feed does with a public version of a name that is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Upstreaming {
    /// Hides it.
    Auto,
    /// Serves it too.
    AllowExternalVersions,
}

/// A crate of ours, and who else has its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct NameWatch {
    /// The name.
    pub name: String,
    /// Our latest version.
    pub ours: String,
    /// The highest version on crates.io under that name.
    pub theirs: String,
    /// Whether cargo would prefer theirs, were both served.
    pub theirs_is_higher: bool,
    /// What the feed does about it; none where one may not know.
    pub upstreaming: Option<Upstreaming>,
    /// Whether the feed has crates.io behind it at all.
    pub behind: bool,
    /// Whether somebody who asks this feed could be given theirs.
    pub theirs_is_served: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_named_with_its_crate() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let read = text.parse::<VersionReference>().ok();
            let read = read
                .as_ref()
                .map(|read| (read.name.as_str(), read.version.as_str()));
            assert_eq!(read, expected, "{text}");
        };
        check("demo@1.0.0+b-1", Some(("demo", "1.0.0+b-1")));
        check("demo", None);
        check("demo@", None);
        check("demo@1.0", None);
        check("@1.0.0", None);
        check("..@1.0.0", None);
        check("a/b@1.0.0", None);
    }
}
