//! The rows of names that public upstreams may add versions to, although the feed has some of its own.
//!
//! **Invariant:** a name needs no crate to be said something of.

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::StorageError;
use crate::crate_name::fold;

/// Whether versions of this name may come from public upstreams whatever was published here.
pub(crate) fn allows_external(connection: &Connection, feed: &str, name: &str) -> Result<bool, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT 1 FROM upstreaming WHERE feed = ?1 AND folded = ?2")?;
    let found = statement.query_row((feed, fold(name)), |_| Ok(())).optional()?;
    Ok(found.is_some())
}

/// Says whether they may.
pub(crate) fn allow_external(
    transaction: &Transaction<'_>,
    feed: &str,
    name: &str,
    allowed: bool,
) -> Result<(), StorageError> {
    let said = if allowed {
        "INSERT INTO upstreaming (feed, folded) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM upstreaming WHERE feed = ?1 AND folded = ?2"
    };
    transaction.prepare_cached(said)?.execute((feed, fold(name)))?;
    Ok(())
}
