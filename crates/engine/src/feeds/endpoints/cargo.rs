//! Cargo's own part of the REST API: the packages' host, where crates are named and versions numbered.
//!
//! **Invariant**: as the room's front door says: sends nothing. Yanking is not here: Azure never said how, so it goes
//! through cargo's web API.

use reqwest::Method;
use serde_json::json;
use url::Url;

use crate::accounts::AccountPlace;
use crate::feeds::{FeedReference, Upstreaming, VersionReference};
use crate::http::Request;

use super::{Version, at, packaging};

fn cargo(place: &AccountPlace, reference: &FeedReference, tail: &[&str]) -> Url {
    let path = packaging(place, reference.project.as_deref())
        .chain(["feeds", &reference.feed, "cargo"])
        .chain(tail.iter().copied());
    at(place, &place.packages, path, &[], Version::Cargo)
}

const VERSION: &str =
    "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/cargo/packages/{crate}/versions/{version}";

fn version(place: &AccountPlace, reference: &FeedReference, name: &str, number: &str) -> Url {
    cargo(place, reference, &["packages", name, "versions", number])
}

pub(in crate::feeds) fn version_show(
    place: &AccountPlace,
    reference: &FeedReference,
    name: &str,
    number: &str,
) -> Request {
    Request::get(version(place, reference, name, number), VERSION)
}

pub(in crate::feeds) fn version_delete(
    place: &AccountPlace,
    reference: &FeedReference,
    which: &VersionReference,
) -> Request {
    Request::bare(
        Method::DELETE,
        version(place, reference, &which.name, &which.version),
        VERSION,
    )
}

pub(in crate::feeds) fn version_promote(
    place: &AccountPlace,
    reference: &FeedReference,
    which: &VersionReference,
    view: &str,
) -> Request {
    Request::with(
        Method::PATCH,
        version(place, reference, &which.name, &which.version),
        json!({ "views": { "op": "add", "path": "/views/-", "value": view } }),
        VERSION,
    )
}

fn in_bin(
    place: &AccountPlace,
    reference: &FeedReference,
    which: &VersionReference,
    method: Method,
) -> Request {
    let tail = ["RecycleBin", "packages", &which.name, "versions", &which.version];
    Request::bare(
        method,
        cargo(place, reference, &tail),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/cargo/recyclebin/packages/{crate}/versions/{version}",
    )
}

pub(in crate::feeds) fn version_recover(
    place: &AccountPlace,
    reference: &FeedReference,
    which: &VersionReference,
) -> Request {
    Request {
        body: Some(json!({ "deleted": false })),
        ..in_bin(place, reference, which, Method::PATCH)
    }
}

pub(in crate::feeds) fn version_purge(
    place: &AccountPlace,
    reference: &FeedReference,
    which: &VersionReference,
) -> Request {
    in_bin(place, reference, which, Method::DELETE)
}

const UPSTREAMING: &str =
    "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/cargo/packages/{crate}/upstreaming";

pub(in crate::feeds) fn upstreaming_show(
    place: &AccountPlace,
    reference: &FeedReference,
    name: &str,
) -> Request {
    Request::get(
        cargo(place, reference, &["packages", name, "upstreaming"]),
        UPSTREAMING,
    )
}

pub(in crate::feeds) fn upstreaming_set(
    place: &AccountPlace,
    reference: &FeedReference,
    name: &str,
    upstreaming: Upstreaming,
) -> Request {
    Request::with(
        Method::PATCH,
        cargo(place, reference, &["packages", name, "upstreaming"]),
        json!({ "versionsFromExternalUpstreams": upstreaming }),
        UPSTREAMING,
    )
}
