//! Bringing the tables up to date, and the ids made with them at the first start.
//!
//! **Invariant:** steps are taken in order, each whole or not at all; a format newer than ours is left alone.

use rusqlite::{Connection, OptionalExtension, Transaction};
use uuid::Uuid;

use super::steps::{FEEDS, GIVEN_BACK, SURFACE, VIEWS};
use super::{ProjectRecord, StorageError};
use crate::PROJECT;

const STEPS: [&str; 4] = [FEEDS, VIEWS, SURFACE, GIVEN_BACK];

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
    ProjectRecord::make(transaction, PROJECT)?;
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

    #[test]
    fn what_was_there_before_the_log_stands_in_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        for step in [FEEDS, VIEWS] {
            connection.execute_batch(step).unwrap();
        }
        connection.pragma_update(None, "user_version", 2).unwrap();
        connection
            .execute_batch(
                "INSERT INTO feeds VALUES ('f', '', 'F', 'f', NULL, 1, NULL, 1, 0, 'v', NULL, NULL);
                 INSERT INTO upstreams VALUES ('u', 'f', 0, 'crates.io', 'l', 'd', NULL);
                 INSERT INTO crates VALUES ('c', 'f', 'c', 'c');
                 INSERT INTO crates VALUES ('d', 'f', 'd', 'd');
                 INSERT INTO versions (id, crate, version, bare, digest, size, line, saved_at, deleted_at) VALUES
                     ('2', 'c', '2.0.0', '2.0.0', 'x', 1, '', 'b', NULL), ('1', 'c', '1.0.0', '1.0.0', 'y', 1, '', 'a', NULL),
                     ('3', 'd', '1.0.0', '1.0.0', 'z', 1, '', 'c', 'now');",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let texts = |sql: &str| -> Vec<String> {
            let mut statement = connection.prepare(sql).unwrap();
            let rows = statement.query_map([], |row| row.get(0)).unwrap();
            rows.collect::<Result<_, _>>().unwrap()
        };
        assert_eq!(
            texts("SELECT version FROM changes ORDER BY token"),
            ["1", "2", "3"]
        );
        assert_eq!(texts("SELECT feed FROM feed_changes"), ["f"]);
        assert_eq!(texts("SELECT id || held FROM crates ORDER BY id"), ["c2", "d0"]);
        assert_eq!(texts("SELECT kind FROM upstreams"), ["public"]);
        connection
            .execute_batch("UPDATE versions SET deleted_at = 'now' WHERE id = '1'")
            .unwrap();
        assert_eq!(
            texts("SELECT version FROM changes ORDER BY token"),
            ["2", "3", "1"]
        );
        assert_eq!(texts("SELECT id || held FROM crates ORDER BY id"), ["c1", "d0"]);
    }

    #[test]
    fn what_was_given_back_before_that_was_noted_counts_as_never_given_back() {
        let mut connection = Connection::open_in_memory().unwrap();
        for step in [FEEDS, VIEWS, SURFACE] {
            connection.execute_batch(step).unwrap();
        }
        connection.pragma_update(None, "user_version", 3).unwrap();
        connection
            .execute_batch(
                "INSERT INTO feeds (id, scope, name, folded, upstream_enabled, hide_deleted, badges, local_view)
                     VALUES ('f', '', 'F', 'f', 1, 1, 0, 'v');
                 INSERT INTO crates (id, feed, name, folded) VALUES ('c', 'f', 'c', 'c');
                 INSERT INTO versions (id, crate, version, bare, digest, size, line, saved_at)
                     VALUES ('1', 'c', '1.0.0', '1.0.0', 'x', 1, '', 'then');",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let moments = connection.query_row("SELECT saved_at, recovered_at FROM versions", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
        });
        assert_eq!(moments.unwrap(), ("then".to_owned(), None));
    }
}
