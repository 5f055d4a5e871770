//! What the known projects lock of a feed: who uses a version, and what somebody needs that nobody saved.
//!
//! **Invariant**: lockfiles are read elsewhere; here stands what came of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, Transaction, params};
use semver::Version;

use super::KeptFeed;
use super::latest::VersionRow;
use super::source::NOT_SAVED;
use super::store::{crate_id, put_words};
use super::{Catalog, Error, Sources, UsedBy};
use crate::feeds::VersionReference;
use crate::feeds::folded;

/// A version that a known project locks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lock {
    /// The project's name.
    pub(crate) project: String,
    pub(crate) name: String,
    pub(crate) version: String,
}

/// All that the known projects lock of a feed, found by version.
#[derive(Debug, Clone, Default)]
pub(crate) struct Locks {
    all: Vec<Lock>,
    users: HashMap<(String, String), BTreeSet<String>>,
}

impl FromIterator<Lock> for Locks {
    fn from_iter<T: IntoIterator<Item = Lock>>(locks: T) -> Self {
        let mut found = Self::default();
        for lock in locks {
            let version = (folded(&lock.name), lock.version.clone());
            found
                .users
                .entry(version)
                .or_default()
                .insert(lock.project.clone());
            found.all.push(lock);
        }
        found
    }
}

impl Locks {
    /// The projects that lock a version, by name.
    pub(crate) fn users(&self, name: &str, version: &str) -> Vec<String> {
        let users = self.users.get(&(folded(name), version.to_owned()));
        users.into_iter().flatten().cloned().collect()
    }

    /// Which projects lock each of some versions; a version nobody locks is left out.
    pub(crate) fn used(&self, versions: &[VersionReference]) -> Vec<UsedBy> {
        let used = versions.iter().map(|which| UsedBy {
            name: which.name.clone(),
            version: which.version.clone(),
            projects: self.users(&which.name, &which.version),
        });
        used.filter(|used| !used.projects.is_empty()).collect()
    }
}

impl Catalog {
    /// Takes over what the known projects lock of a feed.
    pub(crate) fn put_locks(&self, kept: &KeptFeed, locks: &Locks) -> Result<(), Error> {
        self.write(|transaction| {
            let looked_at = looked_at(transaction, kept.id)?;
            transaction
                .prepare_cached("DELETE FROM locks WHERE feed = ?1")?
                .execute([kept.id])?;
            let mut statement = transaction.prepare_cached(
                "INSERT OR IGNORE INTO locks (feed, folded, name, version, project, in_index) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for lock in &locks.all {
                let folded = folded(&lock.name);
                let known = looked_at.get(&(folded.clone(), lock.version.clone()));
                statement.execute(params![kept.id, folded, lock.name, lock.version, lock.project, known])?;
            }
            drop(statement);
            put_needed(transaction, kept)
        })
    }

    /// The crates of which a locked version is not saved, and nobody looked whether the index has it.
    pub(super) fn to_look_up(&self, kept: &KeptFeed) -> Result<Vec<String>, Error> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT DISTINCT l.name FROM locks l WHERE l.feed = ?1 AND l.in_index IS NULL AND {NOBODY_SAVED}"
            ))?;
            let names = statement.query_map([kept.id], |row| row.get(0))?;
            names.collect()
        })
    }

    /// Works out anew which crates somebody needs and nobody saved, after the index was looked into.
    pub(super) fn settle_needed(&self, kept: &KeptFeed) -> Result<(), Error> {
        self.write(|transaction| put_needed(transaction, kept))
    }
}

const NOBODY_SAVED: &str = "NOT EXISTS (SELECT 1 FROM crates c JOIN versions v ON v.crate = c.id
    WHERE c.feed = l.feed AND c.folded = l.folded AND v.version = l.version)";

