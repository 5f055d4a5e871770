//! All there is to know of one version: from the index, from the `.crate` itself, and from Azure.
//!
//! **Invariant**: as the floor's front door says: no Azure JSON. Text from a `.crate` is a stranger's: bounded, and
//! the readme is HTML that was cleaned.

use serde::{Deserialize, Serialize};

use super::CrateVersion;
use crate::error::Told;

/// One version, opened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct VersionDetails {
    /// What the list shows of it.
    pub version: CrateVersion,
    /// The SHA-256 of its `.crate`, in hex.
    pub checksum: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Its licence, as an SPDX expression, or the name of its file.
    pub licence: Option<String>,
    /// The oldest Rust it builds with.
    pub rust_version: Option<String>,
    /// Who wrote it, as it says.
    pub authors: Vec<String>,
    /// Where its sources are.
    pub repository: Option<String>,
    /// Its home page.
    pub homepage: Option<String>,
    /// Its documentation.
    pub documentation: Option<String>,
    /// How many files it holds.
    pub file_count: Option<u32>,
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
    /// What can be turned on.
    pub features: Vec<CrateFeature>,
    /// Its readme.
    pub readme: Option<Readme>,
    /// The way it came in, from here outwards: the first is the immediate source. Empty for what was published here.
    pub source_chain: Vec<String>,
    /// Who published it, from where.
    pub provenance: Option<Provenance>,
    /// The command line that asks cargo for it.
    pub dependency_line: String,
    /// What could not be found out, and why.
    pub gaps: Vec<Told>,
}

/// A dependency of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Dependency {
    /// The crate.
    pub name: String,
    /// What it is called in the sources, where that differs.
    pub renamed: Option<String>,
    /// Which versions will do.
    pub requirement: String,
    /// When it is needed.
    pub kind: DependencyKind,
    /// Whether a feature must ask for it.
    pub optional: bool,
    /// Where it is needed only: a target, or `cfg(…)`.
    pub target: Option<String>,
    /// Which features are asked for.
    pub features: Vec<String>,
    /// Whether its default features are.
    pub default_features: bool,
    /// Where cargo looks for it.
    pub source: DependencySource,
}

/// When a dependency is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum DependencyKind {
    /// To use the crate.
    Normal,
    /// To build it.
    Build,
    /// To test it.
    Dev,
}

/// Where cargo looks for a dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum DependencySource {
    /// In the same feed.
    SameFeed,
    /// On crates.io, or what stands for it.
    CratesIo,
    /// In another feed.
    Feed {
        /// Its reference.
        feed: String,
    },
    /// In a registry that is no feed.
    Registry {
        /// Its index.
        url: String,
    },
}

/// A feature of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CrateFeature {
    /// Its name.
    pub name: String,
    /// What it turns on.
    pub turns_on: Vec<String>,
    /// Whether it is on unless one says otherwise.
    pub is_default: bool,
}

/// A readme, made safe to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Readme {
    /// HTML without scripts, styles, forms, images, and with links to the web alone.
    pub html: String,
    /// Whether it was longer than is shown.
    pub is_cut: bool,
}

/// Who published a version, from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// The person or what pipelines run as.
    pub who: Option<String>,
    /// The pipeline, where there was one.
    pub pipeline: Option<String>,
    /// Its run.
    pub run: Option<String>,
    /// The repository it was built from.
    pub repository: Option<String>,
    /// The commit.
    pub commit: Option<String>,
    /// The program that published, as it said.
    pub program: Option<String>,
}
