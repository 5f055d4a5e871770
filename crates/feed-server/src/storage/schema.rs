//! The tables, and the ids made with them at the first start.
//!
//! **Invariant:** a released step of the schema never changes; a new one is added behind it.

use rusqlite::{Connection, OptionalExtension, Transaction};
use uuid::Uuid;

use super::{StorageError, now};
use crate::PROJECT;

const STEPS: [&str; 2] = [FEEDS, VIEWS];

const FEEDS: &str = "
CREATE TABLE identity (
    role TEXT PRIMARY KEY,
    id   TEXT NOT NULL
) STRICT;

CREATE TABLE projects (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    changed_at TEXT NOT NULL
) STRICT;

-- A deleted feed keeps its row: its name stays taken. `scope` is a project's id, or empty for the organization.
CREATE TABLE feeds (
    id                  TEXT PRIMARY KEY,
    scope               TEXT NOT NULL,
    name                TEXT NOT NULL,
    folded              TEXT NOT NULL,
    description         TEXT,
    upstream_enabled    INTEGER NOT NULL,
    upstream_changed_at TEXT,
    hide_deleted        INTEGER NOT NULL,
    badges              INTEGER NOT NULL,
    local_view          TEXT NOT NULL,
    deleted_at          TEXT,
    UNIQUE (scope, folded)
) STRICT;

-- A removed upstream keeps its row: versions saved from it still name it.
CREATE TABLE upstreams (
    id               TEXT PRIMARY KEY,
    feed             TEXT NOT NULL REFERENCES feeds (id),
    position         INTEGER NOT NULL,
    name             TEXT NOT NULL,
    location         TEXT NOT NULL,
    display_location TEXT NOT NULL,
    deleted_at       TEXT
) STRICT;
CREATE INDEX upstreams_of_feed ON upstreams (feed, position);

CREATE TABLE crates (
    id     TEXT PRIMARY KEY,
    feed   TEXT NOT NULL REFERENCES feeds (id),
    name   TEXT NOT NULL,
    folded TEXT NOT NULL,
    UNIQUE (feed, folded)
) STRICT;

-- `bare` is the version without build metadata. `upstream` is empty for what was published here.
CREATE TABLE versions (
    id              TEXT PRIMARY KEY,
    crate           TEXT NOT NULL REFERENCES crates (id),
    version         TEXT NOT NULL,
    bare            TEXT NOT NULL,
    digest          TEXT NOT NULL,
    size            INTEGER NOT NULL,
    line            TEXT NOT NULL,
    yanked          INTEGER NOT NULL DEFAULT 0,
    upstream_yanked INTEGER NOT NULL DEFAULT 0,
    upstream        TEXT REFERENCES upstreams (id),
    saved_at        TEXT NOT NULL,
    description     TEXT,
    authors         TEXT,
    keywords        TEXT,
    UNIQUE (crate, version)
) STRICT;
CREATE INDEX versions_by_digest ON versions (digest);
";

/// Views, roles, and what was deleted. Every feed gets the three views Azure gives it; a random id is put together as
/// SQLite has no function for one.
const VIEWS: &str = "
CREATE TABLE views (
    id         TEXT PRIMARY KEY,
    feed       TEXT NOT NULL REFERENCES feeds (id),
    position   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    visibility TEXT NOT NULL,
    UNIQUE (feed, folded)
) STRICT;
INSERT INTO views SELECT local_view, id, 0, 'Local', 'local', 'implicit', 'collection' FROM feeds;
INSERT INTO views
    SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
                 || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
           feeds.id, new.position, new.name, lower(new.name), 'release', 'collection'
    FROM feeds, (SELECT 1 AS position, 'Prerelease' AS name UNION ALL SELECT 2, 'Release') AS new;

-- What was promoted; the view that holds everything has no rows here.
CREATE TABLE promotions (
    version TEXT NOT NULL REFERENCES versions (id),
    view    TEXT NOT NULL REFERENCES views (id),
    PRIMARY KEY (version, view)
) STRICT, WITHOUT ROWID;
CREATE INDEX promotions_by_view ON promotions (view);

CREATE TABLE permissions (
    feed         TEXT NOT NULL REFERENCES feeds (id),
    descriptor   TEXT NOT NULL,
    identity     TEXT,
    display_name TEXT,
    role         TEXT NOT NULL,
    PRIMARY KEY (feed, descriptor)
) STRICT, WITHOUT ROWID;

-- Empty is the view that holds everything.
ALTER TABLE feeds ADD COLUMN default_view TEXT REFERENCES views (id);

-- A deleted version keeps its row, also when its file is gone for good: its number stays taken.
ALTER TABLE versions ADD COLUMN deleted_at TEXT;
ALTER TABLE versions ADD COLUMN purged_at TEXT;
";

/// The ids that stay the same for a folder's whole life.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// Tells this folder from any other; Azure calls it the instance.
    pub(crate) instance: String,
    /// The one user there is.
    pub(crate) user: String,
}

pub(super) fn migrate(connection: &mut Connection) -> Result<(), StorageError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let Some(missing) = usize::try_from(found).ok().and_then(|found| STEPS.get(found..)) else {
        return Err(StorageError::TooNew { found });
    };
    for (step, number) in missing.iter().zip(found + 1..) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Reads the ids, and at the first start makes them and the project every feed may lie in.
pub(super) fn identity(transaction: &Transaction<'_>) -> Result<Identity, StorageError> {
    transaction.execute(
        "INSERT INTO projects (id, name, folded, changed_at) VALUES (?1, ?2, ?2, ?3)
         ON CONFLICT (folded) DO NOTHING",
        (Uuid::new_v4().to_string(), PROJECT, now()),
    )?;
    Ok(Identity {
        instance: kept_id(transaction, "instance")?,
        user: kept_id(transaction, "user")?,
    })
}

fn kept_id(transaction: &Transaction<'_>, role: &str) -> Result<String, StorageError> {
    let kept = transaction
        .query_row("SELECT id FROM identity WHERE role = ?1", [role], |row| {
            row.get(0)
        })
        .optional()?;
    if let Some(id) = kept {
        return Ok(id);
    }
    let id = Uuid::new_v4().to_string();
    transaction.execute("INSERT INTO identity (role, id) VALUES (?1, ?2)", (role, &id))?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_of_the_first_format_get_their_views() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(FEEDS).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        connection
            .execute_batch(
                "INSERT INTO feeds VALUES ('f', '', 'F', 'f', NULL, 1, NULL, 1, 0, 'local-view', NULL);
                 INSERT INTO feeds VALUES ('g', '', 'G', 'g', NULL, 1, NULL, 1, 0, 'other-view', 'then');",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let mut statement = connection
            .prepare("SELECT id, name, kind FROM views WHERE feed = 'f' ORDER BY position")
            .unwrap();
        let views: Vec<(String, String, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let names: Vec<_> = views
            .iter()
            .map(|(_, name, kind)| (name.as_str(), kind.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                ("Local", "implicit"),
                ("Prerelease", "release"),
                ("Release", "release")
            ]
        );
        assert_eq!(views[0].0, "local-view");
        assert!(Uuid::parse_str(&views[1].0).is_ok() && views[1].0 != views[2].0);
        let all: i64 = connection
            .query_row("SELECT count(*) FROM views", [], |row| row.get(0))
            .unwrap();
        assert_eq!(all, 6);
    }
}
