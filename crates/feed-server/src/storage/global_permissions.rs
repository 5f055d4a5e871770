//! The rows of roles in the organization: who may make feeds, who owns all of them.
//!
//! **Invariant:** the owner of this computer has no row here.

use rusqlite::{Connection, Transaction};

use super::{NO_ROLE, StorageError};

/// A role in the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GlobalPermission {
    pub(crate) descriptor: String,
    pub(crate) identity: Option<String>,
    pub(crate) role: String,
}

impl GlobalPermission {
    pub(crate) fn all(connection: &Connection) -> Result<Vec<Self>, StorageError> {
        let mut statement = connection.prepare_cached(
            "SELECT descriptor, identity, role FROM global_permissions ORDER BY descriptor",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Self {
                descriptor: row.get(0)?,
                identity: row.get(1)?,
                role: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Sets the role of an identity, or takes it away; all others stay.
    pub(crate) fn merge(&self, transaction: &Transaction<'_>) -> Result<(), StorageError> {
        if self.role == NO_ROLE {
            transaction
                .prepare_cached("DELETE FROM global_permissions WHERE descriptor = ?1")?
                .execute([&self.descriptor])?;
            return Ok(());
        }
        let mut statement = transaction.prepare_cached(
            "INSERT INTO global_permissions (descriptor, identity, role) VALUES (?1, ?2, ?3)
             ON CONFLICT (descriptor) DO UPDATE SET role = ?3, identity = coalesce(?2, identity)",
        )?;
        statement.execute((&self.descriptor, &self.identity, &self.role))?;
        Ok(())
    }
}
