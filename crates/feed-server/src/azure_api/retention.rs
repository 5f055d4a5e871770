//! For how long a feed keeps its versions: read, set, taken away.
//!
//! **Invariant:** nothing is deleted here; the job does that, by what is said here.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::{FeedRecord, RetentionRecord};

/// Azure's names of the two limits, and how small and large each may be.
const VERSIONS: (&str, u32) = ("countLimit", 5000);
const DAYS: (&str, u32) = ("daysToKeepRecentlyDownloadedPackages", 365);

pub(super) async fn one(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let feed = app.feed(asked).await?.feed.id;
    let found = app
        .storage
        .read(move |connection| RetentionRecord::find(connection, &feed))
        .await?;
    // Nothing is said of a feed without limits.
    Ok(found.map_or_else(|| json!({}), shown))
}

pub(super) async fn set(app: &Arc<App>, asked: &Asked, body: &Value) -> Result<Value, Refusal> {
    let feed = app.writable_feed(asked).await?;
    let limits = RetentionRecord {
        versions: limit(body, VERSIONS)?,
        days: limit(body, DAYS)?,
    };
    app.storage
        .write(move |transaction| {
            if FeedRecord::is_deleted(transaction, &feed.id)? {
                return Err(Refusal::unknown_feed(&feed.name));
            }
            Ok(limits.keep(transaction, &feed.id)?)
        })
        .await?;
    Ok(shown(limits))
}

pub(super) async fn remove(app: &Arc<App>, asked: &Asked) -> Result<(), Refusal> {
    let feed = app.writable_feed(asked).await?.id;
    app.storage
        .write(move |transaction| RetentionRecord::remove(transaction, &feed).map_err(Refusal::from))
        .await
}

fn limit(body: &Value, (key, most): (&str, u32)) -> Result<u32, Refusal> {
    let wanted = body[key].as_u64().and_then(|number| u32::try_from(number).ok());
    wanted
        .filter(|number| (1..=most).contains(number))
        .ok_or_else(|| Refusal::bad_request(format!("`{key}` is a whole number from 1 to {most}.")))
}

fn shown(limits: RetentionRecord) -> Value {
    json!({ VERSIONS.0: limits.versions, DAYS.0: limits.days })
}
