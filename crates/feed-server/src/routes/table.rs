//! The whole route table.
//!
//! **Invariant:** one line each; what is not here is not answered.

use axum::http::Method;

use super::Endpoint;

/// A path below a feed of the REST API.
macro_rules! feed {
    ($rest:literal) => {
        concat!("{org}/[{project}]/_apis/packaging/feeds/{feed}", $rest)
    };
}

/// A path of cargo's own protocol.
macro_rules! cargo {
    ($rest:literal) => {
        concat!("{org}/[{project}]/_packaging/{feed}/cargo", $rest)
    };
}

/// Braces capture one segment, `{*…}` the rest of the path; `[…]` may be absent.
pub(super) const TABLE: &[(Method, &str, Endpoint)] = &[
    (Method::OPTIONS, "{org}/_apis", Endpoint::ResourceLocations),
    (
        Method::GET,
        "{org}/_apis/connectionData",
        Endpoint::ConnectionData,
    ),
    (Method::GET, "{org}/_apis/ResourceAreas", Endpoint::ResourceAreas),
    (
        Method::GET,
        "{org}/_apis/ResourceAreas/{area}",
        Endpoint::ResourceArea,
    ),
    (Method::GET, "{org}/_apis/projects", Endpoint::Projects),
    (Method::GET, "{org}/_apis/projects/{project}", Endpoint::Project),
    (
        Method::GET,
        "{org}/[{project}]/_apis/packaging/feeds",
        Endpoint::FeedList,
    ),
    (
        Method::POST,
        "{org}/[{project}]/_apis/packaging/feeds",
        Endpoint::FeedCreate,
    ),
    (Method::GET, feed!(""), Endpoint::FeedGet),
    (Method::PATCH, feed!(""), Endpoint::FeedUpdate),
    (Method::DELETE, feed!(""), Endpoint::FeedDelete),
    (Method::GET, feed!("/packages"), Endpoint::CrateList),
    (Method::GET, feed!("/packages/{crate}"), Endpoint::CrateGet),
    (
        Method::GET,
        feed!("/packages/{crate}/versions"),
        Endpoint::VersionList,
    ),
    (
        Method::GET,
        feed!("/packages/{crate}/versions/{version}"),
        Endpoint::VersionGet,
    ),
    (
        Method::GET,
        "{org}/[{project}]/_apis/packaging/feedrecyclebin",
        Endpoint::DeletedFeedList,
    ),
    (
        Method::PATCH,
        "{org}/[{project}]/_apis/packaging/feedrecyclebin/{feed}",
        Endpoint::DeletedFeedRestore,
    ),
    (
        Method::DELETE,
        "{org}/[{project}]/_apis/packaging/feedrecyclebin/{feed}",
        Endpoint::DeletedFeedPurge,
    ),
    (Method::GET, feed!("/views"), Endpoint::ViewList),
    (Method::POST, feed!("/views"), Endpoint::ViewCreate),
    (Method::GET, feed!("/views/{view}"), Endpoint::ViewGet),
    (Method::PATCH, feed!("/views/{view}"), Endpoint::ViewUpdate),
    (Method::DELETE, feed!("/views/{view}"), Endpoint::ViewDelete),
    (Method::GET, feed!("/permissions"), Endpoint::PermissionList),
    (Method::PATCH, feed!("/permissions"), Endpoint::PermissionUpdate),
    (
        Method::GET,
        feed!("/recyclebin/packages"),
        Endpoint::DeletedCrateList,
    ),
    (
        Method::GET,
        feed!("/recyclebin/packages/{crate}"),
        Endpoint::DeletedCrateGet,
    ),
    (
        Method::GET,
        feed!("/recyclebin/packages/{crate}/versions"),
        Endpoint::DeletedVersionList,
    ),
    (
        Method::GET,
        feed!("/recyclebin/packages/{crate}/versions/{version}"),
        Endpoint::DeletedVersionGet,
    ),
    (
        Method::GET,
        feed!("/cargo/packages/{crate}/versions/{version}"),
        Endpoint::CargoVersionGet,
    ),
    (
        Method::PATCH,
        feed!("/cargo/packages/{crate}/versions/{version}"),
        Endpoint::CargoVersionPromote,
    ),
    (
        Method::DELETE,
        feed!("/cargo/packages/{crate}/versions/{version}"),
        Endpoint::CargoVersionDelete,
    ),
    (
        Method::GET,
        feed!("/cargo/recyclebin/packages/{crate}/versions/{version}"),
        Endpoint::CargoDeletedGet,
    ),
    (
        Method::PATCH,
        feed!("/cargo/recyclebin/packages/{crate}/versions/{version}"),
        Endpoint::CargoDeletedRestore,
    ),
    (
        Method::DELETE,
        feed!("/cargo/recyclebin/packages/{crate}/versions/{version}"),
        Endpoint::CargoDeletedPurge,
    ),
    (Method::POST, feed!("/cargo/packagesbatch"), Endpoint::CargoBatch),
    // Where Azure's description has it, against every other protocol.
    (
        Method::POST,
        "{org}/[{project}]/_packaging/packaging/feeds/{feed}/cargo/packagesbatch",
        Endpoint::CargoBatch,
    ),
    (
        Method::POST,
        feed!("/cargo/recyclebin/packagesbatch"),
        Endpoint::CargoDeletedBatch,
    ),
    (Method::GET, cargo!("/index/{*path}"), Endpoint::Index),
    (
        Method::GET,
        cargo!("/api/v1/crates/{crate}/{version}/download"),
        Endpoint::Download,
    ),
    (Method::PUT, cargo!("/api/v1/crates/new"), Endpoint::Publish),
    (
        Method::DELETE,
        cargo!("/api/v1/crates/{crate}/{version}/yank"),
        Endpoint::Yank,
    ),
    (
        Method::PUT,
        cargo!("/api/v1/crates/{crate}/{version}/unyank"),
        Endpoint::Unyank,
    ),
    (
        Method::GET,
        feed!("/cargo/packages/{crate}/upstreaming"),
        Endpoint::UpstreamingGet,
    ),
    (
        Method::PATCH,
        feed!("/cargo/packages/{crate}/upstreaming"),
        Endpoint::UpstreamingSet,
    ),
    (
        Method::GET,
        "{org}/[{project}]/_apis/packaging/feedchanges",
        Endpoint::FeedChangeList,
    ),
    (
        Method::GET,
        "{org}/[{project}]/_apis/packaging/feedchanges/{feed}",
        Endpoint::FeedChangeGet,
    ),
    (Method::GET, feed!("/packagechanges"), Endpoint::CrateChangeList),
    (Method::GET, feed!("/retentionpolicies"), Endpoint::RetentionGet),
    (Method::PUT, feed!("/retentionpolicies"), Endpoint::RetentionSet),
    (
        Method::DELETE,
        feed!("/retentionpolicies"),
        Endpoint::RetentionRemove,
    ),
    (
        Method::POST,
        feed!("/packagemetricsbatch"),
        Endpoint::CrateMetrics,
    ),
    (
        Method::POST,
        feed!("/packages/{crate}/versionmetricsbatch"),
        Endpoint::VersionMetrics,
    ),
    (
        Method::GET,
        "{org}/_apis/packaging/globalpermissions",
        Endpoint::GlobalPermissionList,
    ),
    (
        Method::PATCH,
        "{org}/_apis/packaging/globalpermissions",
        Endpoint::GlobalPermissionUpdate,
    ),
    (
        Method::GET,
        "{org}/_apis/operations/{operation}",
        Endpoint::Operation,
    ),
    (
        Method::DELETE,
        feed!("/recyclebin/packages"),
        Endpoint::RecycleBinEmpty,
    ),
    (
        Method::GET,
        feed!("/packages/{crate}/versions/{version}/provenance"),
        Endpoint::Provenance,
    ),
    (
        Method::GET,
        "{org}/[{project}]/_apis/public/packaging/feeds/{feed}/packages/{crate}/badge",
        Endpoint::Badge,
    ),
    (Method::GET, "{org}/_apis/identities", Endpoint::Identities),
    (
        Method::POST,
        "{org}/_apis/graph/subjectquery",
        Endpoint::SubjectQuery,
    ),
];
