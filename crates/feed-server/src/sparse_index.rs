//! cargo's sparse index of a feed: `config.json` and one file per crate.
//!
//! **Invariant:** what is listed can be downloaded here: held versions always, upstream's while upstream is on.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::crate_name;
use crate::dispatch::{Addressed, App, Asked};
use crate::index_line;
use crate::publish::json_answer;
use crate::refusal::Refusal;
use crate::sources;
use crate::storage::{CrateRecord, Storage, StorageError, VersionRecord};

/// Answers for one file of the index.
pub(crate) async fn answer(app: &Arc<App>, asked: &Asked) -> Result<Response<Body>, Refusal> {
    let addressed = app.feed(asked).await?;
    let path = asked.captured.text("path");
    if path == "config.json" {
        let api = app.registry_url(&addressed.feed);
        let download = format!("{api}/api/v1/crates/{{crate}}/{{version}}/download");
        return Ok(json_answer(
            &json!({ "dl": download, "api": api, "auth-required": true }),
        ));
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let well_formed =
        crate_name::check(name).is_ok() && path.eq_ignore_ascii_case(&crate_name::index_path(name));
    let text = if well_formed {
        entry(app, &addressed, name).await?
    } else {
        String::new()
    };
    if text.is_empty() {
        return Err(Refusal::not_found(
            "PackageNotFoundException",
            format!("The feed `{}` has no crate at `{path}`.", addressed.feed.name),
        ));
    }
    Ok(with_etag(asked, text))
}

async fn entry(app: &App, addressed: &Addressed, name: &str) -> Result<String, Refusal> {
    let (feed, key) = (addressed.feed.id.clone(), name.to_owned());
    let held = app
        .storage
        .read(move |connection| CrateRecord::find(connection, &feed, &key))
        .await?;
    // What is private stays so: a public upstream is not even asked for the name.
    let offers = match addressed.view {
        Some(_) => Vec::new(),
        None => sources::offers(app, &addressed.feed, held.as_ref(), name).await?,
    };
    // The index tells spellings apart, as crates.io's does; what differs in `-` and `_` is not found.
    let held = held
        .filter(|held| held.name.eq_ignore_ascii_case(name))
        .map(|held| held.seen_through(addressed.view.as_ref()));
    let merged = index_line::merge(held.as_ref(), &offers);
    if !merged.yank_news.is_empty() {
        note_yanks(&app.storage, merged.yank_news).await?;
    }
    Ok(merged.text)
}

/// Keeps what upstream said last, for the time it cannot be asked.
async fn note_yanks(storage: &Arc<Storage>, news: Vec<(String, bool)>) -> Result<(), StorageError> {
    storage
        .write(move |transaction| {
            for (id, yanked) in &news {
                VersionRecord::set_upstream_yanked(transaction, id, *yanked)?;
            }
            Ok(())
        })
        .await
}

fn with_etag(asked: &Asked, text: String) -> Response<Body> {
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{hex}\"");
    let known = asked
        .headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|value| value.trim().trim_start_matches("W/"))
        .any(|value| value == "*" || value == etag);
    let mut response = if known {
        let mut unchanged = Response::new(Body::empty());
        *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
        unchanged
    } else {
        Response::new(Body::from(text))
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}
