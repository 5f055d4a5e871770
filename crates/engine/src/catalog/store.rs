//! Writing what was listed and what changed.
//!
//! **Invariant**: what was learned of a version beside its list (yanked or not, how large) stays when the list is written
//! again; a crate that is in no list any more goes.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::latest::{Summary, VersionRow, between_bars};
use super::{Catalog, Error, KeptFeed, Sources};
use crate::feeds::folded;
use crate::feeds::{ListedChange, ListedCrate, ListedVersion};
use crate::moment::Moment;

impl Catalog {
    /// Begins to list a feed anew; answers the number of the listing.
    pub(super) fn begin_listing(&self, feed: i64) -> Result<i64, Error> {
        self.write(|transaction| {
            transaction.execute("UPDATE feeds SET listing = listing + 1 WHERE id = ?1", [feed])?;
            transaction.query_row("SELECT listing FROM feeds WHERE id = ?1", [feed], |row| {
                row.get(0)
            })
        })
    }

    /// Writes some crates of a listing; answers how many crates are kept by now.
    pub(super) fn put_listed(
        &self,
        feed: i64,
        listing: i64,
        sources: &Sources,
        crates: &[ListedCrate],
    ) -> Result<u32, Error> {
        self.write(|transaction| {
            for krate in crates {
                put_crate(transaction, feed, listing, sources, krate)?;
            }
            transaction.query_row(
                "SELECT count(*) FROM crates WHERE feed = ?1 AND version_count > 0",
                [feed],
                |row| row.get(0),
            )
        })
    }

    /// Ends a listing: what was not in it goes. Answers how many crates went.
    pub(super) fn end_listing(&self, feed: i64, listing: i64) -> Result<u32, Error> {
        self.write(|transaction| {
            let mut gone = transaction
                .prepare("SELECT id FROM crates WHERE feed = ?1 AND listing IS NOT NULL AND listing < ?2")?;
            let gone = gone.query_map([feed, listing], |row| row.get::<_, i64>(0))?;
            let gone = gone.collect::<Result<Vec<_>, _>>()?;
            for id in &gone {
                drop_crate(transaction, *id)?;
            }
            Ok(u32::try_from(gone.len()).unwrap_or(u32::MAX))
        })
    }

    /// Writes what changed since; answers how many crates are different.
    pub(super) fn put_changes(
        &self,
        feed: i64,
        sources: &Sources,
        changes: &[ListedChange],
    ) -> Result<u32, Error> {
        self.write(|transaction| {
            let mut touched = HashMap::<i64, Vec<&ListedVersion>>::new();
            for change in changes {
                if let Some(id) = put_change(transaction, feed, sources, change)? {
                    touched.entry(id).or_default().push(&change.version);
                }
            }
            for (id, versions) in &touched {
                describe(transaction, *id, versions)?;
            }
            Ok(u32::try_from(touched.len()).unwrap_or(u32::MAX))
        })
    }

    /// Puts one crate as the feed tells it now; one without versions goes.
    pub(crate) fn put_one(
        &self,
        kept: &KeptFeed,
        name: &str,
        now: Option<&ListedCrate>,
    ) -> Result<(), Error> {
        let sources = Sources::of(&kept.feed);
        self.write(|transaction| {
            let listing =
                transaction.query_row("SELECT listing FROM feeds WHERE id = ?1", [kept.id], |row| {
                    row.get(0)
                })?;
            match now {
                Some(krate) => put_crate(transaction, kept.id, listing, &sources, krate),
                None => match crate_id(transaction, kept.id, name)? {
                    Some(id) => drop_crate(transaction, id),
                    None => Ok(()),
                },
            }
        })
    }

    /// Notes that a feed is up to date, and from where to ask for changes.
    pub(super) fn refreshed(&self, feed: i64, token: Option<i64>, now: Moment) -> Result<(), Error> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE feeds SET refreshed_at = ?2, is_complete = 1, token = ?3 WHERE id = ?1",
                params![feed, now.0, token],
            )?;
            Ok(())
        })
    }
}

pub(super) fn crate_id(connection: &Connection, feed: i64, name: &str) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM crates WHERE feed = ?1 AND folded = ?2")?
        .query_row((feed, folded(name)), |row| row.get(0))
        .optional()
}

