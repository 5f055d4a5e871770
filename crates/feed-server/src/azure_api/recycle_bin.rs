//! What was deleted: feeds that can be given back or purged, and a feed's deleted versions as lists.
//!
//! **Invariant:** only what was deleted before is found here, and every item says when it goes for good.

use std::sync::Arc;

use serde_json::{Value, json};

use super::package_list::{ListedPackage, ListedVersion};
use super::{crates, wire};
use crate::access;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::{
    CrateRecord, FeedRecord, Shelf, VersionRecord, deleted_feeds, find_deleted_feed, purge_feed as purge,
    restore_feed as restore,
};

pub(super) async fn feeds(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let project = app.project(asked).await?.map(|project| project.id);
    let caller = Arc::clone(&asked.caller);
    let feeds = app
        .storage
        .read(move |connection| {
            let mut seen = Vec::new();
            for feed in deleted_feeds(connection, project.as_deref())? {
                if access::role_in(connection, &caller, &feed.id)?.is_some() {
                    seen.push(feed);
                }
            }
            Ok(seen)
        })
        .await?;
    Ok(feeds
        .iter()
        .map(|feed| wire::feed(app, feed, None, false))
        .collect())
}

pub(super) async fn restore_feed(app: &Arc<App>, asked: &Asked, patch: &[Value]) -> Result<(), Refusal> {
    if patch != [json!({ "op": "replace", "path": "/isDeleted", "value": false })] {
        return Err(Refusal::bad_request(
            "A deleted feed is given back by replacing `/isDeleted` with false, and by nothing else.",
        ));
    }
    let feed = find_feed(app, asked).await?;
    app.storage
        .write(move |transaction| restore(transaction, &feed).map_err(Refusal::from))
        .await
}

pub(super) async fn purge_feed(app: &Arc<App>, asked: &Asked) -> Result<(), Refusal> {
    let feed = find_feed(app, asked).await?;
    app.storage
        .write(move |transaction| {
            // It may have been given back meanwhile.
            if !FeedRecord::is_deleted(transaction, &feed.id)? {
                return Err(Refusal::unknown_feed(&feed.name));
            }
            Ok(purge(transaction, &feed)?)
        })
        .await
}

pub(super) async fn find_feed(app: &App, asked: &Asked) -> Result<FeedRecord, Refusal> {
    let project = app.project(asked).await?.map(|project| project.id);
    let named = asked.captured.text("feed").to_owned();
    let (key, caller) = (named.clone(), Arc::clone(&asked.caller));
    let found = app
        .storage
        .read(move |connection| {
            let found = find_deleted_feed(connection, project.as_deref(), &key)?;
            let role = match &found {
                Some(feed) => access::role_in(connection, &caller, &feed.id)?,
                None => None,
            };
            Ok(found.zip(role))
        })
        .await?;
    let (feed, role) = found.ok_or_else(|| Refusal::unknown_feed(&named))?;
    access::check(asked, role)?;
    Ok(feed)
}

pub(super) async fn crates(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let feed = app.feed(asked).await?.feed;
    let Some(page) = crates::page(asked, None, Shelf::Deleted)? else {
        return Ok(Vec::new());
    };
    let id = feed.id.clone();
    let found = app
        .storage
        .read(move |connection| CrateRecord::page(connection, &id, &page))
        .await?;
    let all = crates::flag(asked, "includeAllVersions").unwrap_or(false);
    Ok(found
        .into_iter()
        .map(|found| shown(app, asked, &feed, &only_deleted(found), all))
        .collect())
}

pub(super) async fn one_crate(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let (feed, found) = find(app, asked).await?;
    Ok(shown(app, asked, &feed, &found, true))
}

pub(super) async fn versions(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let (feed, found) = find(app, asked).await?;
    let full = |version| wire::deleted_version(app, &feed, &found, version);
    Ok(crates::newest_first(&found.versions)
        .into_iter()
        .map(full)
        .collect())
}

pub(super) async fn version(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let (feed, found) = find(app, asked).await?;
    let version = crates::by_id(asked, &found, &found.versions)?;
    Ok(wire::deleted_version(app, &feed, &found, version))
}

fn shown(app: &App, asked: &Asked, feed: &FeedRecord, found: &CrateRecord, all: bool) -> Value {
    let with_urls = crates::flag(asked, "includeUrls").unwrap_or(true);
    let versions = crates::newest_first(&found.versions)
        .into_iter()
        .take(if all { usize::MAX } else { 1 })
        .map(|version| ListedVersion::new(feed, version, false, false))
        .collect();
    ListedPackage::new(app, feed, found, Some(versions), with_urls).value()
}

/// The crate with what lies in the recycle bin in place of what is held.
fn only_deleted(found: CrateRecord) -> CrateRecord {
    let versions = found.deleted.into_iter();
    CrateRecord {
        versions: versions.filter(VersionRecord::is_in_recycle_bin).collect(),
        deleted: Vec::new(),
        ..found
    }
}

async fn find(app: &App, asked: &Asked) -> Result<(FeedRecord, CrateRecord), Refusal> {
    let (addressed, found) = crates::find(app, asked).await?;
    let (feed, found) = (addressed.feed, only_deleted(found));
    if found.versions.is_empty() {
        return Err(crates::unknown_crate(&found.id, &feed));
    }
    Ok((feed, found))
}
