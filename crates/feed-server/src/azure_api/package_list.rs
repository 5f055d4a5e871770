//! Packages and versions as lists have them, written straight into text: a page holds thousands.
//!
//! **Invariant:** only written, never read; what a list leaves out stands in `wire.rs`.

use serde::Serialize;
use serde_json::{Value, json};

use super::wire::{self, PROTOCOL};
use crate::crate_name::fold;
use crate::dispatch::App;
use crate::storage::{CrateRecord, FeedRecord, VersionRecord, ViewRecord};

/// A crate in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListedPackage<'a> {
    id: &'a str,
    normalized_name: String,
    name: &'a str,
    protocol_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<Vec<ListedVersion<'a>>>,
    #[serde(rename = "_links", skip_serializing_if = "Option::is_none")]
    links: Option<Links>,
}

#[derive(Debug, Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: Link,
    feed: Link,
    versions: Link,
}

#[derive(Debug, Serialize)]
struct Link {
    href: String,
}

/// A version in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListedVersion<'a> {
    id: &'a str,
    normalized_version: &'a str,
    version: &'a str,
    is_latest: bool,
    is_listed: bool,
    storage_id: String,
    views: Vec<ListedView<'a>>,
    publish_date: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    direct_upstream_source_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_deleted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package_description: Option<&'a str>,
}

/// A view, as short as a list of versions has it.
#[derive(Debug, Serialize)]
struct ListedView<'a> {
    id: &'a str,
    name: &'a str,
    url: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'a str,
}

/// A list, wrapped as lists travel.
#[derive(Debug, Serialize)]
struct Wrapped<'a> {
    count: usize,
    value: &'a [ListedPackage<'a>],
}

/// The text of a list of packages.
pub(super) fn text(packages: &[ListedPackage<'_>]) -> String {
    let list = Wrapped {
        count: packages.len(),
        value: packages,
    };
    // Texts and flags can always be written.
    serde_json::to_string(&list).unwrap_or_default()
}

impl<'a> ListedPackage<'a> {
    /// `versions` is left out where a change is told, addresses where nobody wants them.
    pub(super) fn new(
        app: &App,
        feed: &FeedRecord,
        held: &'a CrateRecord,
        versions: Option<Vec<ListedVersion<'a>>>,
        with_urls: bool,
    ) -> Self {
        let url = with_urls.then(|| wire::package_url(app, feed, held));
        let links = url.as_ref().map(|url| Links {
            own: Link { href: url.clone() },
            feed: Link {
                href: wire::feed_url(app, feed),
            },
            versions: Link {
                href: format!("{url}/Versions"),
            },
        });
        Self {
            id: &held.id,
            normalized_name: fold(&held.name),
            name: &held.name,
            protocol_type: PROTOCOL,
            url,
            versions,
            links,
        }
    }

    pub(super) fn value(&self) -> Value {
        json!(self)
    }
}

impl<'a> ListedVersion<'a> {
    pub(super) fn new(
        feed: &'a FeedRecord,
        version: &'a VersionRecord,
        is_latest: bool,
        with_description: bool,
    ) -> Self {
        let shows = |view: &&ViewRecord| view.holds_everything() || version.promoted.contains(&view.id);
        Self {
            id: &version.id,
            normalized_version: &version.version,
            version: &version.version,
            is_latest,
            is_listed: !version.is_yanked(),
            storage_id: format!("{}00", version.digest.to_ascii_uppercase()),
            views: feed.views.iter().filter(shows).map(ListedView::new).collect(),
            publish_date: &version.saved_at,
            direct_upstream_source_id: version.upstream.as_deref(),
            is_deleted: version.deleted_at.is_some().then_some(true),
            package_description: version.description.as_deref().filter(|_| with_description),
        }
    }
}

impl<'a> ListedView<'a> {
    fn new(view: &'a ViewRecord) -> Self {
        Self {
            id: &view.id,
            name: &view.name,
            url: None,
            kind: &view.kind,
        }
    }
}
