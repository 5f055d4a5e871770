//! The connections to one SQLite file: one that writes, some that read.
//!
//! **Invariant:** no table is named here.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::StorageError;

/// Idle reading connections kept open; more are opened when needed and closed afterwards.
const IDLE_READERS: usize = 4;

/// What a commit is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// On disk when the commit returns.
    Full,
    /// Maybe lost when the computer goes down, never half-written.
    Relaxed,
}

#[derive(Debug)]
pub(super) struct Connections {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Connections {
    /// Opens the file, bringing its tables up to date.
    pub(super) fn open(
        path: &Path,
        durability: Durability,
        migrate: impl FnOnce(&mut Connection) -> Result<(), StorageError>,
    ) -> Result<Self, StorageError> {
        let mut writer = Connection::open(path)?;
        writer.busy_timeout(Duration::from_secs(10))?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        // FULL syncs the log at each commit, NORMAL only before the log is folded back into the file.
        let synchronous = if durability == Durability::Full {
            "FULL"
        } else {
            "NORMAL"
        };
        writer.pragma_update(None, "synchronous", synchronous)?;
        writer.pragma_update(None, "foreign_keys", true)?;
        migrate(&mut writer)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::default(),
        })
    }

    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let idle = held(&self.readers).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.open_reader()?,
        };
        // One transaction, so that several statements see one state.
        let transaction = reader.transaction()?;
        let done = work(&transaction);
        drop(transaction);
        let mut idle = held(&self.readers);
        if idle.len() < IDLE_READERS {
            idle.push(reader);
        }
        done
    }

    pub(super) fn write<T, E: From<StorageError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_with_cleanup(work, |_| Ok(()))
    }

    /// As `write`; when nothing was committed, `cleanup` runs before anybody else may write.
    pub(super) fn write_with_cleanup<T, E: From<StorageError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
        cleanup: impl FnOnce(&Connection) -> Result<(), StorageError>,
    ) -> Result<T, E> {
        let mut writer = held(&self.writer);
        let done = commit(&mut writer, work);
        if done.is_err()
            && let Err(failure) = cleanup(&writer)
        {
            // The refusal is the answer; what is left over goes at the next start.
            tracing::warn!(
                error = &failure as &dyn std::error::Error,
                "cleaning up after a refusal failed"
            );
        }
        done
    }

    fn open_reader(&self) -> Result<Connection, StorageError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags)?;
        reader.busy_timeout(Duration::from_secs(10))?;
        Ok(reader)
    }
}

fn commit<T, E: From<StorageError>>(
    writer: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction = writer
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(StorageError::from)?;
    let done = work(&transaction)?;
    transaction.commit().map_err(StorageError::from)?;
    Ok(done)
}

/// A panic while a lock was held rolled its transaction back, so the connection is still good.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
