//! How often crates and versions were downloaded, by how many, and when last.
//!
//! **Invariant:** what was never downloaded, or is not there, is left out of an answer; that is no error.

use std::sync::Arc;

use serde_json::{Value, json};

use super::crates;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::Metrics;

/// How many ids one question may name.
const MOST: usize = 1000;

pub(super) async fn of_crates(app: &Arc<App>, asked: &Asked, body: &Value) -> Result<Vec<Value>, Refusal> {
    let feed = app.feed(asked).await?.feed.id;
    let wanted = ids(body, "packageIds")?;
    app.downloads.settle().await;
    let found = app
        .storage
        .read(move |connection| Metrics::of_crates(connection, &feed, &wanted))
        .await?;
    Ok(found.iter().map(|metrics| shown(metrics, &metrics.of)).collect())
}

pub(super) async fn of_versions(app: &Arc<App>, asked: &Asked, body: &Value) -> Result<Vec<Value>, Refusal> {
    let (_, held) = crates::find(app, asked).await?;
    let wanted = ids(body, "packageVersionIds")?;
    app.downloads.settle().await;
    let id = held.id.clone();
    let found = app
        .storage
        .read(move |connection| Metrics::of_versions(connection, &id, &wanted))
        .await?;
    let shown = found.iter().map(|metrics| {
        let mut value = shown(metrics, &held.id);
        value["packageVersionId"] = json!(metrics.of);
        value
    });
    Ok(shown.collect())
}

fn shown(metrics: &Metrics, held: &str) -> Value {
    json!({
        "packageId": held,
        "downloadCount": metrics.times as f64,
        "downloadUniqueUsers": metrics.people as f64,
        "lastDownloaded": metrics.last_at,
    })
}

fn ids(body: &Value, key: &str) -> Result<Vec<String>, Refusal> {
    let wrong = || Refusal::bad_request(format!("`{key}` is not a list of at most {MOST} GUIDs."));
    let ids = body[key]
        .as_array()
        .filter(|ids| ids.len() <= MOST)
        .ok_or_else(wrong)?;
    let id = |id: &Value| Some(uuid::Uuid::parse_str(id.as_str()?).ok()?.to_string());
    ids.iter().map(|one| id(one).ok_or_else(wrong)).collect()
}
