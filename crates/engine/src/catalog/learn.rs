//! What is learned of a crate beside its list: yanked or not, how often downloaded, what its `.crate` says.
//!
//! **Invariant**: only what was looked at is known; the rest stays unknown.

use rusqlite::{OptionalExtension, params};

use super::KeptFeed;
use super::store::{crate_id, summarize};
use super::{Catalog, Error};
use crate::feeds::VersionReference;
use crate::feeds::folded;
use crate::registry::{IndexVersion, index_versions};

impl Catalog {
    /// Takes over what an index says of a crate; none is a crate the index does not have. What projects need is worked out
    /// afterwards, once for many: [`Catalog::settle_needed`].
    pub(crate) fn learn_index(&self, kept: &KeptFeed, name: &str, file: Option<&[u8]>) -> Result<(), Error> {
        let versions = file.map(index_versions).unwrap_or_default();
        self.write(|transaction| {
            if let Some(id) = crate_id(transaction, kept.id, name)? {
                transaction
                    .prepare_cached("UPDATE crates SET index_file = ?2 WHERE id = ?1")?
                    .execute((id, file))?;
                let mut statement = transaction
                    .prepare_cached("UPDATE versions SET yanked = ?3 WHERE crate = ?1 AND version = ?2")?;
                for version in &versions {
                    statement.execute(params![id, version.vers, version.yanked])?;
                }
                // One that only a project needs has no versions to be worked out from.
                let saved: i64 = transaction
                    .prepare_cached("SELECT count(*) FROM versions WHERE crate = ?1")?
                    .query_row([id], |row| row.get(0))?;
                if saved > 0 {
                    summarize(transaction, id)?;
                }
            }
            note_locks(transaction, kept.id, name, &versions)
        })
    }

    /// Takes over how often crates were downloaded, by name.
    pub(crate) fn learn_downloads(&self, kept: &KeptFeed, downloads: &[(String, u32)]) -> Result<(), Error> {
        self.write(|transaction| {
            let mut statement = transaction
                .prepare_cached("UPDATE crates SET downloads = ?3 WHERE feed = ?1 AND folded = ?2")?;
            for (name, count) in downloads {
                statement.execute((kept.id, folded(name), count))?;
            }
            Ok(())
        })
    }

    /// Takes over how often versions of a crate were downloaded, by number.
    pub(crate) fn learn_version_downloads(
        &self,
        kept: &KeptFeed,
        name: &str,
        downloads: &[(String, u32)],
    ) -> Result<(), Error> {
        self.write(|transaction| {
            let Some(id) = crate_id(transaction, kept.id, name)? else {
                return Ok(());
            };
            let mut statement = transaction
                .prepare_cached("UPDATE versions SET downloads = ?3 WHERE crate = ?1 AND version = ?2")?;
            for (version, downloads) in downloads {
                statement.execute((id, version, downloads))?;
            }
            Ok(())
        })
    }

    /// Takes over what a `.crate` says, as JSON, and how large it is.
    pub(crate) fn learn_contents(
        &self,
        kept: &KeptFeed,
        which: &VersionReference,
        contents: &str,
        size: u32,
    ) -> Result<(), Error> {
        self.write(|transaction| {
            let Some(id) = crate_id(transaction, kept.id, &which.name)? else {
                return Ok(());
            };
            transaction
                .prepare_cached(
                    "UPDATE versions SET contents = ?3, size = ?4 WHERE crate = ?1 AND version = ?2",
                )?
                .execute((id, &which.version, contents, size))?;
            Ok(())
        })
    }

    /// What a `.crate` says, and how large it is, where it was opened before.
    pub(crate) fn contents(
        &self,
        kept: &KeptFeed,
        which: &VersionReference,
    ) -> Result<Option<(String, u32)>, Error> {
        self.read(|connection| {
            let query = "SELECT v.contents, v.size FROM versions v JOIN crates c ON c.id = v.crate
                         WHERE c.feed = ?1 AND c.folded = ?2 AND v.version = ?3 AND v.contents IS NOT NULL";
            connection
                .prepare_cached(query)?
                .query_row((kept.id, folded(&which.name), &which.version), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()
        })
    }
}

/// Notes which locked versions of a crate the index has.
fn note_locks(
    transaction: &rusqlite::Transaction<'_>,
    feed: i64,
    name: &str,
    versions: &[IndexVersion],
) -> rusqlite::Result<()> {
    let folded = folded(name);
    transaction
        .prepare_cached("UPDATE locks SET in_index = 0 WHERE feed = ?1 AND folded = ?2")?
        .execute((feed, &folded))?;
    let mut statement = transaction
        .prepare_cached("UPDATE locks SET in_index = 1 WHERE feed = ?1 AND folded = ?2 AND version = ?3")?;
    for version in versions {
        statement.execute((feed, &folded, &version.vers))?;
    }
    Ok(())
}
