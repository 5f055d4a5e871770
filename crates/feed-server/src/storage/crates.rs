//! The rows of crates and their versions.
//!
//! **Invariant:** a version's digest never changes, and its row stays as long as its feed does: a number is used once.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use uuid::Uuid;

use super::{FeedRecord, Publisher, StorageError, ViewRecord, now};
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
    /// What lies behind the upstream it was saved from, in JSON.
    pub(crate) chain: Option<String>,
}

impl VersionRecord {
    pub(crate) fn is_yanked(&self) -> bool {
        self.yanked || self.upstream_yanked
    }

    /// Whether it was published here, or to another feed from where it came. What came from a public registry is the public's,
    /// through however many feeds.
    fn is_ours(&self, feed: &FeedRecord) -> bool {
        let Some(direct) = &self.upstream else { return true };
        let mut sources = feed.upstreams.iter();
        let is_of_feed = sources.any(|source| source.id == *direct && source.internal.is_some());
        is_of_feed && self.chain_behind().iter().all(|link| link["kind"] != "public")
    }

    /// What lies behind the upstream it was saved from, the nearest first.
    pub(crate) fn chain_behind(&self) -> Vec<serde_json::Value> {
        let chain = self.chain.as_deref().map(serde_json::from_str);
        chain.and_then(Result::ok).unwrap_or_default()
    }
}

/// Where a new version comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Published(Publisher),
    Upstream {
        id: String,
        yanked: bool,
    },
    /// Another feed; `chain` is, in JSON, what lies behind that.
    Feed {
        id: String,
        yanked: bool,
        chain: Option<String>,
    },
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

/// What a crate's row says, for [`from_crate_row`].
pub(super) const CRATE: &str = "crates.id, name, EXISTS (SELECT 1 FROM upstreaming
                              WHERE upstreaming.feed = crates.feed AND upstreaming.folded = crates.folded)";

/// What a version's row says, for [`from_version_row`].
pub(super) const VERSION: &str =
    "versions.id, versions.version, digest, size, line, yanked, upstream_yanked, upstream, saved_at, description,
     authors, keywords, deleted_at, purged_at,
     (SELECT group_concat(view) FROM promotions WHERE promotions.version = versions.id), chain";

impl CrateRecord {
    /// Whether anything of this crate was ever ours, which hides what public upstreams have of it unless that is allowed: were
    /// a deleted version to bring it back, whoever takes a crate's name upstream would get into builds.
    pub(crate) fn hides_upstream(&self, feed: &FeedRecord) -> bool {
        !self.allows_external && self.is_ours(feed)
    }

    /// Whether any version, deleted or not, was published to this feed or to one it came through.
    pub(crate) fn is_ours(&self, feed: &FeedRecord) -> bool {
        let mut all = self.versions.iter().chain(&self.deleted);
        all.any(|version| version.is_ours(feed))
    }

    /// Whether a version of this number was here and is deleted.
    pub(crate) fn has_deleted(&self, version: &str) -> bool {
        self.deleted.iter().any(|deleted| deleted.version == version)
    }

    /// The crate with only those versions that a view shows, or would if they were not deleted.
    pub(crate) fn seen_through(mut self, view: Option<&ViewRecord>) -> Self {
        if let Some(view) = view.filter(|view| !view.holds_everything()) {
            let shows = |version: &VersionRecord| version.promoted.contains(&view.id);
            self.versions.retain(shows);
            self.deleted.retain(shows);
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
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {VERSION} FROM versions WHERE crate = ?1 ORDER BY rowid"
        ))?;
        let mut rows = statement.query([&self.id])?;
        while let Some(row) = rows.next()? {
            self.put(from_version_row(row, 0)?);
        }
        Ok(self)
    }

    /// Puts a version where it belongs.
    pub(super) fn put(&mut self, version: VersionRecord) {
        if version.deleted_at.is_some() {
            self.deleted.push(version);
        } else {
            self.versions.push(version);
        }
    }
}

impl NewVersion {
    /// Writes the version, and the crate when it is its first; gives its id. The caller has looked for clashes.
    pub(crate) fn insert(self, transaction: &Transaction<'_>, feed: &str) -> Result<String, StorageError> {
        let id = Uuid::new_v4().to_string();
        let mut crates = transaction.prepare_cached(
            "INSERT INTO crates (id, feed, name, folded) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (feed, folded) DO NOTHING",
        )?;
        crates.execute((Uuid::new_v4().to_string(), feed, &self.name, fold(&self.name)))?;
        let (upstream, upstream_yanked, chain) = match &self.origin {
            Origin::Published(_) => (None, false, None),
            Origin::Upstream { id, yanked } => (Some(id), *yanked, None),
            Origin::Feed { id, yanked, chain } => (Some(id), *yanked, chain.as_ref()),
        };
        let publisher = match &self.origin {
            Origin::Published(publisher) => publisher.clone(),
            Origin::Upstream { .. } | Origin::Feed { .. } => Publisher::default(),
        };
        let mut versions = transaction.prepare_cached(
            "INSERT INTO versions (id, crate, version, bare, digest, size, line, upstream, upstream_yanked,
                                   saved_at, description, authors, keywords, publisher, user_agent, chain)
             SELECT ?1, id, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17
             FROM crates WHERE feed = ?2 AND folded = ?3",
        )?;
        versions.execute(rusqlite::params![
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
            publisher.identity,
            publisher.user_agent,
            chain,
        ])?;
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

pub(super) fn from_crate_row(row: &Row<'_>) -> rusqlite::Result<CrateRecord> {
    Ok(CrateRecord {
        id: row.get(0)?,
        name: row.get(1)?,
        allows_external: row.get(2)?,
        versions: Vec::new(),
        deleted: Vec::new(),
    })
}

/// `first` is the column [`VERSION`] begins at. By number: names would be looked up for every one of many rows.
pub(super) fn from_version_row(row: &Row<'_>, first: usize) -> rusqlite::Result<VersionRecord> {
    let promoted: Option<String> = row.get(first + 14)?;
    Ok(VersionRecord {
        id: row.get(first)?,
        version: row.get(first + 1)?,
        digest: row.get(first + 2)?,
        size: row.get::<_, i64>(first + 3)?.unsigned_abs(),
        line: row.get(first + 4)?,
        yanked: row.get(first + 5)?,
        upstream_yanked: row.get(first + 6)?,
        upstream: row.get(first + 7)?,
        saved_at: row.get(first + 8)?,
        description: row.get(first + 9)?,
        authors: row.get(first + 10)?,
        keywords: row.get(first + 11)?,
        deleted_at: row.get(first + 12)?,
        purged_at: row.get(first + 13)?,
        chain: row.get(first + 15)?,
        promoted: promoted
            .map(|views| views.split(',').map(str::to_owned).collect())
            .unwrap_or_default(),
    })
}