pub(super) fn drop_crate(transaction: &Transaction<'_>, id: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM crate_words WHERE rowid = ?1")?
        .execute([id])?;
    transaction
        .prepare_cached("DELETE FROM crates WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

fn put_crate(
    transaction: &Transaction<'_>,
    feed: i64,
    listing: i64,
    sources: &Sources,
    krate: &ListedCrate,
) -> rusqlite::Result<()> {
    let listed = krate.versions.iter().filter(|version| !version.is_deleted);
    let mut rows = listed.map(|version| row_of(version, sources)).collect::<Vec<_>>();
    let known = crate_id(transaction, feed, &krate.name)?;
    let before = known
        .map(|id| version_rows(transaction, id))
        .transpose()?
        .unwrap_or_default();
    let learned = before
        .iter()
        .map(|old| (old.version.as_str(), old.yanked))
        .collect::<HashMap<_, _>>();
    for row in &mut rows {
        keep_learned(row, learned.get(row.version.as_str()).copied().flatten());
    }
    let Some(summary) = Summary::of(&rows) else {
        return known.map_or(Ok(()), |id| drop_crate(transaction, id));
    };
    let described = krate
        .versions
        .iter()
        .find(|version| version.version == summary.latest.version);
    let description = described.and_then(|version| version.description.as_deref());
    let id = put_row(transaction, feed, krate, &summary, description, listing)?;
    for row in &rows {
        put_version(transaction, id, row)?;
    }
    let listed = rows
        .iter()
        .map(|row| row.version.as_str())
        .collect::<HashSet<_>>();
    for old in before.iter().filter(|old| !listed.contains(old.version.as_str())) {
        drop_version(transaction, id, &old.version)?;
    }
    Ok(())
}

fn row_of(version: &ListedVersion, sources: &Sources) -> VersionRow {
    let (origin, source) = sources.of_version(version.source.as_deref());
    VersionRow {
        version: version.version.clone(),
        guid: version.id.clone(),
        published: version.published.map(|moment| moment.0),
        origin,
        source,
        yanked: version.is_yanked.then_some(true),
        views: between_bars(&version.views),
    }
}

/// A list says only that a version is yanked; that it is not was learned from the index.
fn keep_learned(row: &mut VersionRow, before: Option<bool>) {
    row.yanked = row.yanked.or(before.filter(|yanked| !yanked));
}

fn put_row(
    transaction: &Transaction<'_>,
    feed: i64,
    krate: &ListedCrate,
    summary: &Summary,
    description: Option<&str>,
    listing: i64,
) -> rusqlite::Result<i64> {
    let (name, latest) = (folded(&krate.name), &summary.latest);
    let id: i64 = transaction
        .prepare_cached(
            "INSERT INTO crates (feed, guid, name, folded, description, latest, origin, source, yanked, published,
                                 origins, version_count, any_yanked, views, listing)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
             ON CONFLICT (feed, folded) DO UPDATE SET
                 guid = ?2, name = ?3, description = ?5, latest = ?6, origin = ?7, source = ?8, yanked = ?9,
                 published = ?10, origins = (origins & 8) | ?11, version_count = ?12, any_yanked = ?13, views = ?14,
                 listing = max(coalesce(listing, 0), ?15)
             RETURNING id",
        )?
        .query_row(
            params![
                feed,
                krate.id,
                krate.name,
                name,
                description,
                latest.version,
                latest.origin,
                latest.source,
                latest.yanked,
                latest.published,
                summary.origins,
                summary.version_count,
                summary.any_yanked,
                summary.views,
                listing,
            ],
            |row| row.get(0),
        )?;
    put_words(transaction, id, &name, description)?;
    Ok(id)
}

/// What a crate is found by.
pub(super) fn put_words(
    transaction: &Transaction<'_>,
    id: i64,
    name: &str,
    description: Option<&str>,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO crate_words (rowid, name, description) VALUES (?1, ?2, ?3)")?
        .execute((id, name, description.unwrap_or_default()))?;
    Ok(())
}

fn put_version(transaction: &Transaction<'_>, krate: i64, row: &VersionRow) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO versions (crate, version, guid, published, origin, source, yanked, views)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (crate, version) DO UPDATE SET
                 guid = ?3, published = ?4, origin = ?5, source = ?6, yanked = ?7, views = ?8",
        )?
        .execute(params![
            krate,
            row.version,
            row.guid,
            row.published,
            row.origin,
            row.source,
            row.yanked,
            row.views
        ])?;
    Ok(())
}

