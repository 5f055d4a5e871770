//! Who asks, which projects there are, and what this server can do.
//!
//! **Invariant:** there is one user and one organization; nothing here can change either.

use serde_json::{Value, json};

use super::wire;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::ProjectRecord;

/// The areas clients look for, with the ids Azure gives them.
const AREAS: [(&str, &str); 5] = [
    ("7ab4e64e-c4d8-4f50-ae73-5ef2e21642a5", "Packaging"),
    ("71f96160-8701-4914-aed9-c44b89f20ccd", "cargo"),
    ("79134c72-4a58-4b42-976c-04e7115f32bf", "core"),
    ("8a3d49b8-91f0-46ef-b33d-dda338c25db3", "IMS"),
    ("bb1e7ec9-e901-4b68-999a-de7012b920f8", "Graph"),
];

pub(super) fn who_is_connected(app: &App, asked: &Asked) -> Value {
    let identity = app.storage.identity();
    let user = super::identities::shown(&asked.caller);
    json!({
        "authenticatedUser": user,
        "authorizedUser": user,
        "instanceId": identity.instance,
        "deploymentId": identity.instance,
        "deploymentType": "onPremises",
        "locationServiceData": {
            "serviceOwner": uuid::Uuid::nil().to_string(),
            "defaultAccessMappingMoniker": "PublicAccessMapping",
            "accessMappings": [{
                "displayName": "Public Access Mapping",
                "moniker": "PublicAccessMapping",
                "accessPoint": format!("{}/", app.addresses.core),
                "serviceOwner": uuid::Uuid::nil().to_string(),
                "virtualDirectory": app.organization,
            }],
            "lastChangeId": 1,
            "clientCacheFresh": false,
            "clientCacheTimeToLive": 3600,
        },
    })
}

pub(super) fn resource_areas(app: &App) -> Vec<Value> {
    let addresses = &app.addresses;
    AREAS
        .iter()
        .map(|(id, name)| {
            let address = match *name {
                "Packaging" => &addresses.feeds,
                "cargo" => &addresses.packages,
                "IMS" | "Graph" => &addresses.identities,
                _ => &addresses.core,
            };
            let location = format!("{address}/{}/", app.organization);
            json!({ "id": id, "name": name, "locationUrl": location })
        })
        .collect()
}

pub(super) fn resource_area(app: &App, asked: &Asked) -> Result<Value, Refusal> {
    let wanted = asked.captured.text("area");
    resource_areas(app)
        .into_iter()
        .find(|area| {
            ["id", "name"].iter().any(|key| {
                area[key]
                    .as_str()
                    .is_some_and(|text| text.eq_ignore_ascii_case(wanted))
            })
        })
        .ok_or_else(|| {
            Refusal::not_found(
                "ResourceAreaNotFoundException",
                format!("There is no area '{wanted}' here."),
            )
        })
}

pub(super) async fn projects(app: &App, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let skip = super::crates::number(asked, "$skip")?.unwrap_or(0);
    let top = super::crates::number(asked, "$top")?.unwrap_or(100);
    let all = app.storage.read(ProjectRecord::all).await?;
    let page = all.iter().skip(skip as usize).take(top as usize);
    Ok(page.map(|project| wire::project(app, project)).collect())
}

pub(super) async fn project(app: &App, asked: &Asked) -> Result<Value, Refusal> {
    let found = app.project(asked).await?;
    Ok(found.map_or(Value::Null, |project| wire::project(app, &project)))
}
