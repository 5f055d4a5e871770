//! The rows of downloads: how often each person downloaded each version, and when last.
//!
//! **Invariant:** counts only grow; what is known of a version goes with its feed alone.

use rusqlite::{Connection, Transaction};

use super::StorageError;

/// Downloads of one version by one person, to be added.
#[derive(Debug)]
pub(crate) struct DownloadCount {
    pub(crate) version: String,
    pub(crate) person: String,
    pub(crate) times: i64,
    pub(crate) last_at: String,
}

/// What is known of the downloads of a crate or of a version.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// The crate's or the version's id.
    pub(crate) of: String,
    pub(crate) times: i64,
    pub(crate) people: i64,
    pub(crate) last_at: String,
}

/// Adds counts; a version that is gone meanwhile is left out.
pub(crate) fn count_downloads(
    transaction: &Transaction<'_>,
    counts: &[DownloadCount],
) -> Result<(), StorageError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO downloads (version, person, times, last_at)
         SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM versions WHERE id = ?1)
         ON CONFLICT (version, person) DO UPDATE SET
             times = times + excluded.times, last_at = max(last_at, excluded.last_at)",
    )?;
    for count in counts {
        statement.execute((&count.version, &count.person, count.times, &count.last_at))?;
    }
    Ok(())
}

impl Metrics {
    /// Of crates of a feed, all their versions together; one that was never downloaded is left out.
    pub(crate) fn of_crates(
        connection: &Connection,
        feed: &str,
        crates: &[String],
    ) -> Result<Vec<Self>, StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT sum(times), count(DISTINCT person), max(last_at)
             FROM crates JOIN versions ON versions.crate = crates.id JOIN downloads ON downloads.version = versions.id
             WHERE crates.feed = ?1 AND crates.id = ?2 HAVING count(*) > 0",
        )?;
        Self::of_each(crates, |id| statement.query_row((feed, id), from_row))
    }

    /// Of versions of a crate; one that was never downloaded is left out.
    pub(crate) fn of_versions(
        connection: &Connection,
        held: &str,
        versions: &[String],
    ) -> Result<Vec<Self>, StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT sum(times), count(DISTINCT person), max(last_at)
             FROM versions JOIN downloads ON downloads.version = versions.id
             WHERE versions.crate = ?1 AND versions.id = ?2 HAVING count(*) > 0",
        )?;
        Self::of_each(versions, |id| statement.query_row((held, id), from_row))
    }

    fn of_each(
        ids: &[String],
        mut find: impl FnMut(&str) -> rusqlite::Result<(i64, i64, String)>,
    ) -> Result<Vec<Self>, StorageError> {
        let mut found = Vec::new();
        for id in ids {
            match find(id) {
                Ok((times, people, last_at)) => found.push(Self {
                    of: id.clone(),
                    times,
                    people,
                    last_at,
                }),
                Err(rusqlite::Error::QueryReturnedNoRows) => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(found)
    }
}

fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, i64, String)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}
