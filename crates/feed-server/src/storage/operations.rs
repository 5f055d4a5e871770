//! The rows of work that goes on after it was asked for, so that whoever asked can look how it went.
//!
//! **Invariant:** what a stopped server left unfinished has failed.

use rusqlite::{Connection, OptionalExtension, Transaction};
use uuid::Uuid;

use super::StorageError;

/// How work stands, in Azure's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OperationStatus {
    Queued,
    Succeeded,
    Failed,
}

impl OperationStatus {
    fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

/// Writes new work down; gives its id.
pub(crate) fn begin_operation(transaction: &Transaction<'_>) -> Result<String, StorageError> {
    let id = Uuid::new_v4().to_string();
    transaction
        .prepare_cached("INSERT INTO operations (id, status) VALUES (?1, ?2)")?
        .execute((&id, OperationStatus::Queued.name()))?;
    Ok(id)
}

/// Says how it ended.
pub(crate) fn end_operation(
    transaction: &Transaction<'_>,
    id: &str,
    status: OperationStatus,
) -> Result<(), StorageError> {
    transaction
        .prepare_cached("UPDATE operations SET status = ?2 WHERE id = ?1")?
        .execute((id, status.name()))?;
    Ok(())
}

/// How it stands, in Azure's words.
pub(crate) fn operation_status(connection: &Connection, id: &str) -> Result<Option<String>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT status FROM operations WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

/// Looks at what was left when the server stopped.
pub(super) fn fail_unfinished(transaction: &Transaction<'_>) -> Result<(), StorageError> {
    transaction
        .prepare_cached("UPDATE operations SET status = ?2 WHERE status = ?1")?
        .execute((OperationStatus::Queued.name(), OperationStatus::Failed.name()))?;
    Ok(())
}
