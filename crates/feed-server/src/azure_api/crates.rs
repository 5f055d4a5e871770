//! Crates and versions as Azure's package lists show them: what is held, never what upstream merely has.
//!
//! **Invariant:** read-only; yanking goes through cargo's web API.

use std::cmp::Ordering;
use std::sync::Arc;

use semver::Version;
use serde_json::Value;

use super::wire;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::{CrateRecord, FeedRecord, VersionRecord};

/// How many crates a page has when the client does not say.
const PAGE: u32 = 1000;

pub(super) async fn all(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let feed = app.feed(asked).await?.feed;
    let protocol = asked.parameter("protocolType");
    if asked.parameter("isListed").is_some() {
        return Err(Refusal::not_found(
            "ProtocolNotFoundException",
            "`isListed` applies to NuGet only; leave it out for crates.",
        ));
    }
    if flag(asked, "getTopPackageVersions") == Some(true) {
        return Err(Refusal::bad_request(
            "`getTopPackageVersions` is not supported on this computer.",
        ));
    }
    let containing = asked.parameter("packageNameQuery").unwrap_or_default();
    if !containing
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    {
        return Err(Refusal::bad_request(
            "`packageNameQuery` holds characters no crate name can have.",
        ));
    }
    let skip = number(asked, "$skip")?.unwrap_or(0);
    let top = number(asked, "$top")?.unwrap_or(PAGE);
    if protocol.is_some_and(|protocol| !protocol.eq_ignore_ascii_case(wire::PROTOCOL)) {
        return Ok(Vec::new());
    }
    let upstream = asked
        .parameter("directUpstreamId")
        .map(|id| id.to_ascii_lowercase());
    let id = feed.id.clone();
    let held = app
        .storage
        .read(move |connection| {
            CrateRecord::page(connection, &id, &containing, upstream.as_deref(), skip, top)
        })
        .await?;
    Ok(held.iter().map(|held| shown(app, &feed, held, asked)).collect())
}

pub(super) async fn one(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let (feed, held) = find(app, asked).await?;
    Ok(shown(app, &feed, &held, asked))
}

pub(super) async fn versions(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let (feed, held) = find(app, asked).await?;
    if flag(asked, "isDeleted") == Some(true) {
        return Ok(Vec::new());
    }
    let latest = latest(&held);
    let newest_first = newest_first(&held);
    let full = |version| wire::full_version(app, &feed, &held, version, is_same(latest, version));
    Ok(newest_first.into_iter().map(full).collect())
}

pub(super) async fn version(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let (feed, held) = find(app, asked).await?;
    let id = asked.captured.text("version");
    let found = held
        .versions
        .iter()
        .find(|version| version.id.eq_ignore_ascii_case(id));
    match found {
        Some(version) => Ok(wire::full_version(
            app,
            &feed,
            &held,
            version,
            is_same(latest(&held), version),
        )),
        None => Err(Refusal::not_found(
            "PackageVersionNotFoundException",
            format!(
                "The version with ID '{id}' doesn't exist in the package '{}'.",
                held.name
            ),
        )),
    }
}

/// A parameter that is true or false.
pub(super) fn flag(asked: &Asked, name: &str) -> Option<bool> {
    asked
        .parameter(name)
        .map(|value| value.eq_ignore_ascii_case("true"))
}

/// A parameter that counts.
pub(super) fn number(asked: &Asked, name: &str) -> Result<Option<u32>, Refusal> {
    let Some(text) = asked.parameter(name) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(Refusal::bad_request(format!(
            "`{name}` is not a number from 0 on."
        ))),
    }
}

async fn find(app: &App, asked: &Asked) -> Result<(FeedRecord, CrateRecord), Refusal> {
    let feed = app.feed(asked).await?.feed;
    let id = asked.captured.text("crate").to_owned();
    let (feed_id, key) = (feed.id.clone(), id.clone());
    let held = app
        .storage
        .read(move |connection| CrateRecord::by_id(connection, &feed_id, &key))
        .await?;
    match held {
        Some(held) => Ok((feed, held)),
        None => Err(Refusal::not_found(
            "PackageNotFoundException",
            format!(
                "The package with ID '{id}' doesn't exist in the feed '{}'.",
                feed.name
            ),
        )),
    }
}

fn shown(app: &App, feed: &FeedRecord, held: &CrateRecord, asked: &Asked) -> Value {
    let with_description = flag(asked, "includeDescription").unwrap_or(false);
    let all = flag(asked, "includeAllVersions").unwrap_or(false);
    let latest = latest(held);
    let versions = newest_first(held)
        .into_iter()
        .filter(|version| all || is_same(latest, version))
        .map(|version| wire::version(feed, version, is_same(latest, version), with_description))
        .collect();
    wire::package(app, feed, held, versions)
}

fn is_same(latest: Option<&VersionRecord>, version: &VersionRecord) -> bool {
    latest.is_some_and(|latest| latest.id == version.id)
}

fn newest_first(held: &CrateRecord) -> Vec<&VersionRecord> {
    let mut versions: Vec<_> = held
        .versions
        .iter()
        .map(|version| (Version::parse(&version.version).ok(), version))
        .collect();
    versions.sort_by(|(one, _), (other, _)| other.cmp(one));
    versions.into_iter().map(|(_, version)| version).collect()
}

/// What somebody would want today: rather not yanked, rather released, rather new.
fn latest(held: &CrateRecord) -> Option<&VersionRecord> {
    let rank = |version: &VersionRecord| {
        let number = Version::parse(&version.version).ok();
        (
            !version.is_yanked(),
            number.as_ref().is_some_and(|number| number.pre.is_empty()),
            number,
        )
    };
    held.versions
        .iter()
        .max_by(|one, other| rank(one).partial_cmp(&rank(other)).unwrap_or(Ordering::Equal))
}
