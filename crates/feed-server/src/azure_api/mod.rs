//! The part of Azure's REST API that clients of a Cargo feed use.
//!
//! **Invariant:** an endpoint that is not in the route table is not answered; nothing is answered that is not kept.

mod account;
mod crates;
mod feed_input;
mod feeds;
mod version;
mod wire;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use serde_json::{Value, json};

use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::request_body::RequestBody;
use crate::routes::Endpoint;
use version::Release;

/// Answers an endpoint of the REST API.
pub(crate) async fn answer(
    app: &Arc<App>,
    endpoint: Endpoint,
    asked: &Asked,
    body: &mut RequestBody,
) -> Result<Response<Body>, Refusal> {
    let release = match endpoint {
        Endpoint::ResourceLocations => Release::Any,
        Endpoint::ConnectionData | Endpoint::ResourceAreas | Endpoint::ResourceArea => Release::Preview,
        _ => Release::Released,
    };
    let version = version::negotiate(asked, release)?;
    let value = match endpoint {
        Endpoint::ResourceLocations => account::resource_locations(),
        Endpoint::ConnectionData => account::who_is_connected(app),
        Endpoint::ResourceAreas => list(account::resource_areas(app)),
        Endpoint::ResourceArea => account::resource_area(app, asked)?,
        Endpoint::Projects => list(account::projects(app, asked).await?),
        Endpoint::Project => account::project(app, asked).await?,
        Endpoint::FeedList => list(feeds::all(app, asked).await?),
        Endpoint::FeedGet => feeds::one(app, asked).await?,
        Endpoint::FeedCreate => feeds::create(app, asked, json_body(app, body).await?).await?,
        Endpoint::FeedUpdate => feeds::update(app, asked, json_body(app, body).await?).await?,
        Endpoint::FeedDelete => {
            feeds::delete(app, asked).await?;
            return Ok(Response::new(Body::empty()));
        }
        Endpoint::CrateList => list(crates::all(app, asked).await?),
        Endpoint::CrateGet => crates::one(app, asked).await?,
        Endpoint::VersionList => list(crates::versions(app, asked).await?),
        Endpoint::VersionGet => crates::version(app, asked).await?,
        Endpoint::Index | Endpoint::Download | Endpoint::Publish | Endpoint::Yank | Endpoint::Unyank => {
            return Err(Refusal::bad_request("This path belongs to cargo's protocol."));
        }
    };
    let mut response = Response::new(Body::from(value.to_string()));
    let kind = format!("application/json; charset=utf-8; api-version={version}");
    if let Ok(kind) = HeaderValue::try_from(kind) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    Ok(response)
}

/// Arrays travel wrapped.
fn list(items: Vec<Value>) -> Value {
    json!({ "count": items.len(), "value": items })
}

async fn json_body(app: &App, body: &mut RequestBody) -> Result<Value, Refusal> {
    let bytes = body.whole(app.limits.json_bytes).await?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match serde_json::from_slice(bytes) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(Refusal::bad_request("The body is not a JSON object.")),
        Err(failure) => Err(Refusal::bad_request(format!("The body is not JSON: {failure}."))),
    }
}
