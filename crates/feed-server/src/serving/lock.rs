//! The lock on a folder, and the note beside it that says who serves and where.
//!
//! **Invariant:** only the holder of the lock writes or removes the note.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::StartError;

/// What `serving.json` says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) url: String,
    pub(crate) pid: u32,
    pub(crate) by: String,
    /// The id a server of this folder answers with.
    pub(crate) instance: String,
}

/// A folder held by this process. It is given up when this is dropped.
#[derive(Debug)]
pub(crate) struct FolderLock {
    folder: PathBuf,
    // Closing the file gives up the lock.
    _file: File,
    released: Option<oneshot::Sender<()>>,
}

impl Note {
    /// Who serves, when they have not said so yet.
    pub(crate) fn unknown(port: u16) -> Self {
        Self {
            url: format!("http://127.0.0.1:{port}"),
            pid: 0,
            by: "another process".to_owned(),
            instance: String::new(),
        }
    }

    pub(crate) fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(note_path(folder)).ok()?).ok()
    }
}

impl FolderLock {
    /// Takes the lock if nobody holds it.
    pub(crate) fn try_take(folder: &Path) -> Result<Option<Self>, StartError> {
        let file = open(folder)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self::held(folder, file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(StartError::folder("locked", lock_path(folder))(source)),
        }
    }

    /// Waits, blocking this thread, until nobody else holds the lock.
    pub(crate) fn take(folder: &Path) -> Result<Self, StartError> {
        let file = open(folder)?;
        file.lock()
            .map_err(StartError::folder("locked", lock_path(folder)))?;
        Ok(Self::held(folder, file))
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Asks to be told when the lock is given up.
    pub(crate) fn tell_when_released(&mut self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        self.released = Some(sender);
        receiver
    }

    /// Writes the note so that a reader sees all of it or nothing.
    pub(crate) fn write_note(folder: &Path, note: &Note) -> Result<(), StartError> {
        let path = note_path(folder);
        let failed = || StartError::folder("written", &path);
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed())?;
        let text = serde_json::to_vec_pretty(note).map_err(|failure| failed()(failure.into()))?;
        file.write_all(&text).map_err(failed())?;
        file.persist(&path)
            .map_err(|persisting| failed()(persisting.error))?;
        Ok(())
    }

    fn held(folder: &Path, file: File) -> Self {
        // A note found now is of somebody who crashed; nobody may be sent to their address.
        let _ = fs::remove_file(note_path(folder));
        Self {
            folder: folder.to_owned(),
            _file: file,
            released: None,
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(note_path(&self.folder));
        let _ = self._file.unlock();
        if let Some(released) = self.released.take() {
            // Nobody may be waiting any more.
            let _ = released.send(());
        }
    }
}

fn open(folder: &Path) -> Result<File, StartError> {
    make_private(folder).map_err(StartError::folder("made", folder))?;
    let path = lock_path(folder);
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(StartError::folder("opened", path))
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn lock_path(folder: &Path) -> PathBuf {
    folder.join("serve.lock")
}

fn note_path(folder: &Path) -> PathBuf {
    folder.join("serving.json")
}
