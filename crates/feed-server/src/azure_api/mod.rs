//! The part of Azure's REST API that clients of a Cargo feed use.
//!
//! **Invariant:** an endpoint that is not in the route table is not answered; nothing is answered that is not kept.

mod account;
mod badge;
mod cargo_batch;
mod cargo_versions;
mod changes;
mod crates;
mod feed_input;
mod feeds;
mod global_permissions;
mod identities;
mod locations;
mod metrics;
mod operations;
mod package_list;
mod permissions;
mod provenance;
mod recycle_bin;
mod retention;
mod upstreaming;
mod version;
mod views;
mod wire;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use serde_json::{Value, json};

pub(crate) use badge::answer as badge;

use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::request_body::RequestBody;
use crate::routes::Endpoint;
use version::Release;

/// Answers an endpoint of the REST API.
pub(crate) async fn answer(
    app: &Arc<App>,
    asked: &Asked,
    body: &mut RequestBody,
) -> Result<Response<Body>, Refusal> {
    let release = match asked.endpoint {
        Endpoint::ResourceLocations => Release::Any,
        Endpoint::ConnectionData
        | Endpoint::ResourceAreas
        | Endpoint::ResourceArea
        | Endpoint::Provenance
        | Endpoint::SubjectQuery => Release::Preview,
        Endpoint::CargoVersionGet
        | Endpoint::CargoVersionPromote
        | Endpoint::CargoVersionDelete
        | Endpoint::CargoDeletedGet
        | Endpoint::CargoDeletedRestore
        | Endpoint::CargoDeletedPurge
        | Endpoint::CargoBatch
        | Endpoint::CargoDeletedBatch
        | Endpoint::UpstreamingGet
        | Endpoint::UpstreamingSet => Release::NewestPreview,
        _ => Release::Released,
    };
    let version = version::negotiate(asked, release)?;
    let Some(text) = said(app, asked, body).await? else {
        return Ok(Response::new(Body::empty()));
    };
    let mut response = Response::new(Body::from(text));
    let kind = format!("application/json; charset=utf-8; api-version={version}");
    if let Ok(kind) = HeaderValue::try_from(kind) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    Ok(response)
}

