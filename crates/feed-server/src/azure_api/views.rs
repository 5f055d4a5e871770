//! A feed's views: list, read, create, update, delete.
//!
//! **Invariant:** the view that holds everything stays as it is; nobody makes a second one.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::Value;

use super::feed_input::{one_of, plain_name, text};
use super::wire;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::{FeedRecord, ViewChange, ViewRecord};

const VISIBILITIES: [&str; 4] = ["private", "collection", "organization", "aadTenant"];

pub(super) async fn all(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let feed = app.feed(asked).await?.feed;
    Ok(feed
        .views
        .iter()
        .map(|view| wire::view(app, &feed, view))
        .collect())
}

pub(super) async fn one(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let feed = app.feed(asked).await?.feed;
    let view = find(&feed, asked)?;
    Ok(wire::view(app, &feed, &view))
}

pub(super) async fn create(app: &Arc<App>, asked: &Asked, body: Value) -> Result<Value, Refusal> {
    let feed = app.writable_feed(asked).await?;
    let name = view_name(&body)?.ok_or_else(|| Refusal::bad_request("A view needs a name."))?;
    if !text(&body, "type")?.is_none_or(|kind| kind.eq_ignore_ascii_case("release")) {
        return Err(Refusal::bad_request(
            "A new view has the type 'release'; the one implicit view is made with the feed.",
        ));
    }
    let visibility = visibility(&body)?.unwrap_or_else(|| "collection".to_owned());
    let (id, wanted) = (feed.id.clone(), name.clone());
    let created = app
        .storage
        .write(move |transaction| {
            if FeedRecord::is_deleted(transaction, &id)? {
                return Err(Refusal::unknown_feed(&id));
            }
            Ok(ViewRecord::create(transaction, &id, &wanted, &visibility)?)
        })
        .await?;
    let view = created.ok_or_else(|| name_taken(&name))?;
    Ok(wire::view(app, &feed, &view))
}

pub(super) async fn update(app: &Arc<App>, asked: &Asked, body: Value) -> Result<Value, Refusal> {
    let feed = app.writable_feed(asked).await?;
    let view = find(&feed, asked)?;
    if !text(&body, "id")?.is_none_or(|id| id.eq_ignore_ascii_case(&view.id)) {
        return Err(Refusal::bad_request("The `id` in the body is another view's."));
    }
    if !text(&body, "type")?.is_none_or(|kind| kind.eq_ignore_ascii_case(&view.kind)) {
        return Err(Refusal::bad_request("A view keeps its type."));
    }
    let name = view_name(&body)?.filter(|name| *name != view.name);
    if name.is_some() && view.holds_everything() {
        return Err(Refusal::bad_request(format!(
            "The view '{}' is made with the feed and keeps its name.",
            view.name
        )));
    }
    let change = ViewChange {
        name,
        visibility: visibility(&body)?,
    };
    let wanted = change.name.clone().unwrap_or_default();
    let id = feed.id.clone();
    let updated = app
        .storage
        .write(move |transaction| view.update(transaction, &id, change).map_err(Refusal::from))
        .await?;
    let view = updated.ok_or_else(|| name_taken(&wanted))?;
    Ok(wire::view(app, &feed, &view))
}

pub(super) async fn delete(app: &Arc<App>, asked: &Asked) -> Result<(), Refusal> {
    let feed = app.writable_feed(asked).await?;
    let view = find(&feed, asked)?;
    if view.holds_everything() {
        return Err(Refusal::bad_request(format!(
            "The view '{}' is made with the feed and cannot be deleted.",
            view.name
        )));
    }
    if view.id == feed.default_view {
        return Err(Refusal::bad_request(format!(
            "The view '{}' is the feed's default; make another one the default first.",
            view.name
        )));
    }
    app.storage
        .write(move |transaction| view.delete(transaction).map_err(Refusal::from))
        .await
}

fn find(feed: &FeedRecord, asked: &Asked) -> Result<ViewRecord, Refusal> {
    let named = asked.captured.text("view");
    feed.view(named)
        .cloned()
        .ok_or_else(|| Refusal::unknown_view(named))
}

fn view_name(body: &Value) -> Result<Option<String>, Refusal> {
    let name = text(body, "name")?;
    name.map(|name| plain_name("view", "InvalidFeedViewNameException", name))
        .transpose()
}

fn visibility(body: &Value) -> Result<Option<String>, Refusal> {
    let Some(wanted) = text(body, "visibility")? else {
        return Ok(None);
    };
    one_of("visibility", &VISIBILITIES, wanted).map(|known| Some(known.to_owned()))
}

fn name_taken(name: &str) -> Refusal {
    Refusal::new(
        StatusCode::CONFLICT,
        "FeedViewNameAlreadyExistsException",
        format!("A view named '{name}' already exists in this feed."),
    )
}
