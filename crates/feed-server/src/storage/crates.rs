//! The rows of crates and their versions.
//!
//! **Invariant:** a version's digest never changes, and its row stays as long as its feed does: a number is used once.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use uuid::Uuid;

use super::{StorageError, ViewRecord, now};
use crate::crate_name::fold;

#[derive(Debug, Clone)]
pub(crate) struct CrateRecord {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Whether public upstreams may add versions whatever was published here.
    pub(crate) allows_external: bool,
    pub(crate) versions: Vec<VersionRecord>,
    /// What was deleted, kept apart so that nobody lists or serves it by oversight.
    pub(crate) deleted: Vec<VersionRecord>,
}

#[derive(Debug, Clone)]
pub(crate) struct VersionRecord {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) digest: String,
    pub(crate) size: u64,
    /// The line of the index, as published or as upstream had it when the version was saved.
    pub(crate) line: String,
    /// Yanked in this feed.
    pub(crate) yanked: bool,
    /// Yanked where it was saved from, as far as last seen.
    pub(crate) upstream_yanked: bool,
    /// The upstream it was saved from; `None` for what was published here.
    pub(crate) upstream: Option<String>,
    pub(crate) saved_at: String,
    pub(crate) description: Option<String>,
    pub(crate) authors: Option<String>,
    /// Separated by blanks.
    pub(crate) keywords: Option<String>,
    /// The ids of the views it was promoted into.
    pub(crate) promoted: Vec<String>,
    pub(crate) deleted_at: Option<String>,
    /// When its file was let go of for good.
    pub(crate) purged_at: Option<String>,
}

impl VersionRecord {
    pub(crate) fn is_yanked(&self) -> bool {
        self.yanked || self.upstream_yanked
    }
}

/// Where a new version comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Published,
    Upstream { id: String, yanked: bool },
}

#[derive(Debug, Clone)]
pub(crate) struct NewVersion {
    pub(crate) name: String,
    pub(crate) version: semver::Version,
    pub(crate) digest: String,
    pub(crate) size: u64,
    pub(crate) line: String,
    pub(crate) origin: Origin,
    pub(crate) description: Option<String>,
    pub(crate) authors: Option<String>,
    pub(crate) keywords: Option<String>,
}

/// What stands in the way of a publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublishClash {
    /// The feed knows the crate under another spelling.
    Name { held: String },
    /// The number is used, maybe with other build metadata.
    Version { held: String },
    /// The number was used by a version that is deleted since.
    Deleted { held: String },
}

/// Which versions a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shelf {
    Held,
    HeldAndDeleted,
    Deleted,
}

impl Shelf {
    fn condition(self) -> &'static str {
        match self {
            Self::Held => "versions.deleted_at IS NULL",
            Self::HeldAndDeleted => "versions.purged_at IS NULL",
            Self::Deleted => "versions.deleted_at IS NOT NULL AND versions.purged_at IS NULL",
        }
    }
}

/// A page of a feed's crates.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// A part of the name; it is folded before it is looked for.
    pub(crate) containing: String,
    /// Only crates with a version saved from this upstream.
    pub(crate) upstream: Option<String>,
    /// Only crates with a version promoted into this view.
    pub(crate) promoted: Option<String>,
    pub(crate) shelf: Shelf,
    pub(crate) skip: u32,
    pub(crate) top: u32,
}

/// What a crate's row says.
const CRATE: &str = "id, name, EXISTS (SELECT 1 FROM upstreaming
                                      WHERE upstreaming.feed = crates.feed AND upstreaming.folded = crates.folded)";

impl CrateRecord {
    /// Whether anything of this crate was ever published here, which hides upstream's versions unless they are
    /// allowed: were a deleted version to bring them back, whoever takes a crate's name upstream would get into builds.
    pub(crate) fn hides_upstream(&self) -> bool {
        let mut all = self.versions.iter().chain(&self.deleted);
        !self.allows_external && all.any(|version| version.upstream.is_none())
    }

    /// Whether a version of this number was here and is deleted.
    pub(crate) fn has_deleted(&self, version: &str) -> bool {
        self.deleted.iter().any(|deleted| deleted.version == version)
    }

