//! Azure's JSON of projects, feeds, packages and versions. "Package" is Azure's word for a crate and stays in this file.
//!
//! **Invariant:** only written, never read: what comes in is read field by field where it is checked.

use serde_json::{Map, Value, json};

use super::package_list::ListedVersion;
use crate::dispatch::App;
use crate::storage::{
    CrateRecord, FeedRecord, PermissionRecord, ProjectRecord, UpstreamRecord, VersionRecord, ViewRecord,
    scheduled_purge,
};

/// How cargo's protocol is called.
pub(super) const PROTOCOL: &str = "Cargo";

pub(super) fn project(app: &App, project: &ProjectRecord) -> Value {
    json!({
        "id": project.id,
        "name": project.name,
        "url": format!("{}/{}/_apis/projects/{}", app.addresses.core, app.organization, project.id),
        "state": "wellFormed",
        "revision": 1,
        "visibility": "private",
        "lastUpdateTime": project.changed_at,
    })
}

/// A feed, as it is seen through a view if there is one.
pub(super) fn feed(
    app: &App,
    feed: &FeedRecord,
    viewed: Option<&ViewRecord>,
    with_deleted_upstreams: bool,
) -> Value {
    let url = feed_url(app, feed);
    let sources: Vec<Value> = feed
        .upstreams
        .iter()
        .filter(|upstream| with_deleted_upstreams || upstream.deleted_at.is_none())
        .map(|source| upstream(app, source))
        .collect();
    let (full_name, full_id) = match viewed {
        Some(view) => (
            format!("{}@{}", feed.name, view.name),
            format!("{}@{}", feed.id, view.id),
        ),
        None => (feed.name.clone(), feed.id.clone()),
    };
    let mut value = json!({
        "description": feed.description,
        "url": url,
        "_links": {
            "self": { "href": url },
            "packages": { "href": format!("{url}/Packages") },
            "permissions": { "href": format!("{url}/Permissions") },
        },
        "hideDeletedPackageVersions": feed.hide_deleted,
        "badgesEnabled": feed.badges,
        "defaultViewId": feed.default_view,
        "id": feed.id,
        "name": feed.name,
        "viewId": viewed.map(|view| &view.id),
        "viewName": viewed.map(|view| &view.name),
        "fullyQualifiedName": full_name,
        "fullyQualifiedId": full_id,
        "isReadOnly": viewed.is_some(),
        "upstreamEnabled": feed.upstream_enabled,
        "upstreamEnabledChangedDate": feed.upstream_changed_at,
        "upstreamSources": sources,
        "capabilities": "defaultCapabilities",
    });
    if let Some(viewed) = viewed {
        value["view"] = view(app, feed, viewed);
    }
    if let Some(project) = &feed.project {
        value["project"] = json!({ "id": project.id, "name": project.name, "visibility": "private" });
    }
    if let Some(moment) = &feed.deleted_at {
        value["deletedDate"] = json!(moment);
        value["scheduledPermanentDeleteDate"] = json!(scheduled_purge(moment));
    }
    value
}

fn upstream(app: &App, upstream: &UpstreamRecord) -> Value {
    let mut value = json!({
        "id": upstream.id,
        "name": upstream.name,
        "protocol": PROTOCOL,
        "location": upstream.location,
        "displayLocation": upstream.display_location,
        "upstreamSourceType": "public",
        "status": "ok",
    });
    if let Some(internal) = &upstream.internal {
        value["upstreamSourceType"] = json!("internal");
        value["internalUpstreamCollectionId"] = json!(app.storage.identity().instance);
        value["internalUpstreamFeedId"] = json!(internal.feed);
        if let Some(view) = &internal.view {
            value["internalUpstreamViewId"] = json!(view);
        }
        if let Some(project) = &internal.project {
            value["internalUpstreamProjectId"] = json!(project);
        }
        if let Some(reason) = internal.silent {
            value["status"] = json!("disabled");
            value["statusDetails"] = json!([{ "reason": reason }]);
        }
    }
    if let Some(moment) = &upstream.deleted_at {
        value["deletedDate"] = json!(moment);
    }
    value
}

/// What a version came through on its way into a feed, the nearest first; `kind` is how an API calls a source's kind.
fn source_chain(feed: &FeedRecord, version: &VersionRecord, kind: &str) -> Vec<Value> {
    let direct = feed
        .upstreams
        .iter()
        .find(|source| version.upstream.as_deref() == Some(&source.id));
    let direct = direct.map(|source| {
        let is_internal = source.internal.is_some();
        json!({
            "id": source.id,
            "name": source.name,
            "location": source.location,
            "displayLocation": source.display_location,
            "kind": if is_internal { "internal" } else { "public" },
        })
    });
    let links = direct.into_iter().chain(version.chain_behind());
    links
        .map(|mut link| {
            if let Some(known) = link.as_object_mut().and_then(|link| link.remove("kind")) {
                link[kind] = known;
            }
            link
        })
        .collect()
}

