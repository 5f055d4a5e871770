//! Where cargo keeps what it has of registries: what their indexes say, the crates' files, the files unpacked.
//!
//! **Invariant**: looks here, writes in `place` and `unpack` alone, and only by who holds cargo's lock; the folder's
//! name and the format of what is kept of an index come from `tame-index`, never from a guess.

mod intact;
mod lock;
mod place;
mod unpack;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use cargo_lock::Lockfile;
use tame_index::KrateName;

use crate::project::{self, Connection, Project};

pub(super) use intact::{Difference, Looked};
pub(super) use lock::{Holder, PackageLock};
pub(super) use place::{Coming, Placing, Unplaceable};
pub(super) use unpack::{Hostile, Unpacking};

/// The first cargo whose folder names no longer depend on the machine.
const STABLE_NAMES_SINCE: semver::Version = semver::Version::new(1, 85, 0);

/// What lies in an unpacked crate once all of it does.
const UNPACKED_MARK: &str = ".cargo-ok";

/// Cargo's cache of one `CARGO_HOME`.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    /// `CARGO_HOME/registry`.
    registry: PathBuf,
    stable_names: bool,
}

/// A locked crate that comes from a registry, and where cargo keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CachedCrate {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) index_url: String,
    /// SHA-256 in hexadecimal, as the lock file says.
    pub(super) checksum: Option<String>,
    pub(super) folder: PathBuf,
}

/// The bytes of a project's locked crates that lie in cargo's cache, by name and version.
pub(crate) fn cached_sizes(project: &Project, cargo_home: &Path) -> HashMap<(String, String), u64> {
    let Some(version) = &project.cargo_version else {
        return HashMap::new();
    };
    let lockfile = project::read_lockfile(&project.folder).ok().flatten();
    let cache = Cache::of(cargo_home, version);
    let crates = lockfile.map(|lockfile| cache.crates(&lockfile, &project.connection));
    let sized = crates.into_iter().flatten().filter_map(|found| {
        let size = found.size()?;
        Some(((found.name, found.version), size))
    });
    sized.collect()
}

impl CachedCrate {
    /// The crate's file, whether it is here or not.
    pub(super) fn file(&self) -> PathBuf {
        file_in(&self.folder, &self.name, &self.version)
    }

    /// What its folder is called, once it is unpacked.
    pub(super) fn unpacked_name(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// The size of the crate's file; none when it is not here.
    pub(super) fn size(&self) -> Option<u64> {
        file_size(&self.file())
    }
}

fn file_in(folder: &Path, name: &str, version: &str) -> PathBuf {
    folder.join(format!("{name}-{version}.crate"))
}

fn file_size(file: &Path) -> Option<u64> {
    std::fs::metadata(file)
        .ok()
        .filter(|about| about.is_file())
        .map(|about| about.len())
}

impl Cache {
    pub(super) fn of(cargo_home: &Path, cargo_version: &str) -> Self {
        let version = semver::Version::parse(cargo_version);
        let release =
            version.map(|version| semver::Version::new(version.major, version.minor, version.patch));
        let stable_names = release.is_ok_and(|version| version >= STABLE_NAMES_SINCE);
        Self {
            registry: cargo_home.join("registry"),
            stable_names,
        }
    }

    fn folder_of(&self, index_url: &str) -> Option<PathBuf> {
        self.folder_in("cache", index_url)
    }

    /// A registry's folder in `cache`, `index` or `src`.
    fn folder_in(&self, part: &str, index_url: &str) -> Option<PathBuf> {
        let named = tame_index::utils::url_to_local_dir(index_url, self.stable_names).ok()?;
        Some(self.registry.join(part).join(named.dir_name))
    }

    /// Whether something lies here that was not finished.
    pub(super) fn has_leftovers(&self) -> bool {
        self.registry.join(place::WORK).exists()
    }

    /// Where what an index says of a crate is kept.
    fn entry_file(&self, index_url: &str, name: &str) -> Option<PathBuf> {
        let path = KrateName::cargo(name).ok()?.relative_path(None);
        Some(self.folder_in("index", index_url)?.join(".cache").join(path))
    }

