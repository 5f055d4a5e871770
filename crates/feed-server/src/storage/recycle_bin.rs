//! What becomes of deleted feeds and versions: kept, given back, or gone for good.
//!
//! **Invariant:** only what was deleted before can be gone for good. Files are left to the sweep of the next start, so
//! that no download under way and no save of the same file loses what it stands on.

use rusqlite::{Connection, Transaction};

use super::{FeedRecord, StorageError, VersionRecord, now};

/// The deleted feeds: a project's, or all there are.
pub(crate) fn deleted_feeds(
    connection: &Connection,
    project: Option<&str>,
) -> Result<Vec<FeedRecord>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM feeds WHERE deleted_at IS NOT NULL AND (?1 IS NULL OR scope = ?1) ORDER BY folded, scope",
    )?;
    let mut feeds = Vec::new();
    let mut rows = statement.query([project])?;
    while let Some(row) = rows.next()? {
        feeds.push(FeedRecord::from_row(connection, row)?);
    }
    Ok(feeds)
}

/// A deleted feed by name, whatever its capitals, or by id, in the scope of a project or of the organization.
pub(crate) fn find_deleted_feed(
    connection: &Connection,
    project: Option<&str>,
    named: &str,
) -> Result<Option<FeedRecord>, StorageError> {
    let key = named.to_lowercase();
    let found = deleted_feeds(connection, project)?.into_iter().find(|feed| {
        let same_scope = feed.project.as_ref().map(|project| project.id.as_str()) == project;
        same_scope && (feed.id == key || feed.name.to_lowercase() == key)
    });
    Ok(found)
}

/// Gives a deleted feed back as it was.
pub(crate) fn restore_feed(transaction: &Transaction<'_>, feed: &FeedRecord) -> Result<(), StorageError> {
    transaction.execute("UPDATE feeds SET deleted_at = NULL WHERE id = ?1", [&feed.id])?;
    Ok(())
}

/// Removes a deleted feed with all it held; its name can be used again.
pub(crate) fn purge_feed(transaction: &Transaction<'_>, feed: &FeedRecord) -> Result<(), StorageError> {
    const OF_FEED: [&str; 13] = [
        "UPDATE feeds SET default_view = NULL WHERE id = ?1",
        "DELETE FROM promotions WHERE view IN (SELECT id FROM views WHERE feed = ?1)",
        "DELETE FROM views WHERE feed = ?1",
        "DELETE FROM permissions WHERE feed = ?1",
        "DELETE FROM upstreaming WHERE feed = ?1",
        "DELETE FROM retention WHERE feed = ?1",
        "DELETE FROM changes WHERE feed = ?1",
        "DELETE FROM downloads WHERE version IN (SELECT versions.id FROM versions JOIN crates ON crates.id = crate
                                                 WHERE feed = ?1)",
        "DELETE FROM versions WHERE crate IN (SELECT id FROM crates WHERE feed = ?1)",
        "DELETE FROM crates WHERE feed = ?1",
        "DELETE FROM upstreams WHERE feed = ?1",
        "DELETE FROM feed_changes WHERE feed = ?1",
        "DELETE FROM feeds WHERE id = ?1 AND deleted_at IS NOT NULL",
    ];
    for statement in OF_FEED {
        transaction.prepare_cached(statement)?.execute([&feed.id])?;
    }
    // Who follows the changes hears of it.
    let scope = feed.project.as_ref().map(|project| project.id.as_str());
    let mut statement = transaction
        .prepare_cached("INSERT INTO feed_changes (feed, scope, name, purged_at) VALUES (?1, ?2, ?3, ?4)")?;
    statement.execute((&feed.id, scope.unwrap_or_default(), &feed.name, now()))?;
    Ok(())
}

/// Lets go for good of all that a feed's recycle bin holds.
pub(crate) fn empty_recycle_bin(transaction: &Transaction<'_>, feed: &str) -> Result<(), StorageError> {
    let mut statement = transaction.prepare_cached(
        "UPDATE versions SET purged_at = ?2
         WHERE deleted_at IS NOT NULL AND purged_at IS NULL AND crate IN (SELECT id FROM crates WHERE feed = ?1)",
    )?;
    statement.execute((feed, now()))?;
    Ok(())
}

impl VersionRecord {
    /// Whether the version lies in the recycle bin, from which it can be given back.
    pub(crate) fn is_in_recycle_bin(&self) -> bool {
        self.deleted_at.is_some() && self.purged_at.is_none()
    }

    /// Moves the version into the recycle bin.
    pub(crate) fn delete(self, transaction: &Transaction<'_>) -> Result<Self, StorageError> {
        let moment = now();
        transaction.execute(
            "UPDATE versions SET deleted_at = ?2 WHERE id = ?1",
            (&self.id, &moment),
        )?;
        Ok(Self {
            deleted_at: Some(moment),
            ..self
        })
    }

    /// Gives the version back as it was, with the views it was promoted into.
    pub(crate) fn restore(&self, transaction: &Transaction<'_>) -> Result<(), StorageError> {
        transaction.execute(
            "UPDATE versions SET deleted_at = NULL, recovered_at = ?2 WHERE id = ?1 AND purged_at IS NULL",
            (&self.id, now()),
        )?;
        Ok(())
    }

    /// Lets go of the version's file for good; its number stays taken.
    pub(crate) fn purge(&self, transaction: &Transaction<'_>) -> Result<(), StorageError> {
        transaction.execute(
            "UPDATE versions SET purged_at = ?2 WHERE id = ?1 AND deleted_at IS NOT NULL",
            (&self.id, now()),
        )?;
        Ok(())
    }
}
