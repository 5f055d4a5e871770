//! Crates and versions as Azure's package lists show them: what is held, never what upstream merely has.
//!
//! **Invariant:** read-only; yanking goes through cargo's web API, deleting through Azure's own API for Cargo.

use std::cmp::Ordering;
use std::sync::Arc;

use semver::Version;
use serde_json::Value;

use super::package_list::{self, ListedPackage, ListedVersion};
use super::wire;
use crate::dispatch::{Addressed, App, Asked};
use crate::refusal::Refusal;
use crate::storage::{CrateRecord, FeedRecord, Page, Shelf, VersionRecord, ViewRecord};

/// How many crates a page has when the client does not say.
const PAGE: u32 = 1000;

/// The text of a whole page.
pub(super) async fn all(app: &Arc<App>, asked: &Asked) -> Result<String, Refusal> {
    let addressed = app.feed(asked).await?;
    let shelf = shelf(asked, &addressed.feed);
    let Some(page) = page(asked, addressed.view.as_ref(), shelf)? else {
        return Ok(package_list::text(&[]));
    };
    let (feed, view) = (addressed.feed, addressed.view);
    let look = Look::asked(asked, shelf);
    let id = feed.id.clone();
    let counts_versions = look.all && flag(asked, "getTopPackageVersions") == Some(true);
    let held = app
        .storage
        .read(move |connection| {
            if counts_versions {
                return CrateRecord::page_of_versions(connection, &id, &page);
            }
            let whole = CrateRecord::page(connection, &id, &page)?.into_iter();
            Ok(whole.map(|held| (held, 0, usize::MAX)).collect())
        })
        .await?;
    let seen: Vec<_> = held
        .into_iter()
        .map(|(held, before, most)| (held.seen_through(view.as_ref()), before, most))
        .collect();
    let shown: Vec<_> = seen
        .iter()
        .map(|(held, before, most)| look.at(app, &feed, held, *before, *most))
        .collect();
    Ok(package_list::text(&shown))
}