    /// Where a crate is unpacked.
    fn unpacked_folder(&self, found: &CachedCrate) -> Option<PathBuf> {
        let folder = self.folder_in("src", &found.index_url)?;
        Some(folder.join(found.unpacked_name()))
    }

    /// Whether cargo takes a crate for unpacked.
    pub(super) fn is_unpacked(&self, found: &CachedCrate) -> bool {
        let folder = self.unpacked_folder(found);
        folder.is_some_and(|folder| folder.join(UNPACKED_MARK).is_file())
    }

    /// Whether something is kept of what the index says of a crate, and, where it was looked into, these versions.
    pub(super) fn has_entry(&self, index_url: &str, name: &str, versions: &[&str]) -> bool {
        let Some(file) = self.entry_file(index_url, name) else {
            return false;
        };
        match versions {
            [] => file.is_file(),
            versions => std::fs::read(file).is_ok_and(|bytes| place::tells(&bytes, versions)),
        }
    }

    /// Every crate's file that is here now, of all registries.
    pub(super) fn files(&self) -> HashSet<PathBuf> {
        let entries = |folder: &Path| {
            std::fs::read_dir(folder)
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.path())
        };
        entries(&self.registry.join("cache"))
            .flat_map(|folder| entries(&folder).collect::<Vec<_>>())
            .collect()
    }

    /// The size of a crate that cargo has just downloaded, from whichever registry of this connection.
    pub(super) fn size(&self, connection: &Connection, name: &str, version: &str) -> Option<u64> {
        let registries = connection.registries.iter().chain(&connection.crates_io_through);
        let urls = registries.map(|registry| registry.index_url.as_str());
        let urls = urls.chain([tame_index::CRATES_IO_HTTP_INDEX]);
        urls.filter_map(|url| self.folder_of(url))
            .find_map(|folder| file_size(&file_in(&folder, name, version)))
    }

    /// The locked crates that come from registries. A lock file is a stranger's word: what cannot be a crate's name, and
    /// would lead elsewhere as a path, is no crate.
    pub(super) fn crates(&self, lockfile: &Lockfile, connection: &Connection) -> Vec<CachedCrate> {
        let cached = |package: &cargo_lock::Package| {
            KrateName::cargo(package.name.as_str()).ok()?;
            let index_url = crate::project::index_url(package, connection)?;
            Some(CachedCrate {
                name: package.name.to_string(),
                version: package.version.to_string(),
                checksum: package.checksum.as_ref().map(ToString::to_string),
                folder: self.folder_of(&index_url)?,
                index_url,
            })
        };
        lockfile.packages.iter().filter_map(cached).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_as_cargo_names_them() {
        // Read off cargo 1.95, and off one from before 1.85 on a 64-bit machine.
        let url = "sparse+http://127.0.0.1:18473/good/index/";
        let check = |version: &str, expected: &str| {
            let folder = Cache::of(Path::new("home"), version).folder_of(url).unwrap();
            assert_eq!(
                folder,
                Path::new("home/registry/cache").join(expected),
                "{version}"
            );
        };
        check("1.95.0", "127.0.0.1-194201d365825ab7");
        check("1.85.0-nightly", "127.0.0.1-194201d365825ab7");
        if cfg!(all(target_pointer_width = "64", target_endian = "little")) {
            check("1.84.1", "127.0.0.1-735e9e0cb98af0aa");
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_no_crates() {
        let lock = |name: &str| {
            let checksum = "a".repeat(64);
            let source = "registry+https://github.com/rust-lang/crates.io-index";
            let text = format!(
                "version = 4\n[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\nsource = \"{source}\"\nchecksum = \"{checksum}\"\n"
            );
            text.parse::<Lockfile>()
        };
        let check = |name: &str, expected: usize| {
            let cache = Cache::of(Path::new("home"), "1.95.0");
            let crates = lock(name).map(|lock| cache.crates(&lock, &Connection::default()));
            assert_eq!(crates.unwrap_or_default().len(), expected, "{name}");
        };
        check("serde", 1);
        check("/home/mira/x", 0);
        check("../../x", 0);
        check("a/b", 0);
        check("a\\\\b", 0);
        check("C:x", 0);
        check("nul", 0);
    }
}
