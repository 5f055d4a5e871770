//! Bytes on their way in: written to a file and hashed as they come, never held in memory.
//!
//! **Invariant:** a file that is not placed disappears with its value; nothing half-received outlives a request.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{Storage, StorageError};

/// A file being received.
#[derive(Debug)]
pub(crate) struct Incoming {
    file: File,
    hasher: Sha256,
    size: u64,
    path: Unplaced,
}

/// A file received whole, synced, with its digest known.
#[derive(Debug)]
pub(crate) struct Received {
    digest: String,
    size: u64,
    path: Unplaced,
}

#[derive(Debug)]
struct Unplaced {
    path: PathBuf,
    placed: bool,
    // Keeps the folder's lock while a file may still be removed from it.
    _storage: Arc<Storage>,
}

impl Incoming {
    pub(super) async fn create(storage: Arc<Storage>, folder: &Path) -> Result<Self, StorageError> {
        let path = folder.join(Uuid::new_v4().simple().to_string());
        let file = File::create_new(&path)
            .await
            .map_err(StorageError::io("made", &path))?;
        let path = Unplaced {
            path,
            placed: false,
            _storage: storage,
        };
        Ok(Self {
            file,
            hasher: Sha256::new(),
            size: 0,
            path,
        })
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        self.file
            .write_all(bytes)
            .await
            .map_err(StorageError::io("written", &self.path.path))
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Syncs the file: from here on only its name is missing.
    pub(crate) async fn finish(mut self) -> Result<Received, StorageError> {
        let writing = || StorageError::io("written", &self.path.path);
        self.file.flush().await.map_err(writing())?;
        self.file.sync_all().await.map_err(writing())?;
        let digest = self
            .hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Received {
            digest,
            size: self.size,
            path: self.path,
        })
    }
}

impl Received {
    /// The sha256 of the file, in hex.
    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Where the file lies until it is placed.
    pub(crate) fn path(&self) -> &Path {
        &self.path.path
    }

    pub(super) fn rename(mut self, to: &Path) -> Result<(), StorageError> {
        fs::rename(&self.path.path, to).map_err(StorageError::io("renamed", &self.path.path))?;
        self.path.placed = true;
        Ok(())
    }
}

impl Drop for Unplaced {
    fn drop(&mut self) {
        if !self.placed {
            // Should this fail, the next start sweeps the file.
            let _ = fs::remove_file(&self.path);
        }
    }
}
