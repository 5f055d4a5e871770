//! The log of what changed: the last change of every version and of every feed, in the order they happened.
//!
//! **Invariant:** read-only; triggers of the schema write it. A token is never used twice and never grows smaller.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use super::{CrateRecord, FeedRecord, StorageError, VersionRecord};

/// A version and its place in the log.
#[derive(Debug)]
pub(crate) struct ChangedVersion {
    pub(crate) token: i64,
    /// The id of its crate, which stands beside the list.
    pub(crate) held: String,
    pub(crate) version: VersionRecord,
}

/// A feed and its place in the log.
#[derive(Debug)]
pub(crate) struct ChangedFeed {
    pub(crate) token: i64,
    pub(crate) state: FeedState,
    /// The last place in the log of its versions; 0 where nothing ever changed.
    pub(crate) latest: i64,
}

/// What became of a feed.
#[derive(Debug)]
pub(crate) enum FeedState {
    /// It is there, maybe in the recycle bin.
    There(Box<FeedRecord>),
    /// It is gone for good.
    Purged { id: String, name: String, at: String },
}

impl FeedState {
    /// The feed's id.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::There(feed) => &feed.id,
            Self::Purged { id, .. } => id,
        }
    }
}

/// The last place in the log of a feed's versions; 0 where nothing ever changed.
fn latest_change(connection: &Connection, feed: &str) -> Result<i64, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT coalesce(max(token), 0) FROM changes WHERE feed = ?1")?;
    Ok(statement.query_row([feed], |row| row.get(0))?)
}

impl ChangedVersion {
    /// What changed in a feed behind a place in the log, with the crates it belongs to, by id.
    pub(crate) fn after(
        connection: &Connection,
        feed: &str,
        token: i64,
        most: u32,
    ) -> Result<(Vec<Self>, HashMap<String, CrateRecord>), StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT changes.token, versions.id, versions.crate
             FROM changes JOIN versions ON versions.id = changes.version
             WHERE changes.feed = ?1 AND changes.token > ?2 ORDER BY changes.token LIMIT ?3",
        )?;
        let places = statement
            .query_map((feed, token, most), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?
            .collect::<Result<Vec<(i64, String, String)>, _>>()?;
        let mut crates = HashMap::new();
        // A crate is read once, however many of its versions changed.
        let mut versions: HashMap<String, VersionRecord> = HashMap::new();
        let mut changed = Vec::new();
        for (token, id, held) in places {
            if !crates.contains_key(&held)
                && let Some(found) = CrateRecord::by_id(connection, feed, &held)?
            {
                let all = found.versions.iter().chain(&found.deleted);
                versions.extend(all.map(|version| (version.id.clone(), version.clone())));
                crates.insert(held.clone(), found);
            }
            if let Some(version) = versions.remove(&id) {
                changed.push(Self { token, held, version });
            }
        }
        Ok((changed, crates))
    }
}

impl ChangedFeed {
    /// What became of feeds, a project's or all, behind a place in the log.
    pub(crate) fn after(
        connection: &Connection,
        project: Option<&str>,
        token: i64,
        with_deleted: bool,
    ) -> Result<Vec<Self>, StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT log.token, log.feed AS gone, log.name AS gone_name, log.purged_at AS gone_at, feeds.*
             FROM feed_changes AS log LEFT JOIN feeds ON feeds.id = log.feed
             WHERE log.token > ?1 AND (?2 IS NULL OR log.scope = ?2)
               AND (?3 OR (feeds.id IS NOT NULL AND feeds.deleted_at IS NULL))
             ORDER BY log.token",
        )?;
        let mut rows = statement.query((token, project, with_deleted))?;
        let mut changed = Vec::new();
        while let Some(row) = rows.next()? {
            changed.push(Self::from_row(connection, row)?);
        }
        Ok(changed)
    }

    /// Where a feed stands.
    pub(crate) fn of(connection: &Connection, feed: &str) -> Result<Option<Self>, StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT log.token, log.feed AS gone, log.name AS gone_name, log.purged_at AS gone_at, feeds.*
             FROM feed_changes AS log LEFT JOIN feeds ON feeds.id = log.feed WHERE log.feed = ?1",
        )?;
        let mut rows = statement.query([feed])?;
        match rows.next()? {
            Some(row) => Ok(Some(Self::from_row(connection, row)?)),
            None => Ok(None),
        }
    }

    fn from_row(connection: &Connection, row: &Row<'_>) -> Result<Self, StorageError> {
        let id: String = row.get("gone")?;
        let state = match row.get::<_, Option<String>>("gone_at")? {
            Some(at) => FeedState::Purged {
                id: id.clone(),
                name: row.get("gone_name")?,
                at,
            },
            None => FeedState::There(Box::new(FeedRecord::from_row(connection, row)?)),
        };
        Ok(Self {
            token: row.get("token")?,
            state,
            latest: latest_change(connection, &id)?,
        })
    }
}
