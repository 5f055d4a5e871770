//! The rows of a feed's upstreams: public ones, and other feeds.
//!
//! **Invariant:** a removed upstream keeps its row, for versions saved from it still name it.

use rusqlite::{Connection, Row, Transaction};
use uuid::Uuid;

use super::{StorageError, now};

#[derive(Debug, Clone)]
pub(crate) struct UpstreamRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) location: String,
    pub(crate) display_location: String,
    pub(crate) deleted_at: Option<String>,
    /// The feed it is; `None` for a public one.
    pub(crate) internal: Option<InternalSource>,
}

/// A feed that is another's upstream.
#[derive(Debug, Clone)]
pub(crate) struct InternalSource {
    pub(crate) feed: String,
    /// The view it is seen through: the one named, or the feed's default.
    pub(crate) view: Option<String>,
    /// Where the feed lies; `None` for the organization, or for a feed that is gone.
    pub(crate) project: Option<String>,
    /// Why nothing comes from it, where that is so.
    pub(crate) silent: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub(crate) struct NewUpstream {
    /// Kept when the feed has an upstream of this id, otherwise made anew.
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) location: String,
    pub(crate) display_location: String,
    pub(crate) internal: Option<NewInternal>,
}

/// Another feed as an upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewInternal {
    pub(crate) feed: String,
    /// `None` is the feed's default.
    pub(crate) view: Option<String>,
}

impl UpstreamRecord {
    /// In search order; removed ones last.
    pub(super) fn all(connection: &Connection, feed: &str) -> Result<Vec<Self>, StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT upstreams.id, upstreams.name, location, display_location, upstreams.deleted_at, kind, source_feed,
                    coalesce(source_view, source.default_view, source.local_view), source.scope, source.id,
                    source.deleted_at, source.enabled
             FROM upstreams LEFT JOIN feeds AS source ON source.id = source_feed
             WHERE upstreams.feed = ?1 ORDER BY upstreams.deleted_at IS NOT NULL, position",
        )?;
        let rows = statement.query_map([feed], Self::from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let internal = match row.get::<_, Option<String>>(6)? {
            Some(feed) => {
                let (known, deleted_at): (Option<String>, Option<String>) = (row.get(9)?, row.get(10)?);
                let enabled: Option<bool> = row.get(11)?;
                let silent = match (known, deleted_at, enabled) {
                    (None, ..) => Some("The feed was deleted for good."),
                    (_, Some(_), _) => {
                        Some("The feed was deleted; it can be given back from the recycle bin.")
                    }
                    (_, _, Some(false)) => Some("The feed is disabled."),
                    _ => None,
                };
                Some(InternalSource {
                    feed,
                    view: row.get(7)?,
                    project: row.get::<_, Option<String>>(8)?.filter(|scope| !scope.is_empty()),
                    silent,
                })
            }
            None => None,
        };
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            location: row.get(2)?,
            display_location: row.get(3)?,
            deleted_at: row.get(4)?,
            internal,
        })
    }

    /// Makes the list what is wanted, whole and in this order; known ids stay.
    pub(super) fn replace(
        transaction: &Transaction<'_>,
        feed: &str,
        wanted: Vec<NewUpstream>,
    ) -> Result<(), StorageError> {
        transaction
            .prepare_cached("UPDATE upstreams SET deleted_at = ?2 WHERE feed = ?1 AND deleted_at IS NULL")?
            .execute((feed, now()))?;
        let mut keep = transaction.prepare_cached(
            "UPDATE upstreams SET deleted_at = NULL, position = ?3, name = ?4, location = ?5, display_location = ?6,
                                  kind = ?7, source_feed = ?8, source_view = ?9
             WHERE feed = ?1 AND id = ?2",
        )?;
        let mut make = transaction.prepare_cached(
            "INSERT INTO upstreams (feed, id, position, name, location, display_location, kind, source_feed, source_view)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        for (new, position) in wanted.into_iter().zip(0_i64..) {
            let kind = if new.internal.is_some() {
                "internal"
            } else {
                "public"
            };
            let (source, view) = match &new.internal {
                Some(internal) => (Some(&internal.feed), internal.view.as_ref()),
                None => (None, None),
            };
            let values = |id: String| {
                let NewUpstream {
                    name,
                    location,
                    display_location,
                    ..
                } = &new;
                (
                    feed,
                    id,
                    position,
                    name,
                    location,
                    display_location,
                    kind,
                    source,
                    view,
                )
            };
            let kept = match new.id.clone() {
                Some(id) => keep.execute(values(id))?,
                None => 0,
            };
            if kept == 0 {
                make.execute(values(Uuid::new_v4().to_string()))?;
            }
        }
        Ok(())
    }
}