    /// The crate with only those versions that a view shows.
    pub(crate) fn seen_through(mut self, view: Option<&ViewRecord>) -> Self {
        if let Some(view) = view.filter(|view| !view.holds_everything()) {
            self.versions
                .retain(|version| version.promoted.contains(&view.id));
        }
        self
    }

    pub(crate) fn find(
        connection: &Connection,
        feed: &str,
        name: &str,
    ) -> Result<Option<Self>, StorageError> {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {CRATE} FROM crates WHERE feed = ?1 AND folded = ?2"
        ))?;
        let found = statement
            .query_row((feed, fold(name)), from_crate_row)
            .optional()?;
        found.map(|found| found.with_versions(connection)).transpose()
    }

    pub(crate) fn by_id(connection: &Connection, feed: &str, id: &str) -> Result<Option<Self>, StorageError> {
        let mut statement =
            connection.prepare_cached(&format!("SELECT {CRATE} FROM crates WHERE feed = ?1 AND id = ?2"))?;
        let found = statement
            .query_row((feed, id.to_ascii_lowercase()), from_crate_row)
            .optional()?;
        found.map(|found| found.with_versions(connection)).transpose()
    }

    /// Crates of a feed, by name.
    pub(crate) fn page(connection: &Connection, feed: &str, page: &Page) -> Result<Vec<Self>, StorageError> {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {CRATE} FROM crates
             WHERE feed = ?1 AND instr(folded, ?2) > 0
               AND EXISTS (SELECT 1 FROM versions
                           WHERE versions.crate = crates.id AND {} AND (?3 IS NULL OR versions.upstream = ?3)
                             AND (?4 IS NULL OR EXISTS (SELECT 1 FROM promotions
                                                        WHERE version = versions.id AND view = ?4)))
             ORDER BY folded LIMIT ?6 OFFSET ?5",
            page.shelf.condition()
        ))?;
        let containing = fold(&page.containing);
        let found = statement
            .query_map(
                (
                    feed,
                    containing,
                    &page.upstream,
                    &page.promoted,
                    page.skip,
                    page.top,
                ),
                from_crate_row,
            )?
            .collect::<Result<Vec<_>, _>>()?;
        found
            .into_iter()
            .map(|found| found.with_versions(connection))
            .collect()
    }

    /// Looks for what stands in the way of publishing a version.
    pub(crate) fn clash(
        connection: &Connection,
        feed: &str,
        name: &str,
        version: &semver::Version,
    ) -> Result<Option<PublishClash>, StorageError> {
        let Some(held) = Self::find(connection, feed, name)? else {
            return Ok(None);
        };
        if held.name != name {
            return Ok(Some(PublishClash::Name { held: held.name }));
        }
        let bare = bare(version);
        let mut statement = connection.prepare_cached(
            "SELECT version, deleted_at FROM versions WHERE crate = ?1 AND bare = ?2 LIMIT 1",
        )?;
        let used = statement
            .query_row((held.id, bare), |row| {
                let (held, deleted_at): (_, Option<String>) = (row.get(0)?, row.get(1)?);
                Ok(match deleted_at {
                    Some(_) => PublishClash::Deleted { held },
                    None => PublishClash::Version { held },
                })
            })
            .optional()?;
        Ok(used)
    }

    fn with_versions(mut self, connection: &Connection) -> Result<Self, StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT *, (SELECT group_concat(view) FROM promotions WHERE version = versions.id) AS promoted
             FROM versions WHERE crate = ?1 ORDER BY saved_at, id",
        )?;
        let versions = statement
            .query_map([&self.id], from_version_row)?
            .collect::<Result<Vec<_>, _>>()?;
        (self.deleted, self.versions) = versions
            .into_iter()
            .partition(|version| version.deleted_at.is_some());
        Ok(self)
    }
}

