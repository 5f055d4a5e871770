//! Feeds, the Azure projects they lie in, and the recycle bin of feeds.
//!
//! **Invariant**: as the room's front door says: sends nothing.

use reqwest::Method;
use serde_json::{Value, json};

use crate::accounts::AccountPlace;
use crate::feeds::wire::role_word;
use crate::feeds::{FeedChange, FeedDraft, FeedReference, Role};
use crate::http::{Content, Request};

use super::{Version, at, of_feed, packaging};

pub(in crate::feeds) fn projects(place: &AccountPlace, continuation: Option<&str>) -> Request {
    let mut query = vec![("stateFilter", "wellFormed"), ("$top", "100")];
    query.extend(continuation.map(|token| ("continuationToken", token)));
    let path = [&*place.organization, "_apis", "projects"];
    Request::get(
        at(place, &place.core, path, &query, Version::Stable),
        "/{organization}/_apis/projects",
    )
}

/// One project, by name or id: its own id is in build services' descriptors.
pub(in crate::feeds) fn project(place: &AccountPlace, name: &str) -> Request {
    let path = [&*place.organization, "_apis", "projects", name];
    Request::get(
        at(place, &place.core, path, &[], Version::Stable),
        "/{organization}/_apis/projects/{project}",
    )
}

/// The feeds one may see, or those one holds a role in.
pub(in crate::feeds) fn feed_list(
    place: &AccountPlace,
    project: Option<&str>,
    role: Option<Role>,
) -> Request {
    let mut query = vec![("includeDeletedUpstreams", "true")];
    query.extend(role.map(|role| ("feedRole", role_word(role))));
    let path = packaging(place, project).chain(["feeds"]);
    Request::get(
        at(place, &place.feeds, path, &query, Version::Stable),
        "/{organization}/[{project}/]_apis/packaging/feeds",
    )
}

const FEED: &str = "/{organization}/[{project}/]_apis/packaging/feeds/{feed}";

pub(in crate::feeds) fn feed_show(place: &AccountPlace, reference: &FeedReference) -> Request {
    Request::get(
        of_feed(place, reference, &[], &[("includeDeletedUpstreams", "true")]),
        FEED,
    )
}

pub(in crate::feeds) fn feed_create(place: &AccountPlace, draft: &FeedDraft, body: Value) -> Request {
    let path = packaging(place, draft.project.as_deref()).chain(["feeds"]);
    Request::with(
        Method::POST,
        at(place, &place.feeds, path, &[], Version::Stable),
        body,
        "/{organization}/[{project}/]_apis/packaging/feeds",
    )
}

/// crates.io as an upstream source.
pub(in crate::feeds) fn crates_io_source() -> Value {
    let index = tame_index::CRATES_IO_HTTP_INDEX.trim_start_matches("sparse+");
    json!({
        "name": "crates.io", "protocol": "Cargo", "location": index, "displayLocation": index,
        "upstreamSourceType": "public", "status": "ok",
    })
}

/// What a feed is created from; none of its upstream sources leaves an empty list, which Azure takes as *none*.
pub(in crate::feeds) fn feed_body(draft: &FeedDraft, sources: &[Value], permissions: &[Value]) -> Value {
    let mut body = json!({
        "name": draft.name,
        "description": draft.description,
        "hideDeletedPackageVersions": true,
        "upstreamEnabled": !sources.is_empty(),
        "upstreamSources": sources,
    });
    if !permissions.is_empty() {
        body["permissions"] = permissions.into();
    }
    body
}

pub(in crate::feeds) fn feed_update(
    place: &AccountPlace,
    reference: &FeedReference,
    change: &FeedChange,
) -> Request {
    let mut body = serde_json::Map::new();
    let mut put = |key: &str, value: Option<Value>| body.extend(value.map(|value| (key.to_owned(), value)));
    put("name", change.name.clone().map(Value::from));
    put("description", change.description.clone().map(Value::from));
    put(
        "hideDeletedPackageVersions",
        change.hides_deleted.map(Value::from),
    );
    put("badgesEnabled", change.badges.map(Value::from));
    put("defaultViewId", change.default_view.clone().map(Value::from));
    put("upstreamEnabled", change.upstreams_enabled.map(Value::from));
    patch(place, reference, body.into())
}

/// Replaces the whole list of sources: there is no other way.
pub(in crate::feeds) fn feed_set_sources(
    place: &AccountPlace,
    reference: &FeedReference,
    sources: &[Value],
) -> Request {
    patch(place, reference, json!({ "upstreamSources": sources }))
}

/// As above, and switches them on: a feed that had none may have them off.
pub(in crate::feeds) fn feed_first_source(
    place: &AccountPlace,
    reference: &FeedReference,
    sources: &[Value],
) -> Request {
    let body = json!({ "upstreamSources": sources, "upstreamEnabled": true });
    patch(place, reference, body)
}

fn patch(place: &AccountPlace, reference: &FeedReference, body: Value) -> Request {
    Request::with(Method::PATCH, of_feed(place, reference, &[], &[]), body, FEED)
}

pub(in crate::feeds) fn feed_delete(place: &AccountPlace, reference: &FeedReference) -> Request {
    Request::bare(Method::DELETE, of_feed(place, reference, &[], &[]), FEED)
}

pub(in crate::feeds) fn feed_bin(place: &AccountPlace, project: Option<&str>) -> Request {
    let path = packaging(place, project).chain(["feedrecyclebin"]);
    Request::get(
        at(place, &place.feeds, path, &[], Version::Stable),
        "/{organization}/[{project}/]_apis/packaging/feedrecyclebin",
    )
}

fn in_feed_bin(place: &AccountPlace, reference: &FeedReference, method: Method) -> Request {
    let path = packaging(place, reference.project.as_deref()).chain(["feedrecyclebin", &reference.feed]);
    Request::bare(
        method,
        at(place, &place.feeds, path, &[], Version::Stable),
        "/{organization}/[{project}/]_apis/packaging/feedrecyclebin/{feed}",
    )
}

pub(in crate::feeds) fn feed_recover(place: &AccountPlace, reference: &FeedReference) -> Request {
    Request {
        body: Some(json!([{ "op": "replace", "path": "/isDeleted", "value": false }])),
        content: Content::JsonPatch,
        ..in_feed_bin(place, reference, Method::PATCH)
    }
}

pub(in crate::feeds) fn feed_purge(place: &AccountPlace, reference: &FeedReference) -> Request {
    in_feed_bin(place, reference, Method::DELETE)
}
