//! Feeds: list, read, create, update, delete.
//!
//! **Invariant:** a deleted feed is gone for every reader, but its name stays taken while it is in the recycle bin.

use std::sync::Arc;

use serde_json::{Value, json};

use super::identities::{self, Known};
use super::{feed_input, permissions, version, wire};
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::sources;
use crate::storage::{FeedRecord, ViewRecord};
use crate::{Role, access};

pub(super) async fn all(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let wanted = asked.parameter("feedRole");
    let wanted = wanted.map(|role| permissions::wanted_role(&role)).transpose()?;
    let project = app.project(asked).await?.map(|project| project.id);
    let caller = Arc::clone(&asked.caller);
    let feeds = app
        .storage
        .read(move |connection| {
            let mut seen = Vec::new();
            for feed in FeedRecord::all(connection, project.as_deref())? {
                let role = access::role_in(connection, &caller, &feed.id)?;
                // A role that nobody can be given finds nothing.
                let enough = wanted.is_none_or(|wanted| wanted.is_some_and(|wanted| role >= Some(wanted)));
                if role.is_some() && enough {
                    seen.push(feed);
                }
            }
            Ok(seen)
        })
        .await?;
    let with_deleted = wants_deleted_upstreams(asked);
    let with_urls = super::crates::flag(asked, "includeUrls").unwrap_or(true);
    let in_list = |feed| {
        let mut value = shown(app, asked, feed, None, with_deleted);
        if let Some(fields) = value.as_object_mut().filter(|_| !with_urls) {
            fields.retain(|key, _| key != "url" && key != "_links");
        }
        value
    };
    Ok(feeds.iter().map(in_list).collect())
}

pub(super) async fn one(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let addressed = app.feed(asked).await?;
    let (feed, view) = (&addressed.feed, addressed.view.as_ref());
    Ok(shown(app, asked, feed, view, wants_deleted_upstreams(asked)))
}

pub(super) async fn create(app: &Arc<App>, asked: &Asked, body: Value) -> Result<Value, Refusal> {
    let project = app.project(asked).await?;
    let mut new = feed_input::new_feed(&body, &app.people.owner().descriptor)?;
    if body["permissions"].is_null() {
        // As Azure's own page gives them.
        let services = identities::build_identities(app, project.as_ref());
        new.permissions.extend(services.iter().map(Known::collaborator));
    }
    if asked.caller.identity != app.people.owner().identity {
        new.permissions
            .push(permissions::of_person(&asked.caller, Role::Administrator));
    }
    let name = new.name.clone();
    let (caller, organization) = (Arc::clone(&asked.caller), app.organization.clone());
    let created = app
        .storage
        .write(move |transaction| {
            if !access::is_creator(transaction, &caller)? {
                return Err(Refusal::lacks(&caller.identity, "CreateFeed"));
            }
            sources::resolve(transaction, &caller, &organization, None, &mut new.upstreams)?;
            let project = project.as_ref().map(|project| project.id.as_str());
            Ok(FeedRecord::create(transaction, project, new)?)
        })
        .await?;
    let feed = created.ok_or_else(|| name_taken(&name))?;
    Ok(shown(app, asked, &feed, None, false))
}

pub(super) async fn update(app: &Arc<App>, asked: &Asked, body: Value) -> Result<Value, Refusal> {
    let feed = app.writable_feed(asked).await?;
    let mut change = feed_input::feed_update(&body)?;
    let said = |key: &str| body[key].as_str();
    if said("id").is_some_and(|id| !id.eq_ignore_ascii_case(&feed.id)) {
        return Err(Refusal::bad_request("The `id` in the body is another feed's."));
    }
    if let Some(id) = said("defaultViewId") {
        let view = feed.view(id).ok_or_else(|| Refusal::unknown_view(id))?;
        change.default_view = Some(view.id.clone());
    }
    let name = change.name.clone().unwrap_or_default();
    let (caller, organization) = (Arc::clone(&asked.caller), app.organization.clone());
    let updated = app
        .storage
        .write(move |transaction| {
            // As it is now, not as it was when the request came in.
            let project = feed.project.as_ref().map(|project| project.id.as_str());
            let Some(current) = FeedRecord::find(transaction, project, &feed.id)? else {
                return Err(Refusal::unknown_feed(&feed.name));
            };
            let upstreams = change.upstreams.as_deref_mut().unwrap_or_default();
            sources::resolve(transaction, &caller, &organization, Some(&feed.id), upstreams)?;
            Ok(current.update(transaction, change)?)
        })
        .await?;
    let feed = updated.ok_or_else(|| name_taken(&name))?;
    Ok(shown(app, asked, &feed, None, false))
}

/// A feed; only the newest version of the API knows that one may be disabled.
fn shown(
    app: &App,
    asked: &Asked,
    feed: &FeedRecord,
    view: Option<&ViewRecord>,
    with_deleted: bool,
) -> Value {
    let mut value = wire::feed(app, feed, view, with_deleted);
    if version::is_newest(asked) {
        value["isEnabled"] = json!(feed.enabled);
    }
    value
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
