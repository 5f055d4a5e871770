//! What a feed holds, what changed in it, and its recycle bin: the feeds' host, where crates and versions are GUIDs.
//!
//! **Invariant**: as the room's front door says: sends nothing. `isListed` is never sent: for cargo it answers 404.

use reqwest::Method;
use serde_json::json;
use url::Url;

use crate::accounts::AccountPlace;
use crate::feeds::FeedReference;
use crate::http::Request;

use super::{Version, at, of_feed, packaging, versioned};

/// How many changes one page holds.
const CHANGES: &str = "1000";

/// One page of a feed's crates with all their versions.
pub(in crate::feeds) fn crate_page(
    place: &AccountPlace,
    reference: &FeedReference,
    skip: usize,
    top: usize,
) -> Request {
    let (top, skip) = (top.to_string(), skip.to_string());
    let query = [
        ("protocolType", "cargo"),
        ("includeAllVersions", "true"),
        ("includeDescription", "true"),
        ("includeUrls", "false"),
        ("$top", &top),
        ("$skip", &skip),
    ];
    Request::get(
        of_feed(place, reference, &["packages"], &query),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/packages",
    )
}

/// The crates whose name contains a text: how one finds a crate's GUID.
pub(in crate::feeds) fn crate_find(
    place: &AccountPlace,
    reference: &FeedReference,
    name: &str,
    skip: usize,
) -> Request {
    let (top, skip) = (super::PAGE.to_string(), skip.to_string());
    let query = [
        ("protocolType", "cargo"),
        ("packageNameQuery", name),
        ("includeAllVersions", "true"),
        ("includeDescription", "true"),
        ("includeUrls", "false"),
        ("$top", &top),
        ("$skip", &skip),
    ];
    Request::get(
        of_feed(place, reference, &["packages"], &query),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/packages",
    )
}

/// Where a feed's changes stand: what to ask from later.
pub(in crate::feeds) fn changes_now(place: &AccountPlace, reference: &FeedReference) -> Request {
    let path = packaging(place, reference.project.as_deref()).chain(["feedchanges", &reference.feed]);
    Request::get(
        at(place, &place.feeds, path, &[], Version::Stable),
        "/{organization}/[{project}/]_apis/packaging/feedchanges/{feed}",
    )
}

pub(in crate::feeds) fn crate_changes(
    place: &AccountPlace,
    reference: &FeedReference,
    after: Option<i64>,
) -> Request {
    let after = after.map(|token| token.to_string());
    let mut query = vec![("batchSize", CHANGES)];
    query.extend(after.as_deref().map(|token| ("continuationToken", token)));
    Request::get(
        of_feed(place, reference, &["packagechanges"], &query),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/packagechanges",
    )
}

pub(in crate::feeds) fn provenance(
    place: &AccountPlace,
    reference: &FeedReference,
    krate: &str,
    version: &str,
) -> Request {
    let tail = ["packages", krate, "versions", version, "provenance"];
    Request::get(
        versioned(place, reference, &tail, &[], Version::Preview),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/packages/{crate}/versions/{version}/provenance",
    )
}

/// How often crates were downloaded. Only reads, and still is a POST.
pub(in crate::feeds) fn crate_metrics(
    place: &AccountPlace,
    reference: &FeedReference,
    crates: &[String],
) -> Request {
    Request::with(
        Method::POST,
        of_feed(place, reference, &["packagemetricsbatch"], &[]),
        json!({ "packageIds": crates }),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/packagemetricsbatch",
    )
}

pub(in crate::feeds) fn version_metrics(
    place: &AccountPlace,
    reference: &FeedReference,
    krate: &str,
    versions: &[String],
) -> Request {
    Request::with(
        Method::POST,
        of_feed(place, reference, &["packages", krate, "versionmetricsbatch"], &[]),
        json!({ "packageVersionIds": versions }),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/packages/{crate}/versionmetricsbatch",
    )
}

const BIN: &str = "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/recyclebin/packages";

pub(in crate::feeds) fn bin_page(place: &AccountPlace, reference: &FeedReference, skip: usize) -> Request {
    let (top, skip) = (super::PAGE.to_string(), skip.to_string());
    let query = [
        ("protocolType", "cargo"),
        ("includeAllVersions", "true"),
        ("$top", &top),
        ("$skip", &skip),
    ];
    Request::get(
        of_feed(place, reference, &["recyclebin", "packages"], &query),
        BIN,
    )
}

/// The deleted versions of a crate, each with when it goes for good.
pub(in crate::feeds) fn bin_versions(
    place: &AccountPlace,
    reference: &FeedReference,
    krate: &str,
) -> Request {
    Request::get(
        of_feed(
            place,
            reference,
            &["recyclebin", "packages", krate, "versions"],
            &[],
        ),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/recyclebin/packages/{crate}/versions",
    )
}

pub(in crate::feeds) fn bin_empty(place: &AccountPlace, reference: &FeedReference) -> Request {
    Request::bare(
        Method::DELETE,
        of_feed(place, reference, &["recyclebin", "packages"], &[]),
        BIN,
    )
}

/// How far Azure is with something it goes on with by itself, at the address it gave.
pub(in crate::feeds) fn operation(place: &AccountPlace, mut url: Url) -> Request {
    if !url.query_pairs().any(|(key, _)| key == "api-version") {
        url.query_pairs_mut()
            .append_pair("api-version", place.api_version);
    }
    Request::get(url, "/{organization}/_apis/operations/{operation}")
}
