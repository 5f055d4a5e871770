//! The rows of views and of what was promoted into them.
//!
//! **Invariant:** every feed has exactly one view that holds everything, and it cannot be removed.

use rusqlite::{Connection, OptionalExtension, Transaction};
use uuid::Uuid;

use super::StorageError;

/// The view that holds everything in the feed.
const EVERYTHING: &str = "implicit";

#[derive(Debug, Clone)]
pub(crate) struct ViewRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `implicit` or `release`, in Azure's words.
    pub(crate) kind: String,
    pub(crate) visibility: String,
}

/// What a view is to become; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct ViewChange {
    pub(crate) name: Option<String>,
    pub(crate) visibility: Option<String>,
}

impl ViewRecord {
    /// Whether it holds all that is in the feed, rather than what was promoted into it.
    pub(crate) fn holds_everything(&self) -> bool {
        self.kind == EVERYTHING
    }

    /// Whether only those may see it who are named by the feed.
    pub(crate) fn is_private(&self) -> bool {
        self.visibility == "private"
    }

    pub(super) fn all(connection: &Connection, feed: &str) -> Result<Vec<Self>, StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT id, name, kind, visibility FROM views WHERE feed = ?1 ORDER BY position, folded",
        )?;
        let rows = statement.query_map([feed], |row| {
            Ok(Self {
                id: row.get(0)?,
                name: row.get(1)?,
                kind: row.get(2)?,
                visibility: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// `None` when the name is taken.
    pub(crate) fn create(
        transaction: &Transaction<'_>,
        feed: &str,
        name: &str,
        visibility: &str,
    ) -> Result<Option<Self>, StorageError> {
        if name_taken(transaction, feed, name, "")? {
            return Ok(None);
        }
        let view = Self {
            id: Uuid::new_v4().to_string(),
            name: name.to_owned(),
            kind: "release".to_owned(),
            visibility: visibility.to_owned(),
        };
        view.insert(transaction, feed)?;
        Ok(Some(view))
    }

    /// `None` when the new name is taken.
    pub(crate) fn update(
        self,
        transaction: &Transaction<'_>,
        feed: &str,
        change: ViewChange,
    ) -> Result<Option<Self>, StorageError> {
        let changed = Self {
            name: change.name.unwrap_or(self.name),
            visibility: change.visibility.unwrap_or(self.visibility),
            ..self
        };
        if name_taken(transaction, feed, &changed.name, &changed.id)? {
            return Ok(None);
        }
        transaction.execute(
            "UPDATE views SET name = ?2, folded = ?3, visibility = ?4 WHERE id = ?1",
            (
                &changed.id,
                &changed.name,
                changed.name.to_lowercase(),
                &changed.visibility,
            ),
        )?;
        Ok(Some(changed))
    }

    /// Removes the view; what was promoted into it stays in the feed.
    pub(crate) fn delete(&self, transaction: &Transaction<'_>) -> Result<(), StorageError> {
        transaction.execute("DELETE FROM promotions WHERE view = ?1", [&self.id])?;
        transaction.execute("DELETE FROM views WHERE id = ?1", [&self.id])?;
        Ok(())
    }

    /// Promotes a version, for good; doing it again changes nothing.
    pub(crate) fn promote(&self, transaction: &Transaction<'_>, version: &str) -> Result<(), StorageError> {
        transaction.execute(
            "INSERT INTO promotions (version, view) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            (version, &self.id),
        )?;
        Ok(())
    }

    fn insert(&self, transaction: &Transaction<'_>, feed: &str) -> Result<(), StorageError> {
        transaction.execute(
            "INSERT INTO views (id, feed, position, name, folded, kind, visibility)
             SELECT ?1, ?2, coalesce(max(position) + 1, 0), ?3, ?4, ?5, ?6 FROM views WHERE feed = ?2",
            (
                &self.id,
                feed,
                &self.name,
                self.name.to_lowercase(),
                &self.kind,
                &self.visibility,
            ),
        )?;
        Ok(())
    }
}

/// The three views Azure gives every feed.
pub(super) fn create_first(
    transaction: &Transaction<'_>,
    feed: &str,
    local: &str,
) -> Result<(), StorageError> {
    let first = [
        (local.to_owned(), "Local", EVERYTHING),
        (Uuid::new_v4().to_string(), "Prerelease", "release"),
        (Uuid::new_v4().to_string(), "Release", "release"),
    ];
    for (id, name, kind) in first {
        let view = ViewRecord {
            id,
            name: name.to_owned(),
            kind: kind.to_owned(),
            visibility: "collection".to_owned(),
        };
        view.insert(transaction, feed)?;
    }
    Ok(())
}

fn name_taken(
    transaction: &Transaction<'_>,
    feed: &str,
    name: &str,
    except: &str,
) -> Result<bool, StorageError> {
    let taken = transaction
        .query_row(
            "SELECT 1 FROM views WHERE feed = ?1 AND folded = ?2 AND id <> ?3",
            (feed, name.to_lowercase(), except),
            |_| Ok(()),
        )
        .optional()?;
    Ok(taken.is_some())
}