impl NewVersion {
    /// Writes the version, and the crate when it is its first; gives its id. The caller has looked for clashes.
    pub(crate) fn insert(self, transaction: &Transaction<'_>, feed: &str) -> Result<String, StorageError> {
        let id = Uuid::new_v4().to_string();
        transaction.execute(
            "INSERT INTO crates (id, feed, name, folded) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (feed, folded) DO NOTHING",
            (Uuid::new_v4().to_string(), feed, &self.name, fold(&self.name)),
        )?;
        let (upstream, upstream_yanked) = match self.origin {
            Origin::Published => (None, false),
            Origin::Upstream { id, yanked } => (Some(id), yanked),
        };
        transaction.execute(
            "INSERT INTO versions (id, crate, version, bare, digest, size, line, upstream, upstream_yanked,
                                   saved_at, description, authors, keywords)
             SELECT ?1, id, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
             FROM crates WHERE feed = ?2 AND folded = ?3",
            rusqlite::params![
                id,
                feed,
                fold(&self.name),
                self.version.to_string(),
                bare(&self.version),
                self.digest,
                i64::try_from(self.size).unwrap_or(i64::MAX),
                self.line,
                upstream,
                upstream_yanked,
                now(),
                self.description,
                self.authors,
                self.keywords,
            ],
        )?;
        Ok(id)
    }
}

impl VersionRecord {
    /// Yanks or unyanks; says whether there was such a version.
    pub(crate) fn set_yanked(
        transaction: &Transaction<'_>,
        feed: &str,
        name: &str,
        version: &str,
        yanked: bool,
    ) -> Result<bool, StorageError> {
        let changed = transaction.execute(
            "UPDATE versions SET yanked = ?4
             WHERE version = ?3 AND deleted_at IS NULL AND crate IN (SELECT id FROM crates WHERE feed = ?1 AND folded = ?2)",
            (feed, fold(name), version, yanked),
        )?;
        Ok(changed > 0)
    }

    pub(crate) fn set_upstream_yanked(
        transaction: &Transaction<'_>,
        id: &str,
        yanked: bool,
    ) -> Result<(), StorageError> {
        transaction.execute(
            "UPDATE versions SET upstream_yanked = ?2 WHERE id = ?1",
            (id, yanked),
        )?;
        Ok(())
    }
}

/// The size of the file with this digest, when any feed holds it.
pub(crate) fn size_of(connection: &Connection, digest: &str) -> Result<Option<u64>, StorageError> {
    let mut statement = connection
        .prepare_cached("SELECT size FROM versions WHERE digest = ?1 AND purged_at IS NULL LIMIT 1")?;
    let size = statement
        .query_row([digest], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(size.map(i64::unsigned_abs))
}

/// Every digest that a version, held or in the recycle bin, names.
pub(super) fn digests(connection: &Connection) -> Result<HashSet<String>, StorageError> {
    let mut statement = connection.prepare("SELECT DISTINCT digest FROM versions WHERE purged_at IS NULL")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn names_digest(connection: &Connection, digest: &str) -> Result<bool, StorageError> {
    let named = connection
        .query_row(
            "SELECT 1 FROM versions WHERE digest = ?1 AND purged_at IS NULL LIMIT 1",
            [digest],
            |_| Ok(()),
        )
        .optional()?;
    Ok(named.is_some())
}

/// The version without its build metadata: what makes two numbers the same.
fn bare(version: &semver::Version) -> String {
    semver::Version {
        build: semver::BuildMetadata::EMPTY,
        ..version.clone()
    }
    .to_string()
}

fn from_crate_row(row: &Row<'_>) -> rusqlite::Result<CrateRecord> {
    Ok(CrateRecord {
        id: row.get(0)?,
        name: row.get(1)?,
        allows_external: row.get(2)?,
        versions: Vec::new(),
        deleted: Vec::new(),
    })
}

fn from_version_row(row: &Row<'_>) -> rusqlite::Result<VersionRecord> {
    Ok(VersionRecord {
        id: row.get("id")?,
        version: row.get("version")?,
        digest: row.get("digest")?,
        size: row.get::<_, i64>("size")?.unsigned_abs(),
        line: row.get("line")?,
        yanked: row.get("yanked")?,
        upstream_yanked: row.get("upstream_yanked")?,
        upstream: row.get("upstream")?,
        saved_at: row.get("saved_at")?,
        description: row.get("description")?,
        authors: row.get("authors")?,
        keywords: row.get("keywords")?,
        promoted: row
            .get::<_, Option<String>>("promoted")?
            .map(|views| views.split(',').map(str::to_owned).collect())
            .unwrap_or_default(),
        deleted_at: row.get("deleted_at")?,
        purged_at: row.get("purged_at")?,
    })
}
