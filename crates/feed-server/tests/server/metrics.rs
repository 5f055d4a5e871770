//! How often crates and versions are downloaded.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::crates_io::CratesIo;
use crate::test_server::TestServer;

const FEED: &str = "/local/main/_apis/packaging/feeds/f";

async fn package(server: &TestServer, name: &str) -> (String, Vec<String>) {
    let path = format!("{FEED}/packages?packageNameQuery={name}&includeAllVersions=true");
    let list = server.get(&path).await;
    let package = &list["value"][0];
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    (
        id(package),
        package["versions"].as_array().unwrap().iter().map(id).collect(),
    )
}

#[tokio::test]
async fn downloads_are_counted() {
    let crates_io = CratesIo::start().await;
    crates_io.add("up/cr/upcrate", "upcrate", "1.0.0");
    let mut server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    server.feed("f", true).await;
    for version in ["1.0.0", "2.0.0"] {
        server.published("f", "a-crate", version).await;
    }
    let (id, versions) = package(&server, "a-crate").await;
    let of_crates = format!("{FEED}/packagemetricsbatch");
    let of_versions = format!("{FEED}/Packages/{id}/versionmetricsbatch");
    let asked = json!({ "packageIds": [id.to_uppercase()] });
    let none = server.said(Method::POST, &of_crates, asked.clone()).await;
    assert_eq!(none["count"], 0, "what was never downloaded is left out");

    for version in ["1.0.0", "1.0.0", "2.0.0", "3.0.0"] {
        server.download("f", "a-crate", version).await;
    }
    assert_eq!(server.download("f", "upcrate", "1.0.0").await.0, StatusCode::OK);
    let (saved, _) = package(&server, "upcrate").await;
    let asked = json!({ "packageIds": [id, saved, "00000000-0000-0000-0000-000000000000"] });
    let told = server.said(Method::POST, &of_crates, asked).await;
    assert_eq!(told["count"], 2, "{told}");
    let first = &told["value"][0];
    assert_eq!(
        (&first["packageId"], &first["downloadCount"]),
        (&json!(id), &json!(3.0))
    );
    assert_eq!(first["downloadUniqueUsers"], 1.0);
    assert!(first["lastDownloaded"].is_string());
    assert_eq!(
        told["value"][1]["downloadCount"], 1.0,
        "the download that saved it counts"
    );

    server.restart().await;
    let asked = json!({ "packageVersionIds": versions });
    let told = server.said(Method::POST, &of_versions, asked).await;
    let counts: Vec<_> = told["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["packageVersionId"].as_str().unwrap(),
                one["downloadCount"].as_f64().unwrap(),
            )
        })
        .collect();
    // The newest version stands first in a list of packages.
    assert_eq!(counts, [(versions[0].as_str(), 1.0), (versions[1].as_str(), 2.0)]);
    for wrong in [
        json!({}),
        json!({ "packageIds": ["7"] }),
        json!({ "packageIds": 7 }),
    ] {
        let (status, _) = server.json(Method::POST, &of_crates, Some(wrong)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}
