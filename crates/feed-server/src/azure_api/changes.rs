//! What changed since somebody last looked: feeds of an organization, versions of a feed.
//!
//! **Invariant:** read-only, and a token means "strictly after": whoever hands back the one they were given misses nothing
//! and hears nothing twice.

use std::sync::Arc;

use serde_json::{Value, json};

use super::crates::{flag, is_same, latest, number};
use super::package_list::ListedPackage;
use super::wire;
use crate::access;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::{ChangedFeed, ChangedVersion, FeedState, VersionRecord};

/// How many changes an answer has when nobody says, and at most.
const BATCH: u32 = 1000;
const LARGEST_BATCH: u32 = 2000;

const CHANGED: &str = "addOrUpdate";
const DELETED: &str = "delete";
const PURGED: &str = "permanentDelete";

pub(super) async fn feeds(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let project = app.project(asked).await?.map(|project| project.id);
    let (token, most) = (token(asked)?, batch(asked)?);
    let with_deleted = flag(asked, "includeDeleted").unwrap_or(false);
    let caller = Arc::clone(&asked.caller);
    let changed = app
        .storage
        .read(move |connection| {
            let all = ChangedFeed::after(connection, project.as_deref(), token, with_deleted)?;
            let mut seen = Vec::new();
            for changed in all {
                if access::role_in(connection, &caller, changed.state.id())?.is_some() {
                    seen.push(changed);
                }
            }
            Ok(seen)
        })
        .await?;
    let changed: Vec<_> = changed.iter().take(most as usize).collect();
    let next = changed.last().map_or(token, |last| last.token);
    let shown: Vec<_> = changed.iter().map(|changed| shown_feed(app, changed)).collect();
    Ok(json!({
        "count": shown.len(),
        "feedChanges": shown,
        "nextFeedContinuationToken": next,
    }))
}

pub(super) async fn one_feed(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let feed = app.feed(asked).await?.feed;
    let id = feed.id.clone();
    let changed = app
        .storage
        .read(move |connection| ChangedFeed::of(connection, &id))
        .await?;
    let changed = changed.ok_or_else(|| Refusal::unknown_feed(&feed.name))?;
    Ok(shown_feed(app, &changed))
}

pub(super) async fn versions(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let feed = app.feed(asked).await?.feed;
    let (token, most) = (token(asked)?, batch(asked)?);
    let id = feed.id.clone();
    let (changed, crates) = app
        .storage
        .read(move |connection| ChangedVersion::after(connection, &id, token, most))
        .await?;
    let next = changed.last().map_or(token, |last| last.token);
    let shown = changed.iter().filter_map(|changed| {
        let held = crates.get(&changed.held)?;
        let is_latest = is_same(latest(held), &changed.version);
        Some(json!({
            "package": ListedPackage::new(app, &feed, held, None, true),
            "packageVersionChange": {
                "changeType": kind(&changed.version),
                "continuationToken": changed.token,
                "packageVersion": wire::full_version(app, &feed, held, &changed.version, is_latest),
            },
        }))
    });
    let shown: Vec<_> = shown.collect();
    Ok(json!({
        "count": shown.len(),
        "packageChanges": shown,
        "nextPackageContinuationToken": next,
    }))
}

fn shown_feed(app: &App, changed: &ChangedFeed) -> Value {
    let (kind, feed) = match &changed.state {
        FeedState::There(feed) => {
            let kind = if feed.deleted_at.is_some() {
                DELETED
            } else {
                CHANGED
            };
            (kind, wire::feed(app, feed, None, false))
        }
        FeedState::Purged { id, name, at } => (
            PURGED,
            json!({ "id": id, "name": name, "permanentDeletedDate": at }),
        ),
    };
    json!({
        "changeType": kind,
        "feed": feed,
        "feedContinuationToken": changed.token,
        "latestPackageContinuationToken": changed.latest,
    })
}

fn kind(version: &VersionRecord) -> &'static str {
    match (&version.deleted_at, &version.purged_at) {
        (_, Some(_)) => PURGED,
        (Some(_), None) => DELETED,
        (None, None) => CHANGED,
    }
}

/// The place in the log a client knows; none is the beginning.
fn token(asked: &Asked) -> Result<i64, Refusal> {
    let Some(text) = asked.parameter("continuationToken") else {
        return Ok(0);
    };
    text.parse()
        .map_err(|_| Refusal::bad_request("`continuationToken` is not a token that an answer named."))
}

fn batch(asked: &Asked) -> Result<u32, Refusal> {
    let wanted = number(asked, "batchSize")?.unwrap_or(BATCH);
    if (1..=LARGEST_BATCH).contains(&wanted) {
        Ok(wanted)
    } else {
        Err(Refusal::bad_request(format!(
            "`batchSize` is between 1 and {LARGEST_BATCH}."
        )))
    }
}