/// The text of the JSON an endpoint answers with, where it answers with any.
async fn said(app: &Arc<App>, asked: &Asked, body: &mut RequestBody) -> Result<Option<String>, Refusal> {
    let value = match asked.endpoint {
        Endpoint::ResourceLocations => locations::all(),
        Endpoint::ConnectionData => account::who_is_connected(app, asked),
        Endpoint::ResourceAreas => list(account::resource_areas(app)),
        Endpoint::ResourceArea => account::resource_area(app, asked)?,
        Endpoint::Projects => list(account::projects(app, asked).await?),
        Endpoint::Project => account::project(app, asked).await?,
        Endpoint::FeedList => list(feeds::all(app, asked).await?),
        Endpoint::FeedGet => feeds::one(app, asked).await?,
        Endpoint::FeedCreate => feeds::create(app, asked, object_body(app, body).await?).await?,
        Endpoint::FeedUpdate => feeds::update(app, asked, object_body(app, body).await?).await?,
        Endpoint::FeedDelete => return nothing(feeds::delete(app, asked).await),
        Endpoint::DeletedFeedList => list(recycle_bin::feeds(app, asked).await?),
        Endpoint::DeletedFeedRestore => {
            let body = list_body(app, body).await?;
            return nothing(recycle_bin::restore_feed(app, asked, &body).await);
        }
        Endpoint::DeletedFeedPurge => return nothing(recycle_bin::purge_feed(app, asked).await),
        Endpoint::ViewList => list(views::all(app, asked).await?),
        Endpoint::ViewGet => views::one(app, asked).await?,
        Endpoint::ViewCreate => views::create(app, asked, object_body(app, body).await?).await?,
        Endpoint::ViewUpdate => views::update(app, asked, object_body(app, body).await?).await?,
        Endpoint::ViewDelete => return nothing(views::delete(app, asked).await),
        Endpoint::PermissionList => list(permissions::all(app, asked).await?),
        Endpoint::PermissionUpdate => {
            list(permissions::merge(app, asked, &list_body(app, body).await?).await?)
        }
        Endpoint::CrateList => return crates::all(app, asked).await.map(Some),
        Endpoint::CrateGet => crates::one(app, asked).await?,
        Endpoint::VersionList => list(crates::versions(app, asked).await?),
        Endpoint::VersionGet => crates::version(app, asked).await?,
        Endpoint::DeletedCrateList => list(recycle_bin::crates(app, asked).await?),
        Endpoint::DeletedCrateGet => recycle_bin::one_crate(app, asked).await?,
        Endpoint::DeletedVersionList => list(recycle_bin::versions(app, asked).await?),
        Endpoint::DeletedVersionGet => recycle_bin::version(app, asked).await?,
        Endpoint::CargoVersionGet => cargo_versions::one(app, asked).await?,
        Endpoint::CargoVersionDelete => cargo_versions::delete(app, asked).await?,
        Endpoint::CargoVersionPromote => {
            let body = object_body(app, body).await?;
            return nothing(cargo_versions::promote(app, asked, &body).await);
        }
        Endpoint::CargoDeletedGet => cargo_versions::deleted(app, asked).await?,
        Endpoint::CargoDeletedRestore => {
            let body = object_body(app, body).await?;
            return nothing(cargo_versions::restore(app, asked, &body).await);
        }
        Endpoint::CargoDeletedPurge => return nothing(cargo_versions::purge(app, asked).await),
        Endpoint::CargoBatch | Endpoint::CargoDeletedBatch => {
            let body = object_body(app, body).await?;
            let in_recycle_bin = asked.endpoint == Endpoint::CargoDeletedBatch;
            return nothing(cargo_batch::work(app, asked, &body, in_recycle_bin).await);
        }
        Endpoint::UpstreamingGet => upstreaming::one(app, asked).await?,
        Endpoint::UpstreamingSet => {
            let body = object_body(app, body).await?;
            return nothing(upstreaming::set(app, asked, &body).await);
        }
        Endpoint::FeedChangeList => changes::feeds(app, asked).await?,
        Endpoint::FeedChangeGet => changes::one_feed(app, asked).await?,
        Endpoint::CrateChangeList => changes::versions(app, asked).await?,
        Endpoint::Identities => list(identities::find(app, asked).await?),
        Endpoint::SubjectQuery => list(identities::query(app, &object_body(app, body).await?).await?),
        Endpoint::GlobalPermissionList => list(global_permissions::all(app, asked).await?),
        Endpoint::GlobalPermissionUpdate => {
            list(global_permissions::merge(app, asked, &list_body(app, body).await?).await?)
        }
        Endpoint::RecycleBinEmpty => operations::empty(app, asked).await?,
        Endpoint::Operation => operations::one(app, asked).await?,
        Endpoint::Provenance => provenance::one(app, asked).await?,
        Endpoint::RetentionGet => retention::one(app, asked).await?,
        Endpoint::RetentionSet => retention::set(app, asked, &object_body(app, body).await?).await?,
        Endpoint::RetentionRemove => return nothing(retention::remove(app, asked).await),
        Endpoint::CrateMetrics => {
            let body = object_body(app, body).await?;
            list(metrics::of_crates(app, asked, &body).await?)
        }
        Endpoint::VersionMetrics => {
            let body = object_body(app, body).await?;
            list(metrics::of_versions(app, asked, &body).await?)
        }
        Endpoint::Index
        | Endpoint::Download
        | Endpoint::Publish
        | Endpoint::Yank
        | Endpoint::Unyank
        | Endpoint::Badge => {
            return Err(Refusal::bad_request("What answers here has no JSON."));
        }
    };
    Ok(Some(value.to_string()))
}

fn nothing(done: Result<(), Refusal>) -> Result<Option<String>, Refusal> {
    done.map(|()| None)
}

/// Arrays travel wrapped.
fn list(items: Vec<Value>) -> Value {
    json!({ "count": items.len(), "value": items })
}

async fn object_body(app: &App, body: &mut RequestBody) -> Result<Value, Refusal> {
    match json_body(app, body).await? {
        value @ Value::Object(_) => Ok(value),
        _ => Err(Refusal::bad_request("The body is not a JSON object.")),
    }
}

async fn list_body(app: &App, body: &mut RequestBody) -> Result<Vec<Value>, Refusal> {
    match json_body(app, body).await? {
        Value::Array(items) => Ok(items),
        _ => Err(Refusal::bad_request("The body is not a JSON list.")),
    }
}

async fn json_body(app: &App, body: &mut RequestBody) -> Result<Value, Refusal> {
    let bytes = body.whole(app.limits.json_bytes).await?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    serde_json::from_slice(bytes)
        .map_err(|failure| Refusal::bad_request(format!("The body is not JSON: {failure}.")))
}
