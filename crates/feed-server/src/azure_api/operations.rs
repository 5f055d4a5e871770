//! Work that goes on after it was asked for: emptying a recycle bin, and how it stands.
//!
//! **Invariant:** the work is done whole or not at all, and its end is written together with it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::{
    OperationStatus, Storage, StorageError, begin_operation, empty_recycle_bin, end_operation,
    operation_status,
};

/// Begins to let go of all that a feed's recycle bin holds; says where to look how it stands.
pub(super) async fn empty(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let feed = app.writable_feed(asked).await?.id;
    let begun: Result<_, StorageError> = app.storage.write(begin_operation).await;
    let id = begun?;
    tokio::spawn(empty_now(Arc::clone(&app.storage), feed, id.clone()));
    Ok(json!({ "id": id, "status": "queued", "url": url(app, &id) }))
}

async fn empty_now(storage: Arc<Storage>, feed: String, id: String) {
    let ended = id.clone();
    let emptied = storage.write(move |transaction| {
        empty_recycle_bin(transaction, &feed)?;
        end_operation(transaction, &ended, OperationStatus::Succeeded)
    });
    if let Err(failure) = emptied.await {
        tracing::warn!("a recycle bin could not be emptied: {failure}");
        let told = storage
            .write(move |transaction| end_operation(transaction, &id, OperationStatus::Failed))
            .await;
        if let Err(failure) = told {
            tracing::warn!("nor could that be written down: {failure}");
        }
    }
}

pub(super) async fn one(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let id = asked.captured.text("operation").to_ascii_lowercase();
    let key = id.clone();
    let status = app
        .storage
        .read(move |connection| operation_status(connection, &key))
        .await?;
    let status = status.ok_or_else(|| {
        Refusal::not_found(
            "OperationNotFoundException",
            format!("There is no operation '{id}' here."),
        )
    })?;
    let url = url(app, &id);
    Ok(json!({ "id": id, "status": status, "url": url, "_links": { "self": { "href": url } } }))
}

fn url(app: &App, id: &str) -> String {
    format!(
        "{}/{}/_apis/operations/{id}",
        app.addresses.core, app.organization
    )
}
