//! The rows of projects, feeds and their upstreams.
//!
//! **Invariant:** a deleted feed and a removed upstream keep their rows; only emptying the recycle bin removes them.

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use uuid::Uuid;

use super::permissions::PermissionRecord;
use super::upstreams::{NewUpstream, UpstreamRecord};
use super::views::ViewRecord;
use super::{StorageError, now, permissions, views};

#[derive(Debug, Clone)]
pub(crate) struct ProjectRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) changed_at: String,
}

#[derive(Debug, Clone)]
pub(crate) struct FeedRecord {
    pub(crate) id: String,
    /// `None` for a feed of the organization.
    pub(crate) project: Option<ProjectRecord>,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) upstream_enabled: bool,
    pub(crate) upstream_changed_at: Option<String>,
    pub(crate) hide_deleted: bool,
    pub(crate) badges: bool,
    /// Whether what upstream has may be published all the same.
    pub(crate) name_conflicts: bool,
    pub(crate) enabled: bool,
    /// What others see who name no view: one of `views`.
    pub(crate) default_view: String,
    /// The first holds everything in the feed.
    pub(crate) views: Vec<ViewRecord>,
    pub(crate) deleted_at: Option<String>,
    /// In search order; removed ones last.
    pub(crate) upstreams: Vec<UpstreamRecord>,
}

impl FeedRecord {
    /// The upstreams the feed asks, in this order.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &UpstreamRecord> {
        self.upstreams
            .iter()
            .filter(|upstream| self.upstream_enabled && upstream.deleted_at.is_none())
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct NewFeed {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) upstream_enabled: bool,
    pub(crate) hide_deleted: bool,
    pub(crate) badges: bool,
    pub(crate) upstreams: Vec<NewUpstream>,
    pub(crate) permissions: Vec<PermissionRecord>,
}

/// What a feed is to become; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct FeedChange {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<Option<String>>,
    pub(crate) upstream_enabled: Option<bool>,
    pub(crate) hide_deleted: Option<bool>,
    pub(crate) badges: Option<bool>,
    pub(crate) name_conflicts: Option<bool>,
    pub(crate) enabled: Option<bool>,
    pub(crate) upstreams: Option<Vec<NewUpstream>>,
    /// The id of a view of this feed.
    pub(crate) default_view: Option<String>,
}

impl ProjectRecord {
    pub(crate) fn all(connection: &Connection) -> Result<Vec<Self>, StorageError> {
        let mut statement =
            connection.prepare_cached("SELECT id, name, changed_at FROM projects ORDER BY folded")?;
        let rows = statement.query_map([], |row| {
            Ok(Self {
                id: row.get(0)?,
                name: row.get(1)?,
                changed_at: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Makes a project, unless there is one of that name.
    pub(crate) fn make(transaction: &Transaction<'_>, name: &str) -> Result<(), StorageError> {
        transaction.execute(
            "INSERT INTO projects (id, name, folded, changed_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (folded) DO NOTHING",
            (Uuid::new_v4().to_string(), name, name.to_lowercase(), now()),
        )?;
        Ok(())
    }

    /// By name, whatever its capitals, or by id.
    pub(crate) fn find(connection: &Connection, named: &str) -> Result<Option<Self>, StorageError> {
        let key = named.to_lowercase();
        Ok(Self::all(connection)?
            .into_iter()
            .find(|project| project.id == key || project.name.to_lowercase() == key))
    }
}

impl FeedRecord {
    /// By name, whatever its capitals, or by id.
    pub(crate) fn view(&self, named: &str) -> Option<&ViewRecord> {
        let key = named.to_lowercase();
        self.views
            .iter()
            .find(|view| view.id == key || view.name.to_lowercase() == key)
    }

    /// The feeds that are not deleted: a project's, or all there are.
    pub(crate) fn all(connection: &Connection, project: Option<&str>) -> Result<Vec<Self>, StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT * FROM feeds WHERE deleted_at IS NULL AND (?1 IS NULL OR scope = ?1) ORDER BY folded, scope",
        )?;
        let mut feeds = Vec::new();
        let mut rows = statement.query([project])?;
        while let Some(row) = rows.next()? {
            feeds.push(Self::from_row(connection, row)?);
        }
        Ok(feeds)
    }

    /// By name, whatever its capitals, or by id, in the scope of a project or of the organization.
    pub(crate) fn find(
        connection: &Connection,
        project: Option<&str>,
        named: &str,
    ) -> Result<Option<Self>, StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT * FROM feeds WHERE deleted_at IS NULL AND scope = ?1 AND (folded = ?2 OR id = ?2)",
        )?;
        let mut rows = statement.query((project.unwrap_or_default(), named.to_lowercase()))?;
        match rows.next()? {
            Some(row) => Ok(Some(Self::from_row(connection, row)?)),
            None => Ok(None),
        }
    }

    /// By id, wherever it lies; not a deleted one.
    pub(crate) fn by_id(connection: &Connection, id: &str) -> Result<Option<Self>, StorageError> {
        let mut statement =
            connection.prepare_cached("SELECT * FROM feeds WHERE deleted_at IS NULL AND id = ?1")?;
        let mut rows = statement.query([id])?;
        match rows.next()? {
            Some(row) => Ok(Some(Self::from_row(connection, row)?)),
            None => Ok(None),
        }
    }

    /// `None` when the name is taken, also by a deleted feed.
    pub(crate) fn create(
        transaction: &Transaction<'_>,
        project: Option<&str>,
        new: NewFeed,
    ) -> Result<Option<Self>, StorageError> {
        let scope = project.unwrap_or_default();
        if name_taken(transaction, scope, &new.name, "")? {
            return Ok(None);
        }
        let (id, local_view) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
        transaction.execute(
            "INSERT INTO feeds (id, scope, name, folded, description, upstream_enabled, hide_deleted, badges,
                                local_view)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            (
                &id,
                scope,
                &new.name,
                new.name.to_lowercase(),
                &new.description,
                new.upstream_enabled,
                new.hide_deleted,
                new.badges,
                &local_view,
            ),
        )?;
        views::create_first(transaction, &id, &local_view)?;
        UpstreamRecord::replace(transaction, &id, new.upstreams)?;
        permissions::merge(transaction, &id, &new.permissions)?;
        Self::find(transaction, project, &id)
    }

