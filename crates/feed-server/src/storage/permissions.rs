//! The rows of roles: who may do what in a feed, as it was said.
//!
//! **Invariant:** the owner of this computer has no row here; their role is a fact, not a setting.

use rusqlite::{Connection, Transaction};

use super::StorageError;

/// The role that takes an identity out of the list.
pub(crate) const NO_ROLE: &str = "none";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PermissionRecord {
    /// Azure's text for an identity, with its kind before a semicolon.
    pub(crate) descriptor: String,
    pub(crate) identity: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) role: String,
}

impl PermissionRecord {
    pub(crate) fn all(connection: &Connection, feed: &str) -> Result<Vec<Self>, StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT descriptor, identity, display_name, role FROM permissions WHERE feed = ?1
             ORDER BY descriptor",
        )?;
        let rows = statement.query_map([feed], |row| {
            Ok(Self {
                descriptor: row.get(0)?,
                identity: row.get(1)?,
                display_name: row.get(2)?,
                role: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Sets the roles of the identities named and leaves all others alone.
pub(crate) fn merge(
    transaction: &Transaction<'_>,
    feed: &str,
    wanted: &[PermissionRecord],
) -> Result<(), StorageError> {
    for permission in wanted {
        if permission.role == NO_ROLE {
            transaction.execute(
                "DELETE FROM permissions WHERE feed = ?1 AND descriptor = ?2",
                (feed, &permission.descriptor),
            )?;
            continue;
        }
        transaction.execute(
            "INSERT INTO permissions (feed, descriptor, identity, display_name, role) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (feed, descriptor) DO UPDATE SET
                 role = ?5, identity = coalesce(?3, identity), display_name = coalesce(?4, display_name)",
            (
                feed,
                &permission.descriptor,
                &permission.identity,
                &permission.display_name,
                &permission.role,
            ),
        )?;
    }
    Ok(())
}
