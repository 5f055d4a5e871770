//! What cargo would do in a folder, read without running anything.
//!
//! **Invariant**: reads the disk, writes nothing, starts nothing, asks no network. A dropped folder is untrusted:
//! every file read has a bound.

mod bounded;
mod candidates;
mod compiled;
mod config;
mod connection;
mod credentials;
mod discover;
mod error;
mod feed_names;
mod layers;
mod locked;
mod members;
mod model;
mod needs;
mod programs;
mod setting;
mod toolchain;

pub(crate) use bounded::read_text;
pub use config::Variables;
pub(crate) use config::{config_file, is_secret, without_password};
pub use discover::{Root, find_root, probe};
pub use error::Error;
pub use feed_names::FeedNames;
pub use layers::{Layer, Layers, Place};
pub(crate) use locked::index_url;
pub use locked::read_lockfile;
pub use model::{
    Candidate, ConfigFile, Connection, CredentialProvider, FileFault, Held, LockedCrate, LockedOrigin,
    Member, Probe, ProbeKind, Program, ProgramUse, Project, ProviderKind, RegistryAccess, RegistryInUse,
    Replacement, ReplacementEnd, ReplacementStep, StoredToken, TokenEffect,
};
pub use needs::{DependencyList, ListKind, Need, NeedSource};
pub use setting::{Overridden, SecretScheme, SecretShape, Setting, SettingOrigin, SettingValue};
pub use toolchain::{Toolchain, ToolchainAsked, ToolchainChoice};

use std::path::{Path, PathBuf};

use config::Config;

/// The first cargo that follows `include` in config.
const INCLUDES_SINCE: semver::Version = semver::Version::new(1, 94, 0);

/// What of this computer matters when a project is read.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// `$CARGO_HOME`.
    pub cargo_home: PathBuf,
    /// The user's home, shown as `~`.
    pub user_home: Option<PathBuf>,
    /// rustup's folder, where the cargo that runs is rustup's.
    pub rustup_home: Option<PathBuf>,
    /// The version of the cargo that runs where no toolchain says otherwise, when it was asked.
    pub cargo_version: Option<String>,
    /// The variables that change what cargo does.
    pub variables: Variables,
    /// What feeds are called here.
    pub feed_names: FeedNames,
}

#[cfg(test)]
impl Surroundings {
    /// A computer with nothing on it, below a folder.
    pub(crate) fn for_tests(top: &Path) -> Self {
        Self {
            cargo_home: top.join("cargo-home"),
            user_home: None,
            rustup_home: None,
            cargo_version: None,
            variables: Variables::default(),
            feed_names: FeedNames::default(),
        }
    }
}

/// Reads the project that a path belongs to: a folder, a file in it, or a member of its workspace.
pub fn read(path: &Path, around: &Surroundings) -> Result<Project, Error> {
    let root = find_root(path)?;
    let toolchain = toolchain::of(&root.folder, around)?;
    let cargo_version = cargo_version(toolchain.as_ref(), around);
    let config = Config::read(&root.folder, around, follows_includes(cargo_version.as_deref()));
    let (connection, replacement) = connection::of(&config, &around.feed_names);
    let (locked, lock_fault) = match locked::read_lockfile(&root.folder) {
        Ok(locked) => (locked, None),
        Err(error) => (None, Some(config.fault(&root.folder.join("Cargo.lock"), &error))),
    };
    let members = members::of(&root)?;
    let locked = locked.map(|lockfile| locked::crates(&lockfile, &connection, &around.feed_names));
    let mut programs = programs::named(&root.folder, &config, &around.cargo_home)?;
    let needs = needs::of(&root.folder, &members, &connection);
    programs.extend(compiled::run_by(
        &root.folder,
        &members,
        locked.as_deref(),
        replacement.as_ref(),
    ));
    Ok(Project {
        display_folder: display(&root.folder, around.user_home.as_deref()),
        name: root.name(),
        needs,
        members,
        faults: config.faults().into_iter().chain(lock_fault).collect(),
        cargo_version,
        toolchain,
        config_files: config.files(),
        settings: config.settings(),
        locked,
        programs,
        // Whoever knows what was trusted says otherwise.
        is_trusted: false,
        is_trusted_to_build: false,
        default_registry: config.text(&["registry", "default"]).map(str::to_owned),
        access: credentials::access(&config, &connection, &around.variables),
        replacement,
        connection,
        folder: root.folder,
    })
}

/// The version in the toolchain that applies; the one that was asked, where that is the same cargo.
fn cargo_version(toolchain: Option<&Toolchain>, around: &Surroundings) -> Option<String> {
    let is_default = toolchain.is_none_or(|toolchain| {
        toolchain.is_installed.is_none() || toolchain.chosen_by == ToolchainChoice::Default
    });
    let read = toolchain.and_then(|toolchain| toolchain.cargo_version.clone());
    read.or_else(|| around.cargo_version.clone().filter(|_| is_default))
}

/// Whether a cargo follows `include`; one that nobody asked for its version is taken for a new one.
fn follows_includes(version: Option<&str>) -> bool {
    let version = version.and_then(|version| semver::Version::parse(version).ok());
    // A nightly of a version has what the version has.
    version
        .is_none_or(|version| (version.major, version.minor) >= (INCLUDES_SINCE.major, INCLUDES_SINCE.minor))
}

impl Project {
    /// Whether its cargo's version is not known, and asking the cargo on the path would tell it.
    pub(crate) fn lacks_version(&self) -> bool {
        let is_default = |toolchain: &Toolchain| {
            toolchain.is_installed.is_none() || toolchain.chosen_by == ToolchainChoice::Default
        };
        self.cargo_version.is_none() && self.toolchain.as_ref().is_none_or(is_default)
    }
}

/// A path with the user's home shortened to `~`.
pub(crate) fn display(path: &Path, user_home: Option<&Path>) -> String {
    match user_home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Some(rest) => format!("~{}{}", std::path::MAIN_SEPARATOR, rest.display()),
        None => path.display().to_string(),
    }
}

/// A file as people name it: from the project's folder where it lies within, else with `~`.
pub(crate) fn display_in(folder: &Path, path: &Path, user_home: Option<&Path>) -> String {
    match path.strip_prefix(folder) {
        Ok(relative) => relative.to_string_lossy().replace('\\', "/"),
        Err(_) => display(path, user_home),
    }
}
