//! The folder of `.crate` files, each under its sha256.
//!
//! **Invariant:** a file under a digest is complete and synced; it is never written in place.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{Received, StorageError};

#[derive(Debug)]
pub(super) struct Blobs {
    crates: PathBuf,
    incoming: PathBuf,
}

impl Blobs {
    pub(super) fn open(folder: &Path) -> Result<Self, StorageError> {
        let blobs = Self {
            crates: folder.join("crates"),
            incoming: folder.join("incoming"),
        };
        for path in [&blobs.crates, &blobs.incoming] {
            fs::create_dir_all(path).map_err(StorageError::io("made", path))?;
        }
        sync_folder(folder)?;
        Ok(blobs)
    }

    pub(super) fn incoming(&self) -> &Path {
        &self.incoming
    }

    pub(super) fn path(&self, digest: &str) -> PathBuf {
        self.crates.join(digest.get(..2).unwrap_or_default()).join(digest)
    }

    /// Moves a synced file to its digest and syncs the folder, so that the name is as durable as the bytes.
    pub(super) fn place(&self, received: Received) -> Result<(), StorageError> {
        let path = self.path(received.digest());
        let folder = path.parent().unwrap_or(&self.crates);
        if !folder.is_dir() {
            fs::create_dir_all(folder).map_err(StorageError::io("made", folder))?;
            sync_folder(&self.crates)?;
        }
        // The same bytes may lie there already, for another feed; replacing an open file fails on Windows.
        let there = fs::metadata(&path).is_ok_and(|there| there.len() == received.size());
        if !there {
            received.rename(&path)?;
            sync_folder(folder)?;
        }
        Ok(())
    }

    pub(super) fn remove(&self, digest: &str) -> Result<(), StorageError> {
        remove_file(&self.path(digest))
    }

    /// Removes half-received files and files no version names; says how many.
    pub(super) fn sweep(&self, named: &HashSet<String>) -> Result<usize, StorageError> {
        let mut swept = 0;
        for path in children(&self.incoming)? {
            remove_file(&path)?;
            swept += 1;
        }
        for folder in children(&self.crates)? {
            if !folder.is_dir() {
                remove_file(&folder)?;
                swept += 1;
                continue;
            }
            for path in children(&folder)? {
                let digest = path
                    .file_name()
                    .and_then(|name| name.to_str())
                    .unwrap_or_default();
                if !named.contains(digest) || path != self.path(digest) {
                    remove_file(&path)?;
                    swept += 1;
                }
            }
        }
        Ok(swept)
    }
}

fn children(folder: &Path) -> Result<Vec<PathBuf>, StorageError> {
    let reading = || StorageError::io("read", folder);
    fs::read_dir(folder)
        .map_err(reading())?
        .map(|entry| entry.map(|entry| entry.path()).map_err(reading()))
        .collect()
}

fn remove_file(path: &Path) -> Result<(), StorageError> {
    match fs::remove_file(path) {
        Err(failure) if failure.kind() != io::ErrorKind::NotFound => {
            Err(StorageError::io("removed", path)(failure))
        }
        _ => Ok(()),
    }
}

/// Only Unix can sync a folder; elsewhere the file system's own journal orders the rename.
fn sync_folder(folder: &Path) -> Result<(), StorageError> {
    if cfg!(unix) {
        File::open(folder)
            .and_then(|open| open.sync_all())
            .map_err(StorageError::io("synced", folder))?;
    }
    Ok(())
}
