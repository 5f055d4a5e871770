//! The rows of who published a version, and with what.
//!
//! **Invariant:** only what was published here has any; what was saved from upstream says nothing of it.

use rusqlite::{Connection, OptionalExtension};

use super::StorageError;

/// Who published a version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Publisher {
    pub(crate) identity: Option<String>,
    /// What the program called itself.
    pub(crate) user_agent: Option<String>,
}

/// Who published a version; `None` where nobody did, or nobody wrote it down.
pub(crate) fn publisher_of(
    connection: &Connection,
    version: &str,
) -> Result<Option<Publisher>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT publisher, user_agent FROM versions WHERE id = ?1 AND publisher IS NOT NULL",
    )?;
    let found = statement.query_row([version], |row| {
        Ok(Publisher {
            identity: row.get(0)?,
            user_agent: row.get(1)?,
        })
    });
    Ok(found.optional()?)
}
