//! What is kept: SQLite for what is known, one content-addressed folder for `.crate` files.
//!
//! A crate is kept in this order: file synced, row written but not committed, file renamed to its digest, folder
//! synced, row committed. A crash anywhere in between leaves at most a file no row names, and the next start sweeps it.
//!
//! **Invariant:** no HTTP and no rules of Azure's or cargo's here; SQL stands in this room only.

mod blobs;
mod changes;
mod connections;
mod crate_pages;
mod crates;
mod downloads;
mod entry_cache;
mod feeds;
mod global_permissions;
mod incoming;
mod operations;
mod permissions;
mod provenance;
mod recycle_bin;
mod retention;
mod schema;
mod steps;
mod upstreaming;
mod upstreams;
mod views;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, Transaction};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::serving::FolderLock;
use blobs::Blobs;
pub(crate) use changes::{ChangedFeed, ChangedVersion, FeedState};
use connections::{Connections, Durability};
pub(crate) use crate_pages::{Page, Shelf};
pub(crate) use crates::{CrateRecord, NewVersion, Origin, PublishClash, VersionRecord, size_of};
pub(crate) use downloads::{DownloadCount, Metrics, count_downloads};
pub(crate) use entry_cache::{CachedEntry, EntryCache};
pub(crate) use feeds::{FeedChange, FeedRecord, NewFeed, ProjectRecord};
pub(crate) use global_permissions::GlobalPermission;
pub(crate) use incoming::{Incoming, Received};
pub(crate) use operations::{OperationStatus, begin_operation, end_operation, operation_status};
pub(crate) use permissions::{NO_ROLE, PermissionRecord, merge as merge_permissions};
pub(crate) use provenance::{Publisher, publisher_of};
pub(crate) use recycle_bin::{deleted_feeds, empty_recycle_bin, find_deleted_feed, purge_feed, restore_feed};
pub(crate) use retention::{RetentionRecord, back_date, retain, scheduled_purge};
pub(crate) use schema::Identity;
pub(crate) use upstreaming::{allow_external, allows_external};
pub(crate) use upstreams::{NewInternal, NewUpstream, UpstreamRecord};
pub(crate) use views::{ViewChange, ViewRecord};

/// Why something could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error("the database of feeds failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("`{}` could not be {doing}: {source}", path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("the database of feeds was written by a newer Granary (its format is {found})")]
    TooNew { found: i64 },
    #[error("the work on the database of feeds was broken off")]
    BrokenOff,
}

impl StorageError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}

/// One folder of feeds, held for as long as anything may still write to it.
#[derive(Debug)]
pub(crate) struct Storage {
    connections: Connections,
    blobs: Blobs,
    identity: Identity,
    // Last, so that the folder is given up only after the database is closed.
    _lock: FolderLock,
}

impl Storage {
    /// Opens the folder the lock stands for, making what is missing and sweeping what a crash left behind.
    pub(crate) fn open(lock: FolderLock) -> Result<Arc<Self>, StorageError> {
        let folder = lock.folder().to_owned();
        let connections = Connections::open(&folder.join("feeds.db"), Durability::Full, schema::migrate)?;
        let blobs = Blobs::open(&folder)?;
        let (identity, digests) = connections.write(|transaction| {
            let identity = schema::identity(transaction)?;
            operations::fail_unfinished(transaction)?;
            Ok::<_, StorageError>((identity, crates::digests(transaction)?))
        })?;
        let swept = blobs.sweep(&digests)?;
        if swept > 0 {
            tracing::info!(swept, "removed {swept} files no version names");
        }
        Ok(Arc::new(Self {
            connections,
            blobs,
            identity,
            _lock: lock,
        }))
    }

    /// The ids that tell this folder from any other.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Reads on a connection of its own, beside whoever writes.
    pub(crate) async fn read<T, F>(self: &Arc<Self>, work: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StorageError> + Send + 'static,
    {
        let storage = Arc::clone(self);
        blocking(move || storage.connections.read(work)).await
    }

    /// Writes in one transaction; whatever `work` refuses is rolled back.
    pub(crate) async fn write<T, E, F>(self: &Arc<Self>, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let storage = Arc::clone(self);
        blocking(move || storage.connections.write(work)).await
    }

    /// As `write`, of whoever may block.
    pub(crate) fn write_blocking<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        self.connections.write(work)
    }

    /// Keeps a received file together with the rows `work` writes for it: both or neither.
    pub(crate) async fn keep<T, E, F>(self: &Arc<Self>, received: Received, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let storage = Arc::clone(self);
        blocking(move || {
            let digest = received.digest().to_owned();
            // The file is placed while the only writer is held: nobody can drop it between rename and commit.
            storage.connections.write_with_cleanup(
                |transaction| {
                    let done = work(transaction)?;
                    storage.blobs.place(received)?;
                    Ok(done)
                },
                |connection| {
                    if !crates::names_digest(connection, &digest)? {
                        storage.blobs.remove(&digest)?;
                    }
                    Ok(())
                },
            )
        })
        .await
    }

    /// Opens an empty file for bytes on their way in.
    pub(crate) async fn incoming(self: &Arc<Self>) -> Result<Incoming, StorageError> {
        Incoming::create(Arc::clone(self), self.blobs.incoming()).await
    }

    /// Where the file with this digest lies.
    pub(crate) fn blob(&self, digest: &str) -> PathBuf {
        self.blobs.path(digest)
    }
}

async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(StorageError::BrokenOff.into()),
    }
}

/// A moment as Azure writes it: UTC with seven digits after the second.
pub(crate) fn azure_time(moment: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");
    // Formatting numbers into a string cannot fail; an impossible year would show as an empty date.
    moment
        .to_offset(time::UtcOffset::UTC)
        .format(format)
        .unwrap_or_default()
}

/// This moment as Azure writes it.
pub(crate) fn now() -> String {
    azure_time(OffsetDateTime::now_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_seven_digits() {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(1_700_000_000_052_158_899).unwrap();
        assert_eq!(azure_time(moment), "2023-11-14T22:13:20.0521588Z");
    }
}
