//! What cargo would do in a folder, read without running anything.
//!
//! **Invariant**: reads the disk, writes nothing, starts nothing, asks no network. A dropped folder is untrusted:
//! every file read has a bound.

mod connection;
mod discover;
mod error;
mod feed_names;
mod layers;
mod locked;
mod members;
mod model;
mod programs;

pub use discover::{Root, find_root, probe};
pub use error::Error;
pub use feed_names::FeedNames;
pub(crate) use layers::config_file;
pub use layers::{Layer, Layers, Place};
pub(crate) use locked::index_url;
pub use locked::read_lockfile;
pub use model::{
    ConfigFile, Connection, LockedCrate, LockedOrigin, Member, Probe, ProbeKind, Program, Project,
    RegistryInUse,
};

use std::path::{Path, PathBuf};

/// What of this computer matters when a project is read.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// `$CARGO_HOME`.
    pub cargo_home: PathBuf,
    /// The user's home, shown as `~`.
    pub user_home: Option<PathBuf>,
    /// The version of the cargo that would run, when one was found.
    pub cargo_version: Option<String>,
    /// What feeds are called here.
    pub feed_names: FeedNames,
}

/// Reads the project that a path belongs to: a folder, a file in it, or a member of its workspace.
pub fn read(path: &Path, around: &Surroundings) -> Result<Project, Error> {
    let root = find_root(path)?;
    let layers = Layers::read(&root.folder, &around.cargo_home)?;
    let connection = connection::of(&layers, &around.feed_names);
    let locked = locked::read_lockfile(&root.folder)?;
    Ok(Project {
        display_folder: display(&root.folder, around.user_home.as_deref()),
        name: root.name(),
        members: members::of(&root)?,
        cargo_version: around.cargo_version.clone(),
        config_files: layers.files(&root.folder, around.user_home.as_deref()),
        locked: locked.map(|lockfile| locked::crates(&lockfile, &connection, &around.feed_names)),
        programs: programs::named(&root.folder, &layers, &around.cargo_home)?,
        connection,
        folder: root.folder,
    })
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

/// Reads a text file whole, if it is there and not larger than a project's file has reason to be.
pub(crate) fn read_bounded(path: &Path) -> Result<Option<String>, Error> {
    const LARGEST: u64 = 32 * 1024 * 1024;
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    match std::fs::metadata(path) {
        Err(gone) if is_absence(&gone) => Ok(None),
        Err(error) => Err(unreadable(error)),
        Ok(about) if !about.is_file() => Ok(None),
        Ok(about) if about.len() > LARGEST => Err(Error::TooLarge {
            path: path.to_owned(),
            bytes: about.len(),
        }),
        Ok(_) => std::fs::read_to_string(path).map(Some).map_err(unreadable),
    }
}

fn is_absence(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
    )
}
