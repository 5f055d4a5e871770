//! Putting files where cargo looks for them.
//!
//! **Invariant**: what has its last name is whole and right: files are written under a folder of our own on the same
//! disk and moved. That folder is ours alone while cargo's lock is held, and empty before and after.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};
use tame_index::index::JsonLines;
use tame_index::index::cache::{CacheWrite, HttpRevision, Revision, ValidCacheEntry};

use crate::registry::hex;

use super::{Cache, CachedCrate, PackageLock};

/// Our own folder, in `CARGO_HOME/registry`.
pub(super) const WORK: &str = ".granary";

/// Why a file was not put where cargo looks.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum Unplaceable {
    #[error("`{}` cannot be written", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("the index tells nothing of `{name} {version}`")]
    NotTold { name: String, version: String },
    #[error("what the index says of `{0}` is not understood")]
    Unknown(String),
    #[error("the file of `{name} {version}` is not the one `Cargo.lock` names")]
    Checksum { name: String, version: String },
    #[error("cargo has no folder for `{0}`")]
    NoFolder(String),
}

/// The right to write into cargo's cache, while its lock is held.
#[derive(Debug)]
pub(in super::super) struct Placing {
    pub(super) cache: Cache,
    pub(super) work: PathBuf,
    _lock: PackageLock,
}

/// A crate's file that is still coming.
#[derive(Debug)]
pub(in super::super) struct Coming {
    path: PathBuf,
    file: std::fs::File,
    sum: Sha256,
    length: u64,
}

impl Placing {
    /// Begins; what an earlier one left behind when it was killed goes.
    pub(in super::super) fn begin(cache: Cache, lock: PackageLock) -> Result<Self, Unplaceable> {
        let work = cache.registry.join(WORK);
        let fault = |source| Unplaceable::Write {
            path: work.clone(),
            source,
        };
        clear(&work).map_err(fault)?;
        std::fs::create_dir_all(&work).map_err(fault)?;
        Ok(Self {
            cache,
            work,
            _lock: lock,
        })
    }

    /// Keeps what a registry says of itself.
    pub(in super::super) fn config(&self, index_url: &str, file: &[u8]) -> Result<(), Unplaceable> {
        let folder = self.cache.folder_in("index", index_url);
        let folder = folder.ok_or_else(|| Unplaceable::NoFolder(index_url.to_owned()))?;
        self.put(
            &format!("{}.json", name_of(&folder)),
            file,
            &folder.join("config.json"),
        )
    }

    /// Keeps what an index says of a crate, if it tells of these versions.
    pub(in super::super) fn entry(
        &self,
        index_url: &str,
        name: &str,
        answer: &crate::registry::IndexFile,
        versions: &[&str],
    ) -> Result<(), Unplaceable> {
        let places = (
            self.cache.folder_in("index", index_url),
            self.cache.entry_file(index_url, name),
        );
        let (Some(folder), Some(to)) = places else {
            return Err(Unplaceable::NoFolder(index_url.to_owned()));
        };
        let bytes = entry_of(answer).ok_or_else(|| Unplaceable::Unknown(name.to_owned()))?;
        if let Some(missing) = versions.iter().find(|version| !tells(&bytes, &[version])) {
            return Err(Unplaceable::NotTold {
                name: name.to_owned(),
                version: (*missing).to_owned(),
            });
        }
        self.put(&format!("{}-{name}.entry", name_of(&folder)), &bytes, &to)
    }

    /// Begins a crate's file.
    pub(in super::super) fn begin_crate(&self, wanted: &CachedCrate) -> Result<Coming, Unplaceable> {
        let folder = name_of(&wanted.folder);
        let path = self
            .work
            .join(format!("{folder}-{}.crate", wanted.unpacked_name()));
        match std::fs::File::create(&path) {
            Ok(file) => Ok(Coming {
                path,
                file,
                sum: Sha256::new(),
                length: 0,
            }),
            Err(source) => Err(Unplaceable::Write { path, source }),
        }
    }

    /// Moves a crate's file where cargo looks, if it is the one the lock file names.
    pub(in super::super) fn end_crate(
        &self,
        wanted: &CachedCrate,
        coming: Coming,
    ) -> Result<(), Unplaceable> {
        if wanted.checksum.as_deref() != Some(&hex(&coming.sum.finalize())) {
            return Err(Unplaceable::Checksum {
                name: wanted.name.clone(),
                version: wanted.version.clone(),
            });
        }
        // Windows moves no file that is open.
        drop(coming.file);
        move_to(&coming.path, &wanted.file())
    }