fn drop_version(transaction: &Transaction<'_>, krate: i64, version: &str) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM versions WHERE crate = ?1 AND version = ?2")?
        .execute((krate, version))?;
    Ok(())
}

pub(super) fn version_rows(connection: &Connection, krate: i64) -> rusqlite::Result<Vec<VersionRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT version, guid, published, origin, source, yanked, views FROM versions WHERE crate = ?1",
    )?;
    let rows = statement.query_map([krate], |row| {
        Ok(VersionRow {
            version: row.get(0)?,
            guid: row.get(1)?,
            published: row.get(2)?,
            origin: row.get(3)?,
            source: row.get(4)?,
            yanked: row.get(5)?,
            views: row.get(6)?,
        })
    })?;
    rows.collect()
}

/// Puts one change; answers the crate it is about, if it is still there.
fn put_change(
    transaction: &Transaction<'_>,
    feed: i64,
    sources: &Sources,
    change: &ListedChange,
) -> rusqlite::Result<Option<i64>> {
    let known = crate_id(transaction, feed, &change.name)?;
    if change.version.is_deleted {
        if let Some(id) = known {
            drop_version(transaction, id, &change.version.version)?;
        }
        return Ok(known);
    }
    let Some(id) = known else {
        let krate = ListedCrate {
            id: change.id.clone(),
            name: change.name.clone(),
            versions: vec![change.version.clone()],
        };
        let listing = "SELECT listing FROM feeds WHERE id = ?1";
        let listing = transaction.query_row(listing, [feed], |row| row.get(0))?;
        put_crate(transaction, feed, listing, sources, &krate)?;
        return crate_id(transaction, feed, &change.name);
    };
    let mut row = row_of(&change.version, sources);
    let before = transaction
        .prepare_cached("SELECT yanked FROM versions WHERE crate = ?1 AND version = ?2")?
        .query_row((id, &row.version), |row| row.get(0))
        .optional()?;
    keep_learned(&mut row, before.flatten());
    put_version(transaction, id, &row)?;
    // A crate that nobody had saved gets its id, and is in the list from now on.
    transaction
        .prepare_cached(
            "UPDATE crates SET guid = ?2, listing = (SELECT listing FROM feeds WHERE id = feed) WHERE id = ?1",
        )?
        .execute((id, &change.id))?;
    Ok(Some(id))
}

/// Works a crate's row out anew from its versions, some of which just changed: what the latest says of itself describes it.
fn describe(transaction: &Transaction<'_>, id: i64, changed: &[&ListedVersion]) -> rusqlite::Result<()> {
    summarize(transaction, id)?;
    let mut statement = transaction.prepare_cached(
        "UPDATE crates SET description = ?3 WHERE id = ?1 AND latest = ?2 RETURNING folded",
    )?;
    for version in changed.iter().filter(|version| version.description.is_some()) {
        let description = version.description.as_deref();
        let name: Option<String> = statement
            .query_row((id, &version.version, description), |row| row.get(0))
            .optional()?;
        if let Some(name) = name {
            put_words(transaction, id, &name, description)?;
        }
    }
    Ok(())
}

/// Works a crate's row out anew; one without versions goes.
pub(super) fn summarize(transaction: &Transaction<'_>, id: i64) -> rusqlite::Result<()> {
    let Some(summary) = Summary::of(&version_rows(transaction, id)?) else {
        return drop_crate(transaction, id);
    };
    let latest = &summary.latest;
    transaction
        .prepare_cached(
            "UPDATE crates SET latest = ?2, origin = ?3, source = ?4, yanked = ?5, published = ?6,
                 origins = (origins & 8) | ?7, version_count = ?8, any_yanked = ?9, views = ?10 WHERE id = ?1",
        )?
        .execute(params![
            id,
            latest.version,
            latest.origin,
            latest.source,
            latest.yanked,
            latest.published,
            summary.origins,
            summary.version_count,
            summary.any_yanked,
            summary.views
        ])?;
    let words = "SELECT folded, description FROM crates WHERE id = ?1";
    let (name, description): (String, Option<String>) =
        transaction.query_row(words, [id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    put_words(transaction, id, &name, description.as_deref())
}
