//! A project as the product speaks of it.
//!
//! **Invariant**: plain values that cross to the window and into `granary --json`; paths are whole.

use std::path::PathBuf;

use serde::Serialize;

use super::Place;

/// What cargo would do in a folder.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// The workspace's folder, or the package's.
    pub folder: PathBuf,
    /// The same with `~` for the user's home.
    pub display_folder: String,
    /// Its name.
    pub name: String,
    /// Its packages.
    pub members: Vec<Member>,
    /// The version of the cargo that would run.
    pub cargo_version: Option<String>,
    /// The config files cargo reads here, nearest first.
    pub config_files: Vec<ConfigFile>,
    /// Which registries it names, and what stands for crates.io.
    pub connection: Connection,
    /// The packages of `Cargo.lock`; none when there is no such file yet.
    pub locked: Option<Vec<LockedCrate>>,
    /// What the project's own config would make cargo run.
    pub programs: Vec<Program>,
}

/// A package of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its version; none where the manifest leaves it out.
    pub version: Option<String>,
    /// Its folder.
    pub folder: PathBuf,
}

/// A config file that applies.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConfigFile {
    /// Where it is.
    pub path: PathBuf,
    /// The same with `~` for the user's home.
    pub display: String,
    /// Whether it travels with the project.
    pub place: Place,
}

/// How a project is connected to feeds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The registries its config names.
    pub registries: Vec<RegistryInUse>,
    /// What cargo uses in place of crates.io; none when it is crates.io itself.
    pub crates_io_through: Option<RegistryInUse>,
}

/// A registry that config names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RegistryInUse {
    /// What cargo calls it.
    pub name: String,
    /// The address cargo reads.
    pub index_url: String,
    /// The feed at that address, when it is a feed's.
    pub feed: Option<String>,
}

/// A package of `Cargo.lock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct LockedCrate {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where cargo gets it from.
    pub origin: LockedOrigin,
}

/// Where cargo gets a locked package from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum LockedOrigin {
    /// crates.io, directly or through a feed.
    CratesIo {
        /// The feed that stands for it.
        through: Option<String>,
    },
    /// A feed of ours.
    Feed {
        /// Its reference.
        feed: String,
    },
    /// A registry that is no feed.
    Registry {
        /// Its index.
        url: String,
    },
    /// A git repository.
    Git {
        /// Its address.
        url: String,
    },
    /// The project itself.
    Path,
}

/// A program that the project's own config would make cargo run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Program {
    /// The file that names it.
    pub file: PathBuf,
    /// Under which key.
    pub key: String,
    /// What it is, shortened.
    pub program: String,
}

/// What a dragged path is, from names alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// The folder's name.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// The same with `~` for the user's home.
    pub display_folder: String,
    /// Whether cargo would find a project there.
    pub kind: ProbeKind,
    /// Whether it has a `Cargo.lock`.
    pub has_lockfile: bool,
    /// Whether it has config of its own.
    pub has_config: bool,
    /// Whether it was opened before.
    pub known: bool,
}

/// Whether cargo would find a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ProbeKind {
    /// There is a manifest at or above the path.
    Project,
    /// There is none.
    None,
}
