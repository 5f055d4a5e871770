//! Who asks, which projects there are, and what this server can do.
//!
//! **Invariant:** there is one user and one organization; nothing here can change either.

use serde_json::{Value, json};

use super::wire;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::ProjectRecord;

/// The areas clients look for, with the ids Azure gives them.
const AREAS: [(&str, &str); 3] = [
    ("7ab4e64e-c4d8-4f50-ae73-5ef2e21642a5", "Packaging"),
    ("71f96160-8701-4914-aed9-c44b89f20ccd", "cargo"),
    ("79134c72-4a58-4b42-976c-04e7115f32bf", "core"),
];

/// What can be asked: id, area, resource, route, released version ("0.0" is never), newest version.
const LOCATIONS: [(&str, &str, &str, &str, &str, &str); 17] = [
    (
        "00d9565f-ed9c-4a06-9a50-00e7896ccab4",
        "Location",
        "ConnectionData",
        "_apis/{resource}",
        "0.0",
        "7.2",
    ),
    (
        "e81700f7-3be2-46de-8624-2eb35882fcaa",
        "Location",
        "ResourceAreas",
        "_apis/{resource}/{areaId}",
        "0.0",
        "7.2",
    ),
    (
        "603fe2ac-9723-48b9-88ad-09305aa6c6e1",
        "core",
        "projects",
        "_apis/{resource}/{*projectId}",
        "7.1",
        "7.2",
    ),
    (
        "c65009a7-474a-4ad1-8b42-7d852107ef8c",
        "Packaging",
        "Feeds",
        "{project}/_apis/{area}/{resource}/{feedId}",
        "7.1",
        "7.2",
    ),
    (
        "7a20d846-c929-4acc-9ea2-0d5a7df1b197",
        "Packaging",
        "Packages",
        "{project}/_apis/{area}/Feeds/{feedId}/{resource}/{packageId}",
        "7.1",
        "7.2",
    ),
    (
        "3b331909-6a86-44cc-b9ec-c1834c35498f",
        "Packaging",
        "Versions",
        "{project}/_apis/{area}/Feeds/{feedId}/Packages/{packageId}/{resource}/{packageVersionId}",
        "7.1",
        "7.2",
    ),
    (
        "42a8502a-6785-41bc-8c16-89477d930877",
        "Packaging",
        "Views",
        "{project}/_apis/{area}/Feeds/{feedId}/{resource}/{viewId}",
        "7.1",
        "7.2",
    ),
    (
        "be8c1476-86a7-44ed-b19d-aec0e9275cd8",
        "Packaging",
        "Permissions",
        "{project}/_apis/{area}/Feeds/{feedId}/{resource}",
        "7.1",
        "7.2",
    ),
    (
        "0cee643d-beb9-41f8-9368-3ada763a8344",
        "Packaging",
        "FeedRecycleBin",
        "{project}/_apis/{area}/{resource}/{feedId}",
        "7.1",
        "7.2",
    ),
    (
        "2704e72c-f541-4141-99be-2004b50b05fa",
        "Packaging",
        "RecycleBinPackages",
        "{project}/_apis/{area}/Feeds/{feedId}/RecycleBin/Packages/{packageId}",
        "7.1",
        "7.2",
    ),
    (
        "aceb4be7-8737-4820-834c-4c549e10fdc7",
        "Packaging",
        "RecycleBinVersions",
        "{project}/_apis/{area}/Feeds/{feedId}/RecycleBin/Packages/{packageId}/Versions/{packageVersionId}",
        "7.1",
        "7.2",
    ),
    (
        "3e6a6f0c-1c0b-4d5f-9b7e-5a2f6c1d8e94",
        "cargo",
        "versions",
        "{project}/_apis/packaging/feeds/{feedId}/{area}/packages/{packageName}/{resource}/{packageVersion}",
        "0.0",
        "7.2",
    ),
    (
        "94c2b7a1-6f3d-4e08-8a15-c7d0e2b9f356",
        "cargo",
        "recycleBinVersions",
        "{project}/_apis/packaging/feeds/{feedId}/{area}/RecycleBin/packages/{packageName}/versions/{packageVersion}",
        "0.0",
        "7.2",
    ),
    (
        "6b1f0c52-9d8e-4a37-b4f6-2e7c5d90a813",
        "cargo",
        "packagesBatch",
        "{project}/_apis/packaging/feeds/{feedId}/{area}/{resource}",
        "0.0",
        "7.2",
    ),
    (
        "f27d4e86-0b59-4c1a-93e8-81a6c3d5b70f",
        "cargo",
        "recycleBinPackagesBatch",
        "{project}/_apis/packaging/feeds/{feedId}/{area}/RecycleBin/packagesBatch",
        "0.0",
        "7.2",
    ),
    (
        "b8f2a9d4-6b5e-4c0f-9a37-3f1d2e7c5a61",
        "cargo",
        "index",
        "{project}/_packaging/{feed}/{area}/{resource}/{*path}",
        "0.0",
        "7.2",
    ),
    (
        "d1c6e0b3-27f4-4a8e-8c59-60b7f4a9e215",
        "cargo",
        "crates",
        "{project}/_packaging/{feed}/{area}/api/v1/{resource}/{crate}/{version}/{action}",
        "0.0",
        "7.2",
    ),
];

pub(super) fn resource_locations() -> Value {
    let locations: Vec<Value> = LOCATIONS
        .iter()
        .map(|(id, area, resource, route, released, newest)| {
            json!({
                "id": id,
                "area": area,
                "resourceName": resource,
                "routeTemplate": route,
                "resourceVersion": 1,
                "minVersion": "1.0",
                "maxVersion": newest,
                "releasedVersion": released,
            })
        })
        .collect();
    super::list(locations)
}

pub(super) fn who_is_connected(app: &App) -> Value {
    let identity = app.storage.identity();
    let user = json!({
        "id": identity.user,
        "descriptor": format!("Microsoft.TeamFoundation.Identity;{}", identity.user),
        "subjectDescriptor": format!("local.{}", identity.user),
        "providerDisplayName": "This computer",
        "isActive": true,
        "resourceVersion": 2,
        "metaTypeId": 0,
    });
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
