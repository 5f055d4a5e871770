//! `cargo publish`: receive with bounds, check everything, keep all of it or nothing, then answer.
//!
//! **Invariant:** nothing is kept before the last check has passed, and nothing is answered before it is kept.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, header};
use serde_json::json;

use crate::archive::{self, ArchiveError, Bounds, ManifestFacts};
use crate::dispatch::{App, Asked};
use crate::index_line;
use crate::publish_metadata::{Metadata, MetadataError};
use crate::refusal::Refusal;
use crate::request_body::RequestBody;
use crate::storage::{CrateRecord, FeedRecord, NewVersion, Origin, PublishClash, Publisher, Received};
use crate::upstream::offered_by_feed;

/// The two lengths cargo writes before the metadata and before the crate.
const LENGTHS: u64 = 8;

/// How much of a program's name for itself is kept, in characters.
const LONGEST_AGENT: usize = 300;

/// Takes a new version.
pub(crate) async fn answer(
    app: &Arc<App>,
    asked: &Asked,
    body: &mut RequestBody,
) -> Result<Response<Body>, Refusal> {
    let feed = app.writable_feed(asked).await?;
    refuse_announced_size(app, asked)?;
    let metadata = receive_metadata(app, body).await?;
    // Asked before the crate is received, to spare a long upload; asked again when it is kept.
    refuse_taken(app, &feed, &metadata).await?;
    if !feed.name_conflicts {
        refuse_upstream(app, &feed, &metadata).await?;
    }
    let received = receive_crate(app, body).await?;
    let facts = check_archive(app, &received, &metadata).await?;
    let agent = asked.headers.get(header::USER_AGENT);
    let publisher = Publisher {
        identity: Some(asked.caller.identity.clone()),
        user_agent: agent.and_then(|agent| Some(agent.to_str().ok()?.chars().take(LONGEST_AGENT).collect())),
    };
    keep(app, &feed, metadata, facts, received, publisher).await?;
    let warnings = json!({ "warnings": { "invalid_categories": [], "invalid_badges": [], "other": [] } });
    Ok(json_answer(&warnings))
}