/// Which crates a list asks for; `None` for another protocol's.
pub(super) fn page(asked: &Asked, view: Option<&ViewRecord>, shelf: Shelf) -> Result<Option<Page>, Refusal> {
    let protocol = asked.parameter("protocolType");
    if asked.parameter("isListed").is_some() {
        return Err(Refusal::not_found(
            "ProtocolNotFoundException",
            "`isListed` applies to NuGet only; leave it out for crates.",
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
    let page = Page {
        containing,
        upstream: asked
            .parameter("directUpstreamId")
            .map(|id| id.to_ascii_lowercase()),
        promoted: view
            .filter(|view| !view.holds_everything())
            .map(|view| view.id.clone()),
        shelf,
        skip: number(asked, "$skip")?.unwrap_or(0),
        top: number(asked, "$top")?.unwrap_or(PAGE),
    };
    let ours = protocol.is_none_or(|protocol| protocol.eq_ignore_ascii_case(wire::PROTOCOL));
    Ok(ours.then_some(page))
}

pub(super) async fn one(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let (addressed, held) = find(app, asked).await?;
    let held = held.seen_through(addressed.view.as_ref());
    let shelf = shelf(asked, &addressed.feed);
    if held.versions.is_empty() && shelf == Shelf::Held {
        return Err(unknown_crate(&held.id, &addressed.feed));
    }
    Ok(Look::asked(asked, shelf)
        .at(app, &addressed.feed, &held, 0, usize::MAX)
        .value())
}

pub(super) async fn versions(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let (addressed, held) = find(app, asked).await?;
    let held = held.seen_through(addressed.view.as_ref());
    let latest = latest(&held);
    // Unset means all, the deleted ones too.
    let wanted = flag(asked, "isDeleted");
    let chosen = newest_first(held.versions.iter().chain(in_recycle_bin(&held)))
        .into_iter()
        .filter(|version| wanted.is_none_or(|deleted| deleted == version.deleted_at.is_some()));
    let full = |version| wire::full_version(app, &addressed.feed, &held, version, is_same(latest, version));
    Ok(chosen.map(full).collect())
}

pub(super) async fn version(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let (addressed, held) = find(app, asked).await?;
    let held = held.seen_through(addressed.view.as_ref());
    let version = by_id(asked, &held, held.versions.iter().chain(in_recycle_bin(&held)))?;
    let is_latest = is_same(latest(&held), version);
    Ok(wire::full_version(
        app,
        &addressed.feed,
        &held,
        version,
        is_latest,
    ))
}

/// The version whose id a path names.
pub(super) fn by_id<'v>(
    asked: &Asked,
    held: &CrateRecord,
    versions: impl IntoIterator<Item = &'v VersionRecord>,
) -> Result<&'v VersionRecord, Refusal> {
    let id = asked.captured.text("version");
    let found = versions
        .into_iter()
        .find(|version| version.id.eq_ignore_ascii_case(id));
    found.ok_or_else(|| {
        Refusal::not_found(
            "PackageVersionNotFoundException",
            format!(
                "The version with ID '{id}' doesn't exist in the package '{}'.",
                held.name
            ),
        )
    })
}

/// Whether deleted versions are listed too: where one asks, and else as the feed was told. That a question counts more than the
/// feed is inferred.
fn shelf(asked: &Asked, feed: &FeedRecord) -> Shelf {
    match flag(asked, "includeDeleted").unwrap_or(!feed.hide_deleted) {
        true => Shelf::HeldAndDeleted,
        false => Shelf::Held,
    }
}

pub(super) fn in_recycle_bin(held: &CrateRecord) -> impl Iterator<Item = &VersionRecord> {
    held.deleted.iter().filter(|version| version.is_in_recycle_bin())
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

pub(super) async fn find(app: &App, asked: &Asked) -> Result<(Addressed, CrateRecord), Refusal> {
    let addressed = app.feed(asked).await?;
    let id = asked.captured.text("crate").to_owned();
    let (feed_id, key) = (addressed.feed.id.clone(), id.clone());
    let held = app
        .storage
        .read(move |connection| CrateRecord::by_id(connection, &feed_id, &key))
        .await?;
    match held {
        Some(held) => Ok((addressed, held)),
        None => Err(unknown_crate(&id, &addressed.feed)),
    }
}

pub(super) fn unknown_crate(id: &str, feed: &FeedRecord) -> Refusal {
    Refusal::not_found(
        "PackageNotFoundException",
        format!(
            "The package with ID '{id}' doesn't exist in the feed '{}'.",
            feed.name
        ),
    )
}

/// How much of a crate a list shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    all: bool,
    with_description: bool,
    with_urls: bool,
    shelf: Shelf,
}

impl Look {
    fn asked(asked: &Asked, shelf: Shelf) -> Self {
        let is = |name: &str| flag(asked, name);
        Self {
            all: is("includeAllVersions").unwrap_or(false),
            with_description: is("includeDescription").unwrap_or(false),
            with_urls: is("includeUrls").unwrap_or(true),
            shelf,
        }
    }

    /// A crate, without so many of its versions and with at most so many of the rest.
    fn at<'a>(
        self,
        app: &App,
        feed: &'a FeedRecord,
        held: &'a CrateRecord,
        before: usize,
        most: usize,
    ) -> ListedPackage<'a> {
        let latest = latest(held);
        let deleted = in_recycle_bin(held).filter(|_| self.shelf == Shelf::HeldAndDeleted);
        let versions = newest_first(held.versions.iter().chain(deleted))
            .into_iter()
            // Of a crate whose every version is deleted, each is shown.
            .filter(|version| self.all || latest.is_none() || is_same(latest, version))
            .skip(before)
            .take(most)
            .map(|version| ListedVersion::new(feed, version, is_same(latest, version), self.with_description))
            .collect();
        ListedPackage::new(app, feed, held, Some(versions), self.with_urls)
    }
}

pub(super) fn is_same(latest: Option<&VersionRecord>, version: &VersionRecord) -> bool {
    latest.is_some_and(|latest| latest.id == version.id)
}

pub(super) fn newest_first<'v>(
    versions: impl IntoIterator<Item = &'v VersionRecord>,
) -> Vec<&'v VersionRecord> {
    let mut versions: Vec<_> = versions
        .into_iter()
        .map(|version| (Version::parse(&version.version).ok(), version))
        .collect();
    versions.sort_by(|(one, _), (other, _)| other.cmp(one));
    versions.into_iter().map(|(_, version)| version).collect()
}

/// What somebody would want today: rather not yanked, rather released, rather new.
pub(super) fn latest(held: &CrateRecord) -> Option<&VersionRecord> {
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
