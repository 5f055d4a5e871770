//! Upstream's index files as last seen, in a file of their own: they may be lost, so nobody waits for the disk.
//!
//! **Invariant:** nothing here is the only copy of anything.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rusqlite::OptionalExtension;

use super::connections::{Connections, Durability};
use super::{StorageError, blocking};

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS entries (
    source        TEXT NOT NULL,
    name          TEXT NOT NULL,
    -- Empty when upstream said there is none.
    body          TEXT,
    etag          TEXT,
    last_modified TEXT,
    seen_at       INTEGER NOT NULL,
    PRIMARY KEY (source, name)
) STRICT, WITHOUT ROWID;
";

/// One answer of upstream's.
#[derive(Debug, Clone)]
pub(crate) struct CachedEntry {
    /// `None` when upstream has no such file.
    pub(crate) body: Option<Arc<str>>,
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
    seen_at: i64,
}

impl CachedEntry {
    /// An answer just received.
    pub(crate) fn new(body: Option<String>, etag: Option<String>, last_modified: Option<String>) -> Self {
        Self {
            body: body.map(Arc::from),
            etag,
            last_modified,
            seen_at: milliseconds(),
        }
    }

    /// The same answer, just confirmed.
    pub(crate) fn confirmed(self) -> Self {
        Self {
            seen_at: milliseconds(),
            ..self
        }
    }

    /// Whether it was seen within this time. A clock set back makes it old, not young.
    pub(crate) fn is_younger_than(&self, age: Duration) -> bool {
        let elapsed = milliseconds() - self.seen_at;
        u128::try_from(elapsed).is_ok_and(|elapsed| elapsed < age.as_millis())
    }
}

#[derive(Debug)]
pub(crate) struct EntryCache {
    connections: Connections,
}

impl EntryCache {
    /// Opens the cache; one that cannot be opened is thrown away.
    pub(crate) async fn open(folder: &Path) -> Result<Arc<Self>, StorageError> {
        let path = folder.join("upstream-cache.db");
        blocking(move || {
            let connections = open(&path).or_else(|failure: StorageError| {
                tracing::warn!(
                    error = &failure as &dyn std::error::Error,
                    "starting the cache of upstream anew"
                );
                for ending in ["", "-wal", "-shm"] {
                    let mut stale = path.clone().into_os_string();
                    stale.push(ending);
                    let _ = fs::remove_file(stale);
                }
                open(&path)
            })?;
            Ok(Arc::new(Self { connections }))
        })
        .await
    }

    pub(crate) async fn find(
        self: &Arc<Self>,
        source: &str,
        name: &str,
    ) -> Result<Option<CachedEntry>, StorageError> {
        let (cache, source, name) = (Arc::clone(self), source.to_owned(), name.to_owned());
        blocking(move || {
            cache.connections.read(|connection| {
                let mut statement = connection.prepare_cached(
                    "SELECT body, etag, last_modified, seen_at FROM entries WHERE source = ?1 AND name = ?2",
                )?;
                let found = statement.query_row((source, name), |row| {
                    Ok(CachedEntry {
                        body: row.get::<_, Option<String>>(0)?.map(Arc::from),
                        etag: row.get(1)?,
                        last_modified: row.get(2)?,
                        seen_at: row.get(3)?,
                    })
                });
                Ok(found.optional()?)
            })
        })
        .await
    }

    pub(crate) async fn put(
        self: &Arc<Self>,
        source: &str,
        name: &str,
        entry: CachedEntry,
    ) -> Result<(), StorageError> {
        let (cache, source, name) = (Arc::clone(self), source.to_owned(), name.to_owned());
        blocking(move || {
            cache.connections.write(|transaction| {
                transaction.execute(
                    "INSERT INTO entries (source, name, body, etag, last_modified, seen_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (source, name) DO UPDATE SET body = excluded.body, etag = excluded.etag,
                         last_modified = excluded.last_modified, seen_at = excluded.seen_at",
                    (
                        source,
                        name,
                        entry.body.as_deref(),
                        entry.etag,
                        entry.last_modified,
                        entry.seen_at,
                    ),
                )?;
                Ok::<_, StorageError>(())
            })
        })
        .await
    }
}

fn open(path: &Path) -> Result<Connections, StorageError> {
    Connections::open(path, Durability::Relaxed, |connection| {
        Ok(connection.execute_batch(TABLES)?)
    })
}

fn milliseconds() -> i64 {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
