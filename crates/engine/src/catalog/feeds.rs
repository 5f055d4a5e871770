//! The feeds of an account, as they were last seen.
//!
//! **Invariant**: a feed is known by its id; names change.

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::{Catalog, Error, KeptFeeds};
use crate::feeds::{Feed, FeedReference};
use crate::moment::Moment;

/// A feed as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct KeptFeed {
    pub(crate) id: i64,
    pub(crate) feed: Feed,
    pub(super) is_complete: bool,
    pub(super) refreshed_at: Option<Moment>,
    pub(super) token: Option<i64>,
}

impl Catalog {
    /// The feeds that are kept, each with the project it lies in.
    pub(crate) fn known_feeds(&self) -> Result<Vec<(i64, Option<String>)>, Error> {
        self.read(|connection| {
            let mut known = connection.prepare_cached(
                "SELECT id, CASE WHEN json_valid(body) THEN body ->> 'project' END FROM feeds",
            )?;
            let known = known.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            known.collect()
        })
    }

    /// Keeps the feeds of the account. One that was known before they were listed and is not among them goes, with all that was
    /// kept of it.
    pub(crate) fn keep_feeds(&self, feeds: &[Feed], known: &[i64], now: Moment) -> Result<(), Error> {
        self.write(|transaction| {
            let mut ids = Vec::new();
            for feed in feeds {
                ids.push(put_feed(transaction, feed)?);
            }
            for id in known.iter().filter(|id| !ids.contains(id)) {
                drop_feed(transaction, *id)?;
            }
            transaction.execute("UPDATE account SET feeds_at = ?1", [now.0])?;
            Ok(())
        })
    }

    /// The feeds of the account, as they were last seen.
    pub(crate) fn kept_feeds(&self) -> Result<KeptFeeds, Error> {
        self.read(|connection| {
            let at: Option<i64> =
                connection.query_row("SELECT feeds_at FROM account", [], |row| row.get(0))?;
            let mut statement = connection.prepare_cached("SELECT body FROM feeds ORDER BY reference")?;
            let bodies = statement.query_map([], |row| row.get::<_, String>(0))?;
            let bodies = bodies.collect::<Result<Vec<_>, _>>()?;
            Ok(KeptFeeds {
                feeds: bodies
                    .iter()
                    .filter_map(|body| serde_json::from_str(body).ok())
                    .collect(),
                at: at.map(|at| Moment(at).iso()),
            })
        })
    }

    /// A feed by its reference, whatever view that names.
    pub(crate) fn feed(&self, reference: &FeedReference) -> Result<Option<KeptFeed>, Error> {
        self.read(|connection| find_feed_at(connection, reference))
    }

    /// Keeps a feed; its role stays where none is said.
    pub(crate) fn keep_feed(&self, feed: &Feed) -> Result<KeptFeed, Error> {
        self.write(|transaction| {
            put_feed(transaction, feed)?;
            find_feed(transaction, "guid", &feed.id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
        })
    }

    /// Forgets a feed, with all that was kept of it.
    pub(crate) fn forget_feed(&self, id: i64) -> Result<(), Error> {
        self.write(|transaction| drop_feed(transaction, id))
    }
}

fn put_feed(transaction: &Transaction<'_>, feed: &Feed) -> rusqlite::Result<i64> {
    let known = find_feed(transaction, "guid", &feed.id)?;
    let mut feed = feed.clone();
    feed.role = feed.role.or(known.and_then(|known| known.feed.role));
    // A name that another feed had before.
    let mut others =
        transaction.prepare_cached("SELECT id FROM feeds WHERE reference = ?1 AND guid <> ?2")?;
    let others = others.query_map((&feed.reference, &feed.id), |row| row.get::<_, i64>(0))?;
    for other in others.collect::<Result<Vec<_>, _>>()? {
        drop_feed(transaction, other)?;
    }
    let body = serde_json::to_string(&feed)
        .map_err(|wrong| rusqlite::Error::ToSqlConversionFailure(wrong.into()))?;
    transaction.query_row(
        "INSERT INTO feeds (guid, reference, body) VALUES (?1, ?2, ?3)
         ON CONFLICT (guid) DO UPDATE SET reference = ?2, body = ?3 RETURNING id",
        (&feed.id, &feed.reference, body),
        |row| row.get(0),
    )
}

pub(super) fn find_feed_at(
    connection: &Connection,
    reference: &FeedReference,
) -> rusqlite::Result<Option<KeptFeed>> {
    find_feed(connection, "reference", &reference.whole().to_string())
}

/// One that cannot be read any more, as an older Granary kept it, is none: it is asked for again.
fn find_feed(connection: &Connection, by: &str, value: &str) -> rusqlite::Result<Option<KeptFeed>> {
    let query = format!(
        "SELECT id, body, is_complete, refreshed_at, token FROM feeds WHERE {by} = ?1 ORDER BY id DESC"
    );
    let found = connection.prepare_cached(&query)?.query_row([value], |row| {
        let body: String = row.get(1)?;
        let Ok(feed) = serde_json::from_str(&body) else {
            return Ok(None);
        };
        Ok(Some(KeptFeed {
            id: row.get(0)?,
            feed,
            is_complete: row.get(2)?,
            refreshed_at: row.get::<_, Option<i64>>(3)?.map(Moment),
            token: row.get(4)?,
        }))
    });
    Ok(found.optional()?.flatten())
}

fn drop_feed(transaction: &Transaction<'_>, id: i64) -> rusqlite::Result<()> {
    transaction.execute(
        "DELETE FROM crate_words WHERE rowid IN (SELECT id FROM crates WHERE feed = ?1)",
        [id],
    )?;
    transaction.execute("DELETE FROM feeds WHERE id = ?1", [id])?;
    Ok(())
}
