//! One version of a crate by its name and number: Azure's own API for Cargo, apart from cargo's protocol.
//!
//! **Invariant:** a number that was used stays used: deleting hides a version, and purging lets go of its file alone.

use std::sync::Arc;

use axum::http::StatusCode;
use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

use super::crates::flag;
use super::feed_input::text;
use super::wire;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::{CrateRecord, FeedRecord, StorageError, VersionRecord, ViewRecord};

/// A version as a path or a batch names it.
#[derive(Clone)]
pub(super) struct Named {
    feed: String,
    name: String,
    version: String,
}

pub(super) async fn one(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let addressed = app.feed(asked).await?;
    let (named, view) = (named(&addressed.feed, asked), addressed.view.clone());
    let with_deleted = flag(asked, "showDeleted").unwrap_or(false);
    let (held, version) = app
        .storage
        .read(move |connection| {
            let Some(held) = find_crate(connection, &named)? else {
                return Ok(Err(named.unknown()));
            };
            let held = held.seen_through(view.as_ref());
            let deleted = held.deleted.iter().filter(|_| with_deleted);
            let mut versions = held.versions.iter().chain(deleted);
            let version = versions.find(|one| one.version == named.version).cloned();
            Ok(version
                .map(|version| (held, version))
                .ok_or_else(|| named.unknown()))
        })
        .await??;
    Ok(wire::cargo_version(app, &addressed.feed, &held, &version))
}

pub(super) async fn delete(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let (feed, named) = writable(app, asked).await?;
    let (held, version) = app
        .storage
        .write(move |transaction| {
            let (held, version) = held_version(transaction, &named)?;
            Ok::<_, Refusal>((held, version.delete(transaction)?))
        })
        .await?;
    Ok(wire::cargo_version(app, &feed, &held, &version))
}

pub(super) async fn promote(app: &Arc<App>, asked: &Asked, body: &Value) -> Result<(), Refusal> {
    let (feed, named) = writable(app, asked).await?;
    let patch = &body["views"];
    let wanted = text(patch, "value")?.filter(|_| patch["op"] == "add" && patch["path"] == "/views/-");
    let Some(wanted) = wanted else {
        return Err(Refusal::bad_request(
            "A version is promoted by adding a view's name or id to `/views/-`, and nothing else of it can change.",
        ));
    };
    let view = destination(&feed, wanted)?;
    app.storage
        .write(move |transaction| {
            let (_, version) = held_version(transaction, &named)?;
            Ok(view.promote(transaction, &version.id)?)
        })
        .await
}

pub(super) async fn deleted(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let named = named(&app.feed(asked).await?.feed, asked);
    let (held, version) = app
        .storage
        .read(move |connection| Ok(deleted_version(connection, &named)))
        .await??;
    Ok(json!({ "name": held.name, "version": version.version, "deletedDate": version.deleted_at }))
}

pub(super) async fn restore(app: &Arc<App>, asked: &Asked, body: &Value) -> Result<(), Refusal> {
    if body["deleted"] != false {
        return Err(Refusal::bad_request(
            "A deleted version is given back by setting `deleted` to false.",
        ));
    }
    let (_, named) = writable(app, asked).await?;
    app.storage
        .write(move |transaction| {
            let (_, version) = deleted_version(transaction, &named)?;
            Ok(version.restore(transaction)?)
        })
        .await
}

pub(super) async fn purge(app: &Arc<App>, asked: &Asked) -> Result<(), Refusal> {
    let (_, named) = writable(app, asked).await?;
    app.storage
        .write(move |transaction| {
            let (_, version) = deleted_version(transaction, &named)?;
            Ok(version.purge(transaction)?)
        })
        .await
}

async fn writable(app: &App, asked: &Asked) -> Result<(FeedRecord, Named), Refusal> {
    let feed = app.writable_feed(asked).await?;
    let named = named(&feed, asked);
    Ok((feed, named))
}

fn named(feed: &FeedRecord, asked: &Asked) -> Named {
    Named::new(feed, asked.captured.text("crate"), asked.captured.text("version"))
}

/// A view that versions can be promoted into.
pub(super) fn destination(feed: &FeedRecord, named: &str) -> Result<ViewRecord, Refusal> {
    let view = feed
        .view(named)
        .cloned()
        .ok_or_else(|| Refusal::unknown_view(named))?;
    if view.holds_everything() {
        return Err(Refusal::bad_request(format!(
            "Every version is in the view '{}' already.",
            view.name
        )));
    }
    Ok(view)
}

impl Named {
    pub(super) fn new(feed: &FeedRecord, name: &str, version: &str) -> Self {
        Self {
            feed: feed.id.clone(),
            name: name.to_owned(),
            version: version.to_owned(),
        }
    }

    fn unknown(&self) -> Refusal {
        Refusal::new(
            StatusCode::NOT_FOUND,
            "PackageVersionNotFoundException",
            format!(
                "The feed has no version `{}` of a crate `{}`.",
                self.version, self.name
            ),
        )
    }
}

fn find_crate(connection: &Connection, named: &Named) -> Result<Option<CrateRecord>, StorageError> {
    CrateRecord::find(connection, &named.feed, &named.name)
}

/// Found again within the transaction that changes it: it may have been deleted or given back meanwhile.
pub(super) fn held_version(
    transaction: &Transaction<'_>,
    named: &Named,
) -> Result<(CrateRecord, VersionRecord), Refusal> {
    let held = find_crate(transaction, named)?.ok_or_else(|| named.unknown())?;
    let version = held.versions.iter().find(|one| one.version == named.version);
    let version = version.cloned().ok_or_else(|| named.unknown())?;
    Ok((held, version))
}

/// Found again within the transaction, as above; what is purged is not found.
pub(super) fn deleted_version(
    connection: &Connection,
    named: &Named,
) -> Result<(CrateRecord, VersionRecord), Refusal> {
    let held = find_crate(connection, named)?.ok_or_else(|| named.unknown())?;
    let version = held
        .deleted
        .iter()
        .find(|one| one.is_in_recycle_bin() && one.version == named.version);
    let version = version.cloned().ok_or_else(|| named.unknown())?;
    Ok((held, version))
}
