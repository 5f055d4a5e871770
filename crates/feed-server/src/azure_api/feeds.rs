//! Feeds: list, read, create, update, delete.
//!
//! **Invariant:** a deleted feed is gone for every reader, but its name stays taken while it is in the recycle bin.

use std::sync::Arc;

use serde_json::Value;

use super::{feed_input, permissions, wire};
use crate::dispatch::{Addressed, App, Asked};
use crate::refusal::Refusal;
use crate::storage::FeedRecord;

pub(super) async fn all(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    if let Some(role) = asked.parameter("feedRole")
        && !permissions::owner_has(&role)?
    {
        return Ok(Vec::new());
    }
    let project = app.project(asked).await?.map(|project| project.id);
    let feeds = app
        .storage
        .read(move |connection| FeedRecord::all(connection, project.as_deref()))
        .await?;
    let with_deleted = wants_deleted_upstreams(asked);
    let shown = |feed| wire::feed(app, &Addressed { feed, view: None }, with_deleted);
    Ok(feeds.into_iter().map(shown).collect())
}

pub(super) async fn one(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let addressed = app.feed(asked).await?;
    Ok(wire::feed(app, &addressed, wants_deleted_upstreams(asked)))
}

pub(super) async fn create(app: &Arc<App>, asked: &Asked, body: Value) -> Result<Value, Refusal> {
    let project = app.project(asked).await?.map(|project| project.id);
    let new = feed_input::new_feed(&body, &app.storage.identity().user)?;
    let name = new.name.clone();
    let created = app
        .storage
        .write(move |transaction| {
            FeedRecord::create(transaction, project.as_deref(), new).map_err(Refusal::from)
        })
        .await?;
    let feed = created.ok_or_else(|| name_taken(&name))?;
    Ok(written(app, feed))
}

pub(super) async fn update(app: &Arc<App>, asked: &Asked, body: Value) -> Result<Value, Refusal> {
    let feed = app.writable_feed(asked).await?;
    let mut change = feed_input::feed_change(&body)?;
    let said = |key: &str| body[key].as_str();
    if said("id").is_some_and(|id| !id.eq_ignore_ascii_case(&feed.id)) {
        return Err(Refusal::bad_request("The `id` in the body is another feed's."));
    }
    if let Some(id) = said("defaultViewId") {
        let view = feed.view(id).ok_or_else(|| Refusal::unknown_view(id))?;
        change.default_view = Some(view.id.clone());
    }
    let name = change.name.clone().unwrap_or_default();
    let updated = app
        .storage
        .write(move |transaction| {
            // As it is now, not as it was when the request came in.
            let project = feed.project.as_ref().map(|project| project.id.as_str());
            let Some(current) = FeedRecord::find(transaction, project, &feed.id)? else {
                return Err(Refusal::unknown_feed(&feed.name));
            };
            Ok(current.update(transaction, change)?)
        })
        .await?;
    let feed = updated.ok_or_else(|| name_taken(&name))?;
    Ok(written(app, feed))
}

/// A feed as it stands after a change: by its own name, without a view.
fn written(app: &App, feed: FeedRecord) -> Value {
    wire::feed(app, &Addressed { feed, view: None }, false)
}

pub(super) async fn delete(app: &Arc<App>, asked: &Asked) -> Result<(), Refusal> {
    let feed = app.writable_feed(asked).await?;
    app.storage
        .write(move |transaction| feed.delete(transaction).map_err(Refusal::from))
        .await
}

fn wants_deleted_upstreams(asked: &Asked) -> bool {
    super::crates::flag(asked, "includeDeletedUpstreams").unwrap_or(false)
}

fn name_taken(name: &str) -> Refusal {
    Refusal::conflict(
        "FeedNameAlreadyExistsException",
        format!("A feed named '{name}' already exists, or lies in the recycle bin and keeps its name."),
    )
}