    /// `None` when the new name is taken.
    pub(crate) fn update(
        self,
        transaction: &Transaction<'_>,
        change: FeedChange,
    ) -> Result<Option<Self>, StorageError> {
        let scope = self.project.as_ref().map(|project| project.id.clone());
        if let Some(name) = &change.name {
            if name_taken(transaction, scope.as_deref().unwrap_or_default(), name, &self.id)? {
                return Ok(None);
            }
            transaction.execute(
                "UPDATE feeds SET name = ?2, folded = ?3 WHERE id = ?1",
                (&self.id, name, name.to_lowercase()),
            )?;
        }
        if let Some(description) = &change.description {
            transaction.execute(
                "UPDATE feeds SET description = ?2 WHERE id = ?1",
                (&self.id, description),
            )?;
        }
        if let Some(enabled) = change.upstream_enabled
            && enabled != self.upstream_enabled
        {
            transaction.execute(
                "UPDATE feeds SET upstream_enabled = ?2, upstream_changed_at = ?3 WHERE id = ?1",
                (&self.id, enabled, now()),
            )?;
        }
        transaction.execute(
            "UPDATE feeds SET hide_deleted = coalesce(?2, hide_deleted), badges = coalesce(?3, badges),
                              default_view = coalesce(?4, default_view),
                              name_conflicts = coalesce(?5, name_conflicts), enabled = coalesce(?6, enabled)
             WHERE id = ?1",
            (
                &self.id,
                change.hide_deleted,
                change.badges,
                change.default_view,
                change.name_conflicts,
                change.enabled,
            ),
        )?;
        if let Some(upstreams) = change.upstreams {
            UpstreamRecord::replace(transaction, &self.id, upstreams)?;
        }
        Self::find(transaction, scope.as_deref(), &self.id)
    }

    pub(crate) fn is_deleted(connection: &Connection, id: &str) -> Result<bool, StorageError> {
        let mut statement =
            connection.prepare_cached("SELECT deleted_at IS NOT NULL FROM feeds WHERE id = ?1")?;
        let deleted = statement.query_row([id], |row| row.get(0)).optional()?;
        Ok(deleted.unwrap_or(true))
    }

    pub(crate) fn delete(&self, transaction: &Transaction<'_>) -> Result<(), StorageError> {
        transaction.execute(
            "UPDATE feeds SET deleted_at = ?2 WHERE id = ?1",
            (&self.id, now()),
        )?;
        Ok(())
    }

    pub(super) fn from_row(connection: &Connection, row: &Row<'_>) -> Result<Self, StorageError> {
        let id: String = row.get("id")?;
        let scope: String = row.get("scope")?;
        let project = match scope.as_str() {
            "" => None,
            project => ProjectRecord::find(connection, project)?,
        };
        Ok(Self {
            upstreams: UpstreamRecord::all(connection, &id)?,
            views: ViewRecord::all(connection, &id)?,
            id,
            project,
            name: row.get("name")?,
            description: row.get("description")?,
            upstream_enabled: row.get("upstream_enabled")?,
            upstream_changed_at: row.get("upstream_changed_at")?,
            hide_deleted: row.get("hide_deleted")?,
            badges: row.get("badges")?,
            name_conflicts: row.get("name_conflicts")?,
            enabled: row.get("enabled")?,
            default_view: match row.get("default_view")? {
                Some(view) => view,
                None => row.get("local_view")?,
            },
            deleted_at: row.get("deleted_at")?,
        })
    }
}

fn name_taken(
    transaction: &Transaction<'_>,
    scope: &str,
    name: &str,
    except: &str,
) -> Result<bool, StorageError> {
    let taken = transaction
        .query_row(
            "SELECT 1 FROM feeds WHERE scope = ?1 AND folded = ?2 AND id <> ?3",
            (scope, name.to_lowercase(), except),
            |_| Ok(()),
        )
        .optional()?;
    Ok(taken.is_some())
}
