//! Azure's JSON of projects, feeds, packages and versions. "Package" is Azure's word for a crate and stays in this file.
//!
//! **Invariant:** only written, never read: what comes in is read field by field where it is checked.

use serde_json::{Map, Value, json};

use crate::crate_name::fold;
use crate::dispatch::{Addressed, App};
use crate::storage::{CrateRecord, FeedRecord, ProjectRecord, UpstreamRecord, VersionRecord};

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

pub(super) fn feed(app: &App, addressed: &Addressed, with_deleted_upstreams: bool) -> Value {
    let feed = &addressed.feed;
    let url = feed_url(app, feed);
    let sources: Vec<Value> = feed
        .upstreams
        .iter()
        .filter(|upstream| with_deleted_upstreams || upstream.deleted_at.is_none())
        .map(upstream)
        .collect();
    let viewed = addressed.local_view;
    let (full_name, full_id) = if viewed {
        (
            format!("{}@Local", feed.name),
            format!("{}@{}", feed.id, feed.local_view),
        )
    } else {
        (feed.name.clone(), feed.id.clone())
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
        "defaultViewId": feed.local_view,
        "id": feed.id,
        "name": feed.name,
        "viewId": viewed.then_some(&feed.local_view),
        "viewName": viewed.then_some("Local"),
        "fullyQualifiedName": full_name,
        "fullyQualifiedId": full_id,
        "isReadOnly": viewed,
        "upstreamEnabled": feed.upstream_enabled,
        "upstreamEnabledChangedDate": feed.upstream_changed_at,
        "upstreamSources": sources,
        "capabilities": "defaultCapabilities",
    });
    if viewed {
        value["view"] = view(feed);
    }
    if let Some(project) = &feed.project {
        value["project"] = json!({ "id": project.id, "name": project.name, "visibility": "private" });
    }
    if let Some(moment) = &feed.deleted_at {
        value["deletedDate"] = json!(moment);
    }
    value
}

fn upstream(upstream: &UpstreamRecord) -> Value {
    let mut value = json!({
        "id": upstream.id,
        "name": upstream.name,
        "protocol": PROTOCOL,
        "location": upstream.location,
        "displayLocation": upstream.display_location,
        "upstreamSourceType": "public",
        "status": "ok",
    });
    if let Some(moment) = &upstream.deleted_at {
        value["deletedDate"] = json!(moment);
    }
    value
}

fn view(feed: &FeedRecord) -> Value {
    json!({ "id": feed.local_view, "name": "Local", "url": null, "type": "implicit" })
}

pub(super) fn package(app: &App, feed: &FeedRecord, held: &CrateRecord, versions: Vec<Value>) -> Value {
    let url = package_url(app, feed, held);
    json!({
        "id": held.id,
        "normalizedName": fold(&held.name),
        "name": held.name,
        "protocolType": PROTOCOL,
        "url": url,
        "versions": versions,
        "_links": {
            "self": { "href": url },
            "feed": { "href": feed_url(app, feed) },
            "versions": { "href": format!("{url}/Versions") },
        },
    })
}

/// A version as it stands in a list of packages.
pub(super) fn version(
    feed: &FeedRecord,
    version: &VersionRecord,
    is_latest: bool,
    with_description: bool,
) -> Value {
    let mut value = json!({
        "id": version.id,
        "normalizedVersion": version.version,
        "version": version.version,
        "isLatest": is_latest,
        "isListed": !version.is_yanked(),
        "storageId": format!("{}00", version.digest.to_ascii_uppercase()),
        "views": [view(feed)],
        "publishDate": version.saved_at,
    });
    if let Some(upstream) = &version.upstream {
        value["directUpstreamSourceId"] = json!(upstream);
    }
    if let Some(description) = version.description.as_ref().filter(|_| with_description) {
        value["packageDescription"] = json!(description);
    }
    value
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
    let source = feed
        .upstreams
        .iter()
        .filter(|source| record.upstream.as_deref() == Some(&source.id));
    let file = format!("{}-{}.crate", held.name, record.version);
    let mut value = version(feed, record, is_latest, true);
    let fields = json!({
        "author": record.authors,
        "description": record.description,
        "summary": record.description,
        "dependencies": dependencies(&record.line),
        "files": [{ "name": file, "children": [] }],
        "otherVersions": [],
        "sourceChain": source.map(upstream).collect::<Vec<_>>(),
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

fn feed_url(app: &App, feed: &FeedRecord) -> String {
    app.feed_url(feed)
}

fn package_url(app: &App, feed: &FeedRecord, held: &CrateRecord) -> String {
    format!("{}/Packages/{}", feed_url(app, feed), held.id)
}
