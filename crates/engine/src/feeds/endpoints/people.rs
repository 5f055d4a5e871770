//! Views, permissions, retention, and whom permissions can name.
//!
//! **Invariant**: as the room's front door says: sends nothing.

use reqwest::Method;
use serde_json::{Value, json};

use crate::accounts::AccountPlace;
use crate::feeds::{FeedReference, Retention, ViewChange, ViewDraft};
use crate::http::Request;

use super::{Version, at, of_feed};

/// Which organization this is, by id.
pub(in crate::feeds) fn connection(place: &AccountPlace) -> Request {
    let path = [&*place.organization, "_apis", "connectionData"];
    Request::get(
        at(place, &place.core, path, &[], Version::Preview),
        "/{organization}/_apis/connectionData",
    )
}

const VIEWS: &str = "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/views";
const VIEW: &str = "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/views/{view}";

pub(in crate::feeds) fn view_list(place: &AccountPlace, reference: &FeedReference) -> Request {
    Request::get(of_feed(place, reference, &["views"], &[]), VIEWS)
}

pub(in crate::feeds) fn view_create(
    place: &AccountPlace,
    reference: &FeedReference,
    draft: &ViewDraft,
) -> Request {
    let body = json!({ "name": draft.name, "type": "release", "visibility": draft.visibility });
    Request::with(
        Method::POST,
        of_feed(place, reference, &["views"], &[]),
        body,
        VIEWS,
    )
}

pub(in crate::feeds) fn view_update(
    place: &AccountPlace,
    reference: &FeedReference,
    id: &str,
    change: &ViewChange,
) -> Request {
    let mut body = serde_json::Map::new();
    body.extend(change.name.clone().map(|name| ("name".to_owned(), name.into())));
    body.extend(
        change
            .visibility
            .map(|visibility| ("visibility".to_owned(), json!(visibility))),
    );
    let url = of_feed(place, reference, &["views", id], &[]);
    Request::with(Method::PATCH, url, body.into(), VIEW)
}

pub(in crate::feeds) fn view_delete(place: &AccountPlace, reference: &FeedReference, id: &str) -> Request {
    Request::bare(
        Method::DELETE,
        of_feed(place, reference, &["views", id], &[]),
        VIEW,
    )
}

const PERMISSIONS: &str = "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/permissions";

pub(in crate::feeds) fn permission_list(place: &AccountPlace, reference: &FeedReference) -> Request {
    let query = [("includeIds", "true"), ("excludeInheritedPermissions", "false")];
    Request::get(of_feed(place, reference, &["permissions"], &query), PERMISSIONS)
}

/// Only the identities named change.
pub(in crate::feeds) fn permission_set(
    place: &AccountPlace,
    reference: &FeedReference,
    permissions: Value,
) -> Request {
    Request::with(
        Method::PATCH,
        of_feed(place, reference, &["permissions"], &[]),
        permissions,
        PERMISSIONS,
    )
}

const RETENTION: &str = "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/retentionpolicies";

pub(in crate::feeds) fn retention_show(place: &AccountPlace, reference: &FeedReference) -> Request {
    Request::get(of_feed(place, reference, &["retentionpolicies"], &[]), RETENTION)
}

pub(in crate::feeds) fn retention_set(
    place: &AccountPlace,
    reference: &FeedReference,
    retention: Option<Retention>,
) -> Request {
    let url = of_feed(place, reference, &["retentionpolicies"], &[]);
    match retention {
        Some(kept) => {
            let body = json!({
                "countLimit": kept.count_limit,
                "daysToKeepRecentlyDownloadedPackages": kept.days,
            });
            Request::with(Method::PUT, url, body, RETENTION)
        }
        None => Request::bare(Method::DELETE, url, RETENTION),
    }
}

fn identity(place: &AccountPlace, path: &[&str], query: &[(&str, &str)], version: Version) -> url::Url {
    let path = [place.organization.as_str(), "_apis"]
        .into_iter()
        .chain(path.iter().copied());
    at(place, &place.identity, path, query, version)
}

/// Who has a name that begins so; answers what has still to be asked about.
pub(in crate::feeds) fn identity_query(place: &AccountPlace, text: &str) -> Request {
    Request::with(
        Method::POST,
        identity(place, &["graph", "subjectquery"], &[], Version::Preview),
        json!({ "query": text, "subjectKind": ["User", "Group"] }),
        "/{organization}/_apis/graph/subjectquery",
    )
}

const IDENTITIES: &str = "/{organization}/_apis/identities";

/// How permissions name these.
pub(in crate::feeds) fn identities_of(place: &AccountPlace, subjects: &str) -> Request {
    let query = [("subjectDescriptors", subjects), ("queryMembership", "none")];
    Request::get(
        identity(place, &["identities"], &query, Version::Stable),
        IDENTITIES,
    )
}

/// Who has these ids.
pub(in crate::feeds) fn identities_with(place: &AccountPlace, ids: &str) -> Request {
    let query = [("identityIds", ids), ("queryMembership", "none")];
    Request::get(
        identity(place, &["identities"], &query, Version::Stable),
        IDENTITIES,
    )
}

/// Who is called exactly so: how build services are found, and how a server without the graph is asked.
pub(in crate::feeds) fn identities_named(place: &AccountPlace, text: &str) -> Request {
    let query = [
        ("searchFilter", "General"),
        ("filterValue", text),
        ("queryMembership", "none"),
    ];
    Request::get(
        identity(place, &["identities"], &query, Version::Stable),
        IDENTITIES,
    )
}