/// An answer to cargo that is not a refusal.
pub(crate) fn json_answer(value: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    let json = axum::http::HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn refuse_announced_size(app: &App, asked: &Asked) -> Result<(), Refusal> {
    let announced = asked.headers.get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let most = app.limits.metadata_bytes + app.limits.crate_bytes + LENGTHS;
    match announced {
        Some(length) if length > most => Err(too_large(app, length)),
        _ => Ok(()),
    }
}

async fn receive_metadata(app: &App, body: &mut RequestBody) -> Result<Metadata, Refusal> {
    let length = receive_length(body).await?;
    if length > app.limits.metadata_bytes {
        return Err(Refusal::too_large(format!(
            "The metadata is {length} bytes long; {} are allowed.",
            app.limits.metadata_bytes
        )));
    }
    let json = body.exactly(length).await?;
    Ok(Metadata::parse(&json)?)
}

async fn receive_crate(app: &Arc<App>, body: &mut RequestBody) -> Result<Received, Refusal> {
    let length = receive_length(body).await?;
    if length > app.limits.crate_bytes {
        return Err(too_large(app, length));
    }
    let mut incoming = app.storage.incoming().await?;
    while incoming.size() < length {
        match body.piece(length - incoming.size()).await? {
            Some(piece) => incoming.write(&piece).await?,
            None => {
                return Err(Refusal::bad_request(format!(
                    "The request says the crate is {length} bytes long, but only {} came; nothing was changed.",
                    incoming.size()
                )));
            }
        }
    }
    if body.piece(1).await?.is_some() {
        return Err(Refusal::bad_request(format!(
            "The request goes on after the {} bytes its lengths add up to; nothing was changed.",
            body.taken() - 1
        )));
    }
    Ok(incoming.finish().await?)
}

async fn receive_length(body: &mut RequestBody) -> Result<u64, Refusal> {
    let bytes = body.exactly(4).await?;
    Ok(bytes
        .iter()
        .rev()
        .fold(0, |length, byte| length << 8 | u64::from(*byte)))
}

async fn check_archive(
    app: &App,
    received: &Received,
    metadata: &Metadata,
) -> Result<ManifestFacts, Refusal> {
    let bounds = Bounds {
        unpacked_bytes: app.limits.unpacked_bytes,
        entries: app.limits.archive_entries,
    };
    let (path, name, version) = (
        received.path().to_owned(),
        metadata.name.clone(),
        metadata.vers.clone(),
    );
    let checking = tokio::task::spawn_blocking(move || archive::check(&path, &name, &version, bounds));
    match checking.await {
        Ok(checked) => Ok(checked?),
        Err(_) => Err(Refusal::bad_request("The crate could not be looked into.")),
    }
}

async fn refuse_taken(app: &App, feed: &FeedRecord, metadata: &Metadata) -> Result<(), Refusal> {
    let (id, name, version) = (feed.id.clone(), metadata.name.clone(), metadata.vers.clone());
    let clash = app
        .storage
        .read(move |connection| CrateRecord::clash(connection, &id, &name, &version))
        .await?;
    match clash {
        Some(clash) => Err(taken(&metadata.name, &metadata.vers, &clash)),
        None => Ok(()),
    }
}

/// A number that exists upstream cannot be published while that upstream is on: two crates would share it.
async fn refuse_upstream(app: &App, feed: &FeedRecord, metadata: &Metadata) -> Result<(), Refusal> {
    let (name, version) = (&metadata.name, &metadata.vers);
    for source in feed.sources() {
        let entry = match &source.internal {
            Some(_) => {
                let offered = offered_by_feed(&app.storage, source, name).await?;
                let held = offered.as_ref().map(|offered| &offered.held);
                Some(index_line::merge(held, &[]).text.into())
            }
            None => app.upstream.entry(name).await?,
        };
        let Some(entry) = entry else { continue };
        for (_, line) in index_line::glance(&entry) {
            if line.name != *name {
                return Err(Refusal::conflict(
                    "PackageAlreadyExistsException",
                    format!(
                        "The upstream `{}` has this crate as `{}`; use that spelling.",
                        source.name, line.name
                    ),
                ));
            }
            let theirs = semver::Version::parse(&line.vers);
            if theirs.is_ok_and(|theirs| theirs.cmp_precedence(version).is_eq()) {
                return Err(Refusal::conflict(
                    "PackageAlreadyExistsException",
                    format!(
                        "`{name} {}` exists in the upstream `{}`, so it cannot be published to the feed `{}`.",
                        line.vers, source.name, feed.name
                    ),
                ));
            }
        }
    }
    Ok(())
}

async fn keep(
    app: &App,
    feed: &FeedRecord,
    metadata: Metadata,
    facts: ManifestFacts,
    received: Received,
    publisher: Publisher,
) -> Result<(), Refusal> {
    let line = index_line::published(&metadata, received.digest()).map_err(|failure| {
        Refusal::bad_request(format!("The metadata cannot be written down: {failure}."))
    })?;
    let authors = if metadata.authors.is_empty() {
        facts.authors
    } else {
        metadata.authors
    };
    let new = NewVersion {
        name: metadata.name,
        version: metadata.vers,
        digest: received.digest().to_owned(),
        size: received.size(),
        line,
        origin: Origin::Published(publisher),
        description: metadata
            .description
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty()),
        authors: (!authors.is_empty()).then(|| authors.join(", ")),
        keywords: (!metadata.keywords.is_empty()).then(|| metadata.keywords.join(" ")),
    };
    let (feed_id, feed_name) = (feed.id.clone(), feed.name.clone());
    app.storage
        .keep(received, move |transaction| {
            // The feed may have been deleted, and the number taken, while the crate was on its way.
            if FeedRecord::is_deleted(transaction, &feed_id)? {
                return Err(Refusal::unknown_feed(&feed_name));
            }
            if let Some(clash) = CrateRecord::clash(transaction, &feed_id, &new.name, &new.version)? {
                return Err(taken(&new.name, &new.version, &clash));
            }
            new.insert(transaction, &feed_id)?;
            Ok(())
        })
        .await
}

fn taken(name: &str, version: &semver::Version, clash: &PublishClash) -> Refusal {
    let message = match clash {
        PublishClash::Name { held } => format!(
            "The feed has a crate `{held}`; `{name}` differs only in capitals, `-` and `_`, which are not told apart."
        ),
        PublishClash::Version { held } if *held == version.to_string() => {
            format!("The feed has `{name} {held}` already; a version number can be used only once.")
        }
        PublishClash::Version { held } => format!(
            "The feed has `{name} {held}` already, and `{version}` differs from it only in its build metadata."
        ),
        PublishClash::Deleted { held } => format!(
            "`{name} {held}` was deleted from the feed; a version number can be used only once, even after that."
        ),
    };
    Refusal::conflict("PackageAlreadyExistsException", message)
}

fn too_large(app: &App, length: u64) -> Refusal {
    Refusal::too_large(format!(
        "The crate is {length} bytes long; this server takes up to {}.",
        app.limits.crate_bytes
    ))
}

impl From<MetadataError> for Refusal {
    fn from(failure: MetadataError) -> Self {
        Self::bad_request(format!("The publish is refused: {failure}."))
    }
}

impl From<ArchiveError> for Refusal {
    fn from(failure: ArchiveError) -> Self {
        Self::bad_request(format!("The publish is refused: {failure}."))
    }
}
