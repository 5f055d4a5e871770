//! Pages of a feed's crates, made for feeds of fifty thousand: a page is found by an index and read by one statement.
//!
//! **Invariant:** the order is that of folded names, so that pages neither overlap nor leave anything out.

use rusqlite::{Connection, Row};

use super::crates::{CRATE, VERSION, from_crate_row, from_version_row};
use super::{CrateRecord, StorageError};
use crate::crate_name::fold;

/// Which versions a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shelf {
    Held,
    HeldAndDeleted,
    Deleted,
}

impl Shelf {
    /// What a crate of the list fulfils.
    fn of_crate(self) -> String {
        let deleted =
            "crates.id IN (SELECT crate FROM versions WHERE deleted_at IS NOT NULL AND purged_at IS NULL)";
        match self {
            Self::Held => "held > 0".to_owned(),
            Self::HeldAndDeleted => format!("(held > 0 OR {deleted})"),
            Self::Deleted => deleted.to_owned(),
        }
    }

    /// What a version fulfils that brings its crate into the list.
    fn of_version(self) -> &'static str {
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

impl Page {
    /// The conditions, by the numbers of [`Page::read`]'s parameters.
    fn conditions(&self) -> String {
        let version = self.shelf.of_version();
        let mut conditions = format!("feed = ?1 AND {}", self.shelf.of_crate());
        if !self.containing.is_empty() {
            conditions += " AND instr(folded, ?2) > 0";
        }
        if self.upstream.is_some() {
            conditions += &format!(
                " AND EXISTS (SELECT 1 FROM versions WHERE upstream = ?3 AND crate = crates.id AND {version})"
            );
        }
        if self.promoted.is_some() {
            conditions += &format!(
                " AND crates.id IN (SELECT versions.crate FROM promotions
                                    JOIN versions ON versions.id = promotions.version
                                    WHERE promotions.view = ?4 AND {version})"
            );
        }
        conditions
    }

    fn read<T>(
        &self,
        connection: &Connection,
        feed: &str,
        sql: &str,
        (skip, top): (u32, i64),
        mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<Option<T>>,
    ) -> Result<Vec<T>, StorageError> {
        let mut statement = connection.prepare_cached(sql)?;
        let containing = fold(&self.containing);
        let mut rows = statement.query((feed, containing, &self.upstream, &self.promoted, skip, top))?;
        let mut read = Vec::new();
        while let Some(row) = rows.next()? {
            read.extend(each(row)?);
        }
        Ok(read)
    }
}

impl CrateRecord {
    /// Crates of a feed, by name.
    pub(crate) fn page(connection: &Connection, feed: &str, page: &Page) -> Result<Vec<Self>, StorageError> {
        let sql = format!(
            "WITH page AS MATERIALIZED (
                 SELECT {CRATE}, folded FROM crates WHERE {} ORDER BY folded LIMIT ?6 OFFSET ?5)
             SELECT page.*, {VERSION} FROM page JOIN versions ON versions.crate = page.id
             ORDER BY page.folded, versions.rowid",
            page.conditions()
        );
        let mut crates: Vec<Self> = Vec::new();
        page.read(connection, feed, &sql, (page.skip, page.top.into()), |row| {
            let known = crates
                .last()
                .is_some_and(|last| row.get_ref(0).is_ok_and(|id| id.as_str() == Ok(&last.id)));
            if !known {
                crates.push(from_crate_row(row)?);
            }
            // The folded name stands between the crate and the version.
            let version = from_version_row(row, 4)?;
            if let Some(last) = crates.last_mut() {
                last.put(version);
            }
            Ok(None::<()>)
        })?;
        Ok(crates)
    }

    /// As `page`, where the page counts versions instead of crates: each crate with how many of its versions come before
    /// the page, and how many of them are on it.
    pub(crate) fn page_of_versions(
        connection: &Connection,
        feed: &str,
        page: &Page,
    ) -> Result<Vec<(Self, usize, usize)>, StorageError> {
        let promoted = match page.promoted {
            Some(_) => " AND EXISTS (SELECT 1 FROM promotions WHERE version = versions.id AND view = ?4)",
            None => "",
        };
        let count = match (page.shelf, &page.promoted) {
            (Shelf::Held, None) => "held".to_owned(),
            (shelf, _) => format!(
                "(SELECT count(*) FROM versions WHERE crate = crates.id AND {}{promoted})",
                shelf.of_version()
            ),
        };
        let sql = format!(
            "SELECT folded, id, {count} FROM crates WHERE {} ORDER BY folded LIMIT ?6 OFFSET ?5",
            page.conditions()
        );
        let (mut before, mut left) = (page.skip as usize, page.top as usize);
        let windows = page.read(connection, feed, &sql, (0, -1), |row| {
            let (id, count): (String, u32) = (row.get(1)?, row.get(2)?);
            let count = count as usize;
            let skipped = before.min(count);
            before -= skipped;
            let taken = left.min(count - skipped);
            left -= taken;
            Ok((taken > 0).then_some((id, skipped, taken)))
        })?;
        let mut found = Vec::new();
        for (id, skipped, taken) in windows {
            if let Some(held) = Self::by_id(connection, feed, &id)? {
                found.push((held, skipped, taken));
            }
        }
        Ok(found)
    }
}
