//! What is kept for how long: a feed's own limits, and the thirty days of the recycle bins.
//!
//! **Invariant:** time comes in as an argument. A version goes only when both limits are exceeded, never when it was
//! promoted, and then into the recycle bin. One that was given back counts as new: who took it out again wanted it.

use rusqlite::{Connection, OptionalExtension, Transaction};
use time::{Duration, OffsetDateTime};

use super::{FeedRecord, StorageError, azure_time, recycle_bin};

/// How long what was deleted can be given back.
pub(crate) const DAYS_IN_RECYCLE_BIN: i64 = 30;

/// A feed's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RetentionRecord {
    /// How many versions of each crate are kept, the newest.
    pub(crate) versions: u32,
    /// For how many days after its last download a version is kept.
    pub(crate) days: u32,
}

/// What a run of the job did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retained {
    pub(crate) deleted: usize,
    pub(crate) purged: usize,
    pub(crate) purged_feeds: usize,
}

impl RetentionRecord {
    pub(crate) fn find(connection: &Connection, feed: &str) -> Result<Option<Self>, StorageError> {
        let mut statement =
            connection.prepare_cached("SELECT versions, days FROM retention WHERE feed = ?1")?;
        let found = statement.query_row([feed], |row| {
            Ok(Self {
                versions: row.get(0)?,
                days: row.get(1)?,
            })
        });
        Ok(found.optional()?)
    }

    pub(crate) fn keep(self, transaction: &Transaction<'_>, feed: &str) -> Result<(), StorageError> {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO retention (feed, versions, days) VALUES (?1, ?2, ?3)
             ON CONFLICT (feed) DO UPDATE SET versions = excluded.versions, days = excluded.days",
        )?;
        statement.execute((feed, self.versions, self.days))?;
        Ok(())
    }

    pub(crate) fn remove(transaction: &Transaction<'_>, feed: &str) -> Result<(), StorageError> {
        transaction
            .prepare_cached("DELETE FROM retention WHERE feed = ?1")?
            .execute([feed])?;
        Ok(())
    }
}

/// When what was deleted at a moment goes for good.
pub(crate) fn scheduled_purge(deleted_at: &str) -> Option<String> {
    let format = &time::format_description::well_known::Rfc3339;
    let deleted = OffsetDateTime::parse(deleted_at, format).ok()?;
    Some(azure_time(deleted + Duration::days(DAYS_IN_RECYCLE_BIN)))
}

/// Does what is due at a moment.
pub(crate) fn retain(
    transaction: &Transaction<'_>,
    moment: OffsetDateTime,
) -> Result<Retained, StorageError> {
    let long_ago = azure_time(moment - Duration::days(DAYS_IN_RECYCLE_BIN));
    let purged = transaction
        .prepare_cached("UPDATE versions SET purged_at = ?2 WHERE deleted_at < ?1 AND purged_at IS NULL")?
        .execute((&long_ago, azure_time(moment)))?;
    let due = recycle_bin::deleted_feeds(transaction, None)?.into_iter();
    let due: Vec<_> = due
        .filter(|feed| feed.deleted_at.as_ref().is_some_and(|at| *at < long_ago))
        .collect();
    for feed in &due {
        recycle_bin::purge_feed(transaction, feed)?;
    }
    let mut deleted = 0;
    for feed in FeedRecord::all(transaction, None)? {
        if let Some(limits) = RetentionRecord::find(transaction, &feed.id)? {
            deleted += delete_beyond(transaction, &feed.id, limits, moment)?;
        }
    }
    Ok(Retained {
        deleted,
        purged,
        purged_feeds: due.len(),
    })
}

/// Moves the moment at which each version was saved so many days back.
pub(crate) fn back_date(transaction: &Transaction<'_>, days: u32) -> Result<(), StorageError> {
    transaction.execute(
        "UPDATE versions SET saved_at = strftime('%Y-%m-%dT%H:%M:%f', saved_at, ?1) || '0000Z'",
        [format!("-{days} days")],
    )?;
    Ok(())
}

fn delete_beyond(
    transaction: &Transaction<'_>,
    feed: &str,
    limits: RetentionRecord,
    moment: OffsetDateTime,
) -> Result<usize, StorageError> {
    let mut statement = transaction.prepare_cached(
        "UPDATE versions SET deleted_at = ?4 WHERE id IN (
             SELECT id FROM (
                 SELECT versions.id, versions.saved_at, versions.recovered_at, row_number() OVER (
                            PARTITION BY versions.crate ORDER BY versions.saved_at DESC, versions.rowid DESC
                        ) AS place
                 FROM versions JOIN crates ON crates.id = versions.crate
                 WHERE crates.feed = ?1 AND versions.deleted_at IS NULL) AS ranked
             WHERE place > ?2
               AND NOT EXISTS (SELECT 1 FROM promotions WHERE promotions.version = ranked.id)
               AND max(saved_at, coalesce(recovered_at, ''), coalesce((SELECT max(last_at) FROM downloads
                                           WHERE downloads.version = ranked.id), '')) < ?3)",
    )?;
    let limit = azure_time(moment - Duration::days(limits.days.into()));
    Ok(statement.execute((feed, limits.versions, limit, azure_time(moment)))?)
}