pub(super) fn view(app: &App, feed: &FeedRecord, view: &ViewRecord) -> Value {
    let url = format!("{}/views/{}", feed_url(app, feed), view.id);
    json!({
        "id": view.id,
        "name": view.name,
        "type": view.kind,
        "visibility": view.visibility,
        "url": url,
        "_links": {
            "self": { "href": url },
            "feed": { "href": feed_url(app, feed) },
        },
    })
}

/// A version with all that is known of it.
pub(super) fn full_version(
    app: &App,
    feed: &FeedRecord,
    held: &CrateRecord,
    record: &VersionRecord,
    is_latest: bool,
) -> Value {
    let package = package_url(app, feed, held);
    let url = format!("{package}/Versions/{}", record.id);
    let file = format!("{}-{}.crate", held.name, record.version);
    let mut value = json!(ListedVersion::new(feed, record, is_latest, true));
    let fields = json!({
        "author": record.authors,
        "description": record.description,
        "summary": record.description,
        "dependencies": dependencies(&record.line),
        "files": [{ "name": file, "children": [] }],
        "otherVersions": [],
        "deletedDate": record.deleted_at,
        "sourceChain": source_chain(feed, record, "upstreamSourceType"),
        "tags": record.keywords.iter().flat_map(|words| words.split(' ')).collect::<Vec<_>>(),
        "url": url,
        "_links": {
            "self": { "href": url },
            "feed": { "href": feed_url(app, feed) },
            "package": { "href": package },
        },
    });
    if let (Value::Object(value), Value::Object(fields)) = (&mut value, fields) {
        value.extend(fields.into_iter().filter(|(_, field)| !field.is_null()));
    }
    value
}

/// As `full_version`, of what lies in the recycle bin.
pub(super) fn deleted_version(
    app: &App,
    feed: &FeedRecord,
    held: &CrateRecord,
    record: &VersionRecord,
) -> Value {
    let mut value = full_version(app, feed, held, record, false);
    if let Some(moment) = &record.deleted_at {
        value["scheduledPermanentDeleteDate"] = json!(scheduled_purge(moment));
    }
    value
}

fn dependencies(line: &str) -> Vec<Value> {
    let line: Value = serde_json::from_str(line).unwrap_or_default();
    let listed = line["deps"].as_array().map(Vec::as_slice).unwrap_or_default();
    listed
        .iter()
        .map(|dependency| {
            let name = dependency["package"].as_str().or(dependency["name"].as_str());
            let mut value = Map::new();
            if let Some(kind) = dependency["kind"].as_str().filter(|kind| *kind != "normal") {
                value.insert("group".to_owned(), json!(kind));
            }
            value.insert("packageName".to_owned(), json!(name));
            value.insert("versionRange".to_owned(), dependency["req"].clone());
            Value::Object(value)
        })
        .collect()
}

/// A role as the list of permissions shows it; `inherited` ones cannot be changed in the feed.
pub(super) fn permission(permission: &PermissionRecord, inherited: bool, with_id: bool) -> Value {
    let mut value = json!({
        "role": permission.role,
        "identityDescriptor": permission.descriptor,
        "displayName": permission.display_name,
        "isInheritedRole": inherited,
    });
    if with_id && let Some(id) = &permission.identity {
        value["identityId"] = json!(id);
    }
    value
}

/// A version as Azure's own API for Cargo describes it; there it is called a package.
pub(super) fn cargo_version(
    app: &App,
    feed: &FeedRecord,
    held: &CrateRecord,
    record: &VersionRecord,
) -> Value {
    let url = format!(
        "{}/cargo/packages/{}/versions/{}",
        feed_url(app, feed),
        held.name,
        record.version
    );
    let mut value = json!({
        "_links": { "self": { "href": url }, "feed": { "href": feed_url(app, feed) } },
        "id": held.id,
        "name": held.name,
        "version": record.version,
        "sourceChain": source_chain(feed, record, "sourceType"),
    });
    if let Some(moment) = &record.deleted_at {
        value["deletedDate"] = json!(moment);
    }
    if let Some(moment) = &record.purged_at {
        value["permanentlyDeletedDate"] = json!(moment);
    }
    value
}

pub(super) fn feed_url(app: &App, feed: &FeedRecord) -> String {
    app.feed_url(feed)
}

pub(super) fn package_url(app: &App, feed: &FeedRecord, held: &CrateRecord) -> String {
    format!("{}/Packages/{}", feed_url(app, feed), held.id)
}