/// What was found out of the locks there were, by crate and version.
fn looked_at(connection: &Connection, feed: i64) -> rusqlite::Result<BTreeMap<(String, String), bool>> {
    let query = "SELECT folded, version, in_index FROM locks WHERE feed = ?1 AND in_index IS NOT NULL";
    let mut statement = connection.prepare_cached(query)?;
    let rows = statement.query_map([feed], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    rows.collect()
}

/// Works out anew which crates somebody needs and nobody saved.
pub(super) fn put_needed(transaction: &Transaction<'_>, kept: &KeptFeed) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE crates SET needed_by = 0, origins = origins & ~8 WHERE feed = ?1 AND origins & 8 > 0",
        )?
        .execute([kept.id])?;
    let needed = {
        let mut statement = transaction.prepare_cached(&format!(
            "SELECT l.name, group_concat(l.version, ' '), count(DISTINCT l.project) FROM locks l
             WHERE l.feed = ?1 AND l.in_index = 1 AND {NOBODY_SAVED} GROUP BY l.folded"
        ))?;
        let rows = statement.query_map([kept.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows.collect::<Result<Vec<(String, String, u32)>, _>>()?
    };
    let unsaved = Sources::of(&kept.feed).unsaved();
    for (name, versions, projects) in needed {
        let highest = versions
            .split(' ')
            .max_by_key(|version| Version::parse(version).ok());
        let version = highest.unwrap_or_default().to_owned();
        // Without an upstream nothing can be saved, whatever the index says.
        let Some((origin, source)) = unsaved.clone() else {
            continue;
        };
        let row = VersionRow {
            version,
            guid: String::new(),
            published: None,
            origin,
            source,
            yanked: None,
            views: String::new(),
        };
        put_needed_one(transaction, kept.id, &name, &row, projects)?;
    }
    let mut gone = transaction
        .prepare_cached("SELECT id FROM crates WHERE feed = ?1 AND origins = 0 AND version_count = 0")?;
    let gone = gone.query_map([kept.id], |row| row.get::<_, i64>(0))?;
    for id in gone.collect::<Result<Vec<_>, _>>()? {
        super::store::drop_crate(transaction, id)?;
    }
    Ok(())
}

fn put_needed_one(
    transaction: &Transaction<'_>,
    feed: i64,
    name: &str,
    row: &VersionRow,
    projects: u32,
) -> rusqlite::Result<()> {
    if let Some(id) = crate_id(transaction, feed, name)? {
        transaction
            .prepare_cached(
                "UPDATE crates SET origins = origins | ?2, needed_by = ?3,
                     latest = CASE version_count WHEN 0 THEN ?4 ELSE latest END WHERE id = ?1",
            )?
            .execute(params![id, NOT_SAVED, projects, row.version])?;
        return Ok(());
    }
    let id = transaction
        .prepare_cached(
            "INSERT INTO crates (feed, name, folded, latest, origin, source, origins, version_count, any_yanked, views, needed_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, '', ?8) RETURNING id",
        )?
        .query_row(
            params![
                feed,
                name,
                folded(name),
                row.version,
                row.origin,
                row.source,
                NOT_SAVED,
                projects
            ],
            |row| row.get(0),
        )?;
    put_words(transaction, id, &folded(name), None)
}

#[cfg(test)]
mod tests {
    use crate::catalog::tests::{self, listed};

    use super::*;

    const INDEX: &[u8] = br#"{"vers":"1.0.0","yanked":false}
{"vers":"1.1.0","yanked":true}
"#;

    fn lock(project: &str, version: &str) -> Lock {
        Lock {
            project: project.to_owned(),
            name: "Http_Body".to_owned(),
            version: version.to_owned(),
        }
    }

    fn row(catalog: &Catalog, kept: &KeptFeed) -> Option<(String, u32, u32)> {
        let row = catalog.row(kept, "http-body").unwrap()?;
        Some((row.latest, row.version_count, row.needed_by))
    }

    #[test]
    fn what_somebody_needs_and_nobody_saved_is_shown_until_it_is_saved() {
        let (_folder, catalog, kept) = tests::catalog();
        catalog
            .put_locks(
                &kept,
                &Locks::from_iter([lock("relay", "1.1.0"), lock("api", "1.1.0"), lock("api", "9.9.9")]),
            )
            .unwrap();
        assert_eq!(row(&catalog, &kept), None, "nobody looked into the index yet");
        assert_eq!(catalog.to_look_up(&kept).unwrap(), ["Http_Body"]);
        catalog.learn_index(&kept, "http-body", Some(INDEX)).unwrap();
        catalog.settle_needed(&kept).unwrap();
        assert_eq!(row(&catalog, &kept), Some(("1.1.0".to_owned(), 0, 2)));
        assert!(catalog.to_look_up(&kept).unwrap().is_empty());
        let saved = listed("http-body", &[("1.1.0", Some("ab"))], "");
        catalog.put_one(&kept, "http-body", Some(&saved)).unwrap();
        let locks = Locks::from_iter([lock("relay", "1.1.0")]);
        catalog.put_locks(&kept, &locks).unwrap();
        assert_eq!(row(&catalog, &kept), Some(("1.1.0".to_owned(), 1, 0)));
        catalog.put_one(&kept, "http-body", None).unwrap();
        catalog.put_locks(&kept, &Locks::default()).unwrap();
        assert_eq!(row(&catalog, &kept), None);
    }

    #[test]
    fn what_no_index_has_is_not_waiting_to_be_saved() {
        let (_folder, catalog, kept) = tests::catalog();
        let locks = Locks::from_iter([lock("api", "1.0.0")]);
        catalog.put_locks(&kept, &locks).unwrap();
        catalog.learn_index(&kept, "http-body", None).unwrap();
        catalog.settle_needed(&kept).unwrap();
        assert_eq!(row(&catalog, &kept), None);
        assert!(catalog.to_look_up(&kept).unwrap().is_empty());
    }

    #[test]
    fn who_uses_a_version_is_found_by_however_it_is_spelt() {
        let locks = Locks::from_iter([lock("relay", "1.1.0"), lock("api", "1.1.0"), lock("api", "1.1.0")]);
        let which = |version: &str| VersionReference {
            name: "http-body".to_owned(),
            version: version.to_owned(),
        };
        let used = locks.used(&[which("1.1.0"), which("1.0.0")]);
        assert_eq!(used.len(), 1, "{used:?}");
        assert_eq!(used[0].projects, ["api", "relay"]);
    }
}
