//! Which routes there are: what clients ask for before anything else.
//!
//! **Invariant:** only what the route table answers is listed, under Azure's own ids where Azure's clients know them.

use serde_json::{Value, json};

/// A route a line: id, area, resource, released version (`0.0` is never), template.
const LOCATIONS: &str = "
    00d9565f-ed9c-4a06-9a50-00e7896ccab4 Location ConnectionData 0.0 _apis/{resource}
    e81700f7-3be2-46de-8624-2eb35882fcaa Location ResourceAreas 0.0 _apis/{resource}/{areaId}
    603fe2ac-9723-48b9-88ad-09305aa6c6e1 core projects 7.1 _apis/{resource}/{*projectId}
    c65009a7-474a-4ad1-8b42-7d852107ef8c Packaging Feeds 7.1 {project}/_apis/{area}/{resource}/{feedId}
    7a20d846-c929-4acc-9ea2-0d5a7df1b197 Packaging Packages 7.1 {project}/_apis/{area}/Feeds/{feedId}/{resource}/{packageId}
    3b331909-6a86-44cc-b9ec-c1834c35498f Packaging Versions 7.1 {project}/_apis/{area}/Feeds/{feedId}/Packages/{packageId}/{resource}/{packageVersionId}
    42a8502a-6785-41bc-8c16-89477d930877 Packaging Views 7.1 {project}/_apis/{area}/Feeds/{feedId}/{resource}/{viewId}
    be8c1476-86a7-44ed-b19d-aec0e9275cd8 Packaging Permissions 7.1 {project}/_apis/{area}/Feeds/{feedId}/{resource}
    0cee643d-beb9-41f8-9368-3ada763a8344 Packaging FeedRecycleBin 7.1 {project}/_apis/{area}/{resource}/{feedId}
    2704e72c-f541-4141-99be-2004b50b05fa Packaging RecycleBinPackages 7.1 {project}/_apis/{area}/Feeds/{feedId}/RecycleBin/Packages/{packageId}
    aceb4be7-8737-4820-834c-4c549e10fdc7 Packaging RecycleBinVersions 7.1 {project}/_apis/{area}/Feeds/{feedId}/RecycleBin/Packages/{packageId}/Versions/{packageVersionId}
    3e6a6f0c-1c0b-4d5f-9b7e-5a2f6c1d8e94 cargo versions 0.0 {project}/_apis/packaging/feeds/{feedId}/{area}/packages/{packageName}/{resource}/{packageVersion}
    94c2b7a1-6f3d-4e08-8a15-c7d0e2b9f356 cargo recycleBinVersions 0.0 {project}/_apis/packaging/feeds/{feedId}/{area}/RecycleBin/packages/{packageName}/versions/{packageVersion}
    6b1f0c52-9d8e-4a37-b4f6-2e7c5d90a813 cargo packagesBatch 0.0 {project}/_apis/packaging/feeds/{feedId}/{area}/{resource}
    f27d4e86-0b59-4c1a-93e8-81a6c3d5b70f cargo recycleBinPackagesBatch 0.0 {project}/_apis/packaging/feeds/{feedId}/{area}/RecycleBin/packagesBatch
    b8f2a9d4-6b5e-4c0f-9a37-3f1d2e7c5a61 cargo index 0.0 {project}/_packaging/{feed}/{area}/{resource}/{*path}
    d1c6e0b3-27f4-4a8e-8c59-60b7f4a9e215 cargo crates 0.0 {project}/_packaging/{feed}/{area}/api/v1/{resource}/{crate}/{version}/{action}
    29ba2dad-389a-4661-b5d3-de76397ca05b Packaging FeedChanges 7.1 {project}/_apis/{area}/{resource}/{feedId}
    323a0631-d083-4005-85ae-035114dfb681 Packaging PackageChanges 7.1 {project}/_apis/{area}/Feeds/{feedId}/{resource}
    5c0d9b7e-24a1-4f86-9d3b-e8f7a6c1b042 cargo upstreaming 0.0 {project}/_apis/packaging/feeds/{feedId}/{area}/packages/{packageName}/{resource}
    28010c54-d0c0-4c89-a5b0-1c9e188b9fb7 IMS Identities 7.1 _apis/{resource}/{identityId}
    05942c89-006a-48ce-bb79-baeb8abf99c6 Graph SubjectQuery 0.0 _apis/{area}/{resource}
    a74419ef-b477-43df-8758-3cd1cd5f56c6 Packaging GlobalPermissions 7.1 _apis/{area}/{resource}
    0aaeabd4-85cd-4686-8a77-8d31c15690b8 Packaging Provenance 0.0 {project}/_apis/{area}/Feeds/{feedId}/Packages/{packageId}/Versions/{packageVersionId}/{resource}
    61d885fd-10f3-4a55-82b6-476d866b673f Packaging Badge 7.1 {project}/_apis/public/{area}/Feeds/{feedId}/Packages/{packageId}/{resource}
    9a1b74b4-2ca8-4a9f-8470-c2f2e6fdc949 Operations operations 7.1 _apis/{resource}/{operationId}
    ed52a011-0112-45b5-9f9e-e14efffb3193 Packaging RetentionPolicies 7.1 {project}/_apis/{area}/Feeds/{feedId}/{resource}
    bddc9b3c-8a59-4a9f-9b40-ee1dcaa2cc0d Packaging PackageMetricsBatch 7.1 {project}/_apis/{area}/Feeds/{feedId}/{resource}
    e6ae8caa-b6a8-4809-b840-91b2a42c19ad Packaging VersionMetricsBatch 7.1 {project}/_apis/{area}/Feeds/{feedId}/Packages/{packageId}/{resource}
";

/// The newest version there is of every route.
const NEWEST: &str = "7.2";

pub(super) fn all() -> Value {
    let rows = LOCATIONS.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (id, area, resource) = (words.next()?, words.next()?, words.next()?);
        let (released, route) = (words.next()?, words.next()?);
        Some(json!({
            "id": id,
            "area": area,
            "resourceName": resource,
            "routeTemplate": route,
            "resourceVersion": 1,
            "minVersion": "1.0",
            "maxVersion": NEWEST,
            "releasedVersion": released,
        }))
    });
    super::list(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_route_of_its_own() {
        let all = all();
        let lines = LOCATIONS.lines().filter(|line| !line.trim().is_empty()).count();
        assert_eq!(all["count"], lines);
        let ids: std::collections::HashSet<_> = all["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["id"])
            .collect();
        assert_eq!(ids.len(), lines);
    }
}
