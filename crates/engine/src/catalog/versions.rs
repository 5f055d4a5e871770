//! The versions of a crate, as they are kept.
//!
//! **Invariant**: reads only.

use std::cmp::Reverse;

use rusqlite::OptionalExtension;
use semver::Version;

use super::KeptFeed;
use super::source::origin;
use super::{Catalog, Error};
use crate::feeds::folded;
use crate::feeds::{CrateVersion, VersionReference};
use crate::moment::Moment;

/// A crate's ids at Azure, and what of its index is kept.
#[derive(Debug, Clone)]
pub(crate) struct KeptCrate {
    /// Azure's id; none where nobody saved it.
    pub(crate) guid: Option<String>,
    pub(crate) description: Option<String>,
    /// The index file, as it was last read.
    pub(crate) index_file: Option<Vec<u8>>,
}

/// A version that a feed holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldVersion {
    pub(crate) is_yanked: bool,
    /// Bytes of its `.crate`, where they are known.
    pub(crate) size: Option<u64>,
}

impl Catalog {
    /// A crate; none where nothing is kept of it.
    pub(crate) fn krate(&self, kept: &KeptFeed, name: &str) -> Result<Option<KeptCrate>, Error> {
        self.read(|connection| {
            let query = "SELECT guid, description, index_file FROM crates WHERE feed = ?1 AND folded = ?2";
            let read = |row: &rusqlite::Row<'_>| {
                Ok(KeptCrate {
                    guid: row.get(0)?,
                    description: row.get(1)?,
                    index_file: row.get(2)?,
                })
            };
            connection
                .prepare_cached(query)?
                .query_row((kept.id, folded(name)), read)
                .optional()
        })
    }

    /// The saved versions of a crate, the highest first.
    pub(crate) fn versions(&self, kept: &KeptFeed, name: &str) -> Result<Vec<CrateVersion>, Error> {
        let mut versions = self.read(|connection| {
            let query =
                "SELECT v.version, v.origin, v.source, v.yanked, v.published, v.views, v.size, v.downloads
                         FROM versions v JOIN crates c ON c.id = v.crate WHERE c.feed = ?1 AND c.folded = ?2";
            let mut statement = connection.prepare_cached(query)?;
            let rows = statement.query_map((kept.id, folded(name)), |row| {
                let views: String = row.get(5)?;
                Ok(CrateVersion {
                    version: row.get(0)?,
                    origin: origin(row.get(1)?, row.get(2)?, true),
                    yanked: row.get(3)?,
                    published_at: row.get::<_, Option<i64>>(4)?.map(|at| Moment(at).iso()),
                    views: views
                        .split('|')
                        .filter(|view| !view.is_empty())
                        .map(str::to_owned)
                        .collect(),
                    size: row.get(6)?,
                    downloads: row.get(7)?,
                    used_by: Vec::new(),
                })
            })?;
            rows.collect::<Result<Vec<_>, _>>()
        })?;
        sort(&mut versions);
        Ok(versions)
    }

    /// What is kept of some versions, each by its crate's name and number, in their order.
    pub(crate) fn held_versions(
        &self,
        kept: &KeptFeed,
        wanted: &[(String, String)],
    ) -> Result<Vec<Option<HeldVersion>>, Error> {
        self.read(|connection| {
            let query = "SELECT v.yanked, v.size FROM versions v JOIN crates c ON c.id = v.crate
                         WHERE c.feed = ?1 AND c.folded = ?2 AND v.version = ?3";
            let mut statement = connection.prepare_cached(query)?;
            let mut found = |(name, version): &(String, String)| {
                let read = |row: &rusqlite::Row<'_>| {
                    Ok(HeldVersion {
                        is_yanked: row.get::<_, Option<bool>>(0)? == Some(true),
                        size: row
                            .get::<_, Option<i64>>(1)?
                            .and_then(|size| u64::try_from(size).ok()),
                    })
                };
                statement
                    .query_row((kept.id, folded(name), version), read)
                    .optional()
            };
            wanted.iter().map(&mut found).collect()
        })
    }

    /// Azure's id of a version; none where it is not saved.
    pub(crate) fn version_guid(
        &self,
        kept: &KeptFeed,
        which: &VersionReference,
    ) -> Result<Option<String>, Error> {
        self.read(|connection| {
            let query = "SELECT v.guid FROM versions v JOIN crates c ON c.id = v.crate
                         WHERE c.feed = ?1 AND c.folded = ?2 AND v.version = ?3";
            connection
                .prepare_cached(query)?
                .query_row((kept.id, folded(&which.name), &which.version), |row| row.get(0))
                .optional()
        })
    }

    /// Azure's ids of all versions of a crate, each with its number.
    pub(crate) fn version_guids(&self, kept: &KeptFeed, name: &str) -> Result<Vec<(String, String)>, Error> {
        self.read(|connection| {
            let query = "SELECT v.guid, v.version FROM versions v JOIN crates c ON c.id = v.crate
                         WHERE c.feed = ?1 AND c.folded = ?2 AND v.guid <> ''";
            let mut statement = connection.prepare_cached(query)?;
            let rows = statement.query_map((kept.id, folded(name)), |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        })
    }

    /// How many versions each view of a feed holds, by name.
    pub(crate) fn view_counts(&self, kept: &KeptFeed, views: &[String]) -> Result<Vec<u32>, Error> {
        self.read(|connection| {
            let query = "SELECT count(*) FROM versions v JOIN crates c ON c.id = v.crate
                         WHERE c.feed = ?1 AND c.views <> '' AND instr(v.views, ?2) > 0";
            let mut statement = connection.prepare_cached(query)?;
            let count = |view: &String| statement.query_row((kept.id, format!("|{view}|")), |row| row.get(0));
            views.iter().map(count).collect()
        })
    }

    /// How many versions a feed holds.
    pub(crate) fn version_count(&self, kept: &KeptFeed) -> Result<u32, Error> {
        self.read(|connection| {
            let query = "SELECT coalesce(sum(version_count), 0) FROM crates WHERE feed = ?1";
            connection
                .prepare_cached(query)?
                .query_row([kept.id], |row| row.get(0))
        })
    }
}

/// The highest first; what is no number last.
pub(crate) fn sort(versions: &mut [CrateVersion]) {
    versions.sort_by_cached_key(|version| {
        Reverse((Version::parse(&version.version).ok(), version.version.clone()))
    });
}