    /// Takes a crate out of cargo's sight: what is unpacked, and the archive where that is wrong too.
    pub(in super::super) fn take_away(
        &self,
        found: &CachedCrate,
        with_archive: bool,
    ) -> Result<(), Unplaceable> {
        let registry = name_of(&found.folder);
        let to = self
            .work
            .join(format!("{registry}-{}.away", found.unpacked_name()));
        let unpacked = self.cache.unpacked_folder(found).filter(|folder| folder.exists());
        if let Some(folder) = unpacked {
            move_to(&folder, &to.join("src"))?;
        }
        match with_archive {
            true => move_to(&found.file(), &to.join("crate")),
            false => Ok(()),
        }
    }

    fn put(&self, name: &str, bytes: &[u8], to: &Path) -> Result<(), Unplaceable> {
        let from = self.work.join(name);
        std::fs::write(&from, bytes).map_err(|source| Unplaceable::Write {
            path: from.clone(),
            source,
        })?;
        move_to(&from, to)
    }
}

impl Drop for Placing {
    fn drop(&mut self) {
        if let Err(error) = clear(&self.work) {
            tracing::warn!(folder = %self.work.display(), %error, "what was not finished could not be cleared away");
        }
    }
}

impl Coming {
    /// Takes in the next bytes.
    pub(in super::super) fn take(&mut self, bytes: &[u8]) -> Result<(), Unplaceable> {
        self.file.write_all(bytes).map_err(|source| Unplaceable::Write {
            path: self.path.clone(),
            source,
        })?;
        self.sum.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// How many bytes are here.
    pub(in super::super) fn length(&self) -> u64 {
        self.length
    }
}

/// Whether a file has the checksum the lock file names; none where it was stopped.
pub(super) fn has_checksum(file: &Path, wanted: &str, stopped: &AtomicBool) -> std::io::Result<Option<bool>> {
    let (mut sum, mut file) = (Sha256::new(), std::fs::File::open(file)?);
    let mut chunk = vec![0; 256 * 1024];
    loop {
        if stopped.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match file.read(&mut chunk)? {
            0 => return Ok(Some(hex(&sum.finalize()) == wanted)),
            read => sum.update(&chunk[..read]),
        }
    }
}

/// Moves a file or a folder to where nothing is, or where something of the same kind is replaced.
pub(super) fn move_to(from: &Path, to: &Path) -> Result<(), Unplaceable> {
    let fault = |source| Unplaceable::Write {
        path: to.to_owned(),
        source,
    };
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    std::fs::rename(from, to).map_err(fault)
}

pub(super) fn clear(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// What cargo would keep of an answer; none where it is not what an index says.
fn entry_of(answer: &crate::registry::IndexFile) -> Option<Vec<u8>> {
    let lines = JsonLines::validate(&answer.body).ok()?;
    let revision = match (&answer.etag, &answer.last_modified) {
        (Some(etag), _) => Revision::Http(HttpRevision::Etag(etag)),
        (None, Some(time)) => Revision::Http(HttpRevision::LastModified(time)),
        (None, None) => Revision::Unknown,
    };
    let mut bytes = Vec::with_capacity(answer.body.len() + answer.body.len() / 8);
    CacheWrite::Remote(lines)
        .write_cache_entry(&mut bytes, &revision)
        .ok()?;
    let is_sound = versions_in(&bytes)?
        .all(|version| std::str::from_utf8(version).is_ok_and(|text| semver::Version::parse(text).is_ok()));
    is_sound.then_some(bytes)
}

/// Whether what is kept of an index tells of all these versions.
pub(super) fn tells(kept: &[u8], versions: &[&str]) -> bool {
    let Some(told) = versions_in(kept) else {
        return false;
    };
    let wanted = |told: &&[u8]| versions.iter().any(|version| version.as_bytes() == *told);
    told.filter(wanted)
        .collect::<std::collections::HashSet<_>>()
        .len()
        == versions.len()
}

/// The versions in what is kept: each stands before what is told of it.
fn versions_in(kept: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    let entry = ValidCacheEntry::read(kept).ok()?;
    let parts = entry.version_entries.split(|byte| *byte == 0);
    Some(parts.step_by(2).filter(|version| !version.is_empty()))
}
