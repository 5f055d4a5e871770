//! Deleted feeds and versions: kept apart, given back, gone for good.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::crates_io::CratesIo;
use crate::test_server::{TestServer, crate_archive, publish_body};

const FEEDS: &str = "/local/main/_apis/packaging/feeds";
const BIN: &str = "/local/main/_apis/packaging/feedrecyclebin";
const FEED: &str = "/local/main/_apis/packaging/feeds/f";
const VERSIONS: &str = "/local/main/_apis/packaging/feeds/f/cargo/packages/a-crate/versions";
const DELETED: &str = "/local/main/_apis/packaging/feeds/f/cargo/RecycleBin/packages/a-crate/versions";

fn numbers(package: &Value) -> Vec<&str> {
    let versions = package["versions"].as_array().unwrap();
    versions
        .iter()
        .map(|version| version["version"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_deleted_feed_is_given_back_or_purged() {
    let mut server = TestServer::start().await;
    let feed = server.feed("f", false).await;
    let digest = crate::test_server::sha256(&server.published("f", "a-crate", "1.0.0").await);
    let roles = json!([{ "role": "reader", "identityDescriptor": "Kind;guest" }]);
    let promote = json!({ "views": { "op": "add", "path": "/views/-", "value": "Release" } });
    for (path, body) in [
        (format!("{FEED}/permissions"), roles),
        (format!("{VERSIONS}/1.0.0"), promote),
    ] {
        assert_eq!(
            server.json(Method::PATCH, &path, Some(body)).await.0,
            StatusCode::OK
        );
    }
    assert_eq!(server.get(BIN).await["count"], 0);
    assert_eq!(server.json(Method::DELETE, FEED, None).await.0, StatusCode::OK);
    server.restart().await;
    let bin = server.get(BIN).await;
    assert_eq!((&bin["count"], &bin["value"][0]["id"]), (&json!(1), &feed["id"]));
    assert!(bin["value"][0]["deletedDate"].is_string());
    assert_eq!(
        server.get("/local/_apis/packaging/feedrecyclebin").await["count"],
        1
    );

    let item = format!("{BIN}/f");
    for wrong in [
        json!([]),
        json!([{ "op": "replace", "path": "/isDeleted", "value": true }]),
        json!([{ "op": "replace", "path": "/name", "value": "g" }]),
    ] {
        let (status, _) = server.json(Method::PATCH, &item, Some(wrong)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
    let back = json!([{ "op": "replace", "path": "/isDeleted", "value": false }]);
    assert_eq!(
        server.json(Method::PATCH, &item, Some(back.clone())).await.0,
        StatusCode::OK
    );
    assert_eq!(server.get(FEED).await["id"], feed["id"]);
    assert_eq!(server.listed("f@Release", "a-/cr/a-crate").await, ["1.0.0"]);
    assert_eq!(server.download("f", "a-crate", "1.0.0").await.0, StatusCode::OK);
    for method in [Method::PATCH, Method::DELETE] {
        let (status, _) = server.json(method, &item, Some(back.clone())).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "it is not deleted");
    }

    assert_eq!(server.json(Method::DELETE, FEED, None).await.0, StatusCode::OK);
    assert_eq!(server.json(Method::DELETE, &item, None).await.0, StatusCode::OK);
    assert_eq!(server.get(BIN).await["count"], 0);
    let again = server.feed("f", false).await;
    assert_ne!(again["id"], feed["id"]);
    assert_eq!(server.get(&format!("{FEED}/packages")).await["count"], 0);
    let roles = server.get(&format!("{FEED}/permissions")).await;
    assert!(!roles.to_string().contains("Kind;guest"), "{roles}");
    server.restart().await;
    assert!(
        server.kept().iter().all(|kept| !kept.contains(&digest)),
        "its files are swept"
    );
}

#[tokio::test]
async fn a_deleted_version_is_gone_and_its_number_taken() {
    let mut server = TestServer::start().await;
    server.feed("f", false).await;
    for version in ["1.0.0", "1.1.0"] {
        server.published("f", "a-crate", version).await;
    }
    let version = format!("{VERSIONS}/1.1.0");
    let shown = server.get(&version).await;
    assert_eq!(
        (&shown["name"], &shown["version"]),
        (&json!("a-crate"), &json!("1.1.0"))
    );
    for (query, key) in [
        ("?api-version=7.2", "VssInvalidPreviewVersionException"),
        ("?api-version=7.1-preview.1", "VssVersionOutOfRangeException"),
    ] {
        let (_, refused) = server.json(Method::GET, &format!("{version}{query}"), None).await;
        assert_eq!(refused["typeKey"], key);
    }
    let (status, deleted) = server
        .json(
            Method::DELETE,
            &format!("{version}?api-version=7.2-preview.1"),
            None,
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(deleted["deletedDate"].is_string(), "{deleted}");

    server.restart().await;
    assert_eq!(server.listed("f", "a-/cr/a-crate").await, ["1.0.0"]);
    assert_eq!(
        server.download("f", "a-crate", "1.1.0").await.0,
        StatusCode::NOT_FOUND
    );
    let yank = "/local/main/_packaging/f/cargo/api/v1/crates/a-crate/1.1.0/yank";
    assert_eq!(
        server.json(Method::DELETE, yank, None).await.0,
        StatusCode::NOT_FOUND
    );
    for method in [Method::GET, Method::DELETE, Method::PATCH] {
        let body = json!({ "views": { "op": "add", "path": "/views/-", "value": "Release" } });
        let (status, _) = server.json(method, &version, Some(body)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    let hidden = server.get(&format!("{version}?showDeleted=true")).await;
    assert_eq!(hidden["deletedDate"], deleted["deletedDate"]);
    for again in ["1.1.0", "1.1.0+other"] {
        let archive = crate_archive("a-crate", again, b"new");
        let (status, answer) = server
            .publish("f", publish_body("a-crate", again, &archive))
            .await;
        assert_eq!(status, StatusCode::CONFLICT);
        let detail = answer["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("was deleted"), "{detail}");
    }

    let all = listed(&server, "packages", "includeAllVersions=true").await;
    assert_eq!(numbers(&all["value"][0]), ["1.0.0"]);
    let with_deleted = listed(&server, "packages", "includeAllVersions=true&includeDeleted=true").await;
    assert_eq!(numbers(&with_deleted["value"][0]), ["1.1.0", "1.0.0"]);
    assert_eq!(with_deleted["value"][0]["versions"][0]["isDeleted"], true);
    let id = all["value"][0]["id"].as_str().unwrap().to_owned();
    for (query, count) in [("", 2), ("?isDeleted=true", 1), ("?isDeleted=false", 1)] {
        let path = format!("{FEED}/packages/{id}/versions{query}");
        assert_eq!(server.get(&path).await["count"], count, "{query}");
    }
    let bin = listed(&server, "RecycleBin/Packages", "protocolType=cargo").await;
    assert_eq!(numbers(&bin["value"][0]), ["1.1.0"]);
    let bin = format!("{FEED}/RecycleBin/Packages/{id}");
    assert_eq!(numbers(&server.get(&bin).await), ["1.1.0"]);
    let versions = server.get(&format!("{bin}/Versions")).await;
    assert_eq!(versions["value"][0]["deletedDate"], deleted["deletedDate"]);
    let one = versions["value"][0]["id"].as_str().unwrap();
    assert_eq!(
        server.get(&format!("{bin}/Versions/{one}")).await,
        versions["value"][0]
    );
}

async fn listed(server: &TestServer, what: &str, query: &str) -> Value {
    server.get(&format!("{FEED}/{what}?{query}")).await
}

#[tokio::test]
async fn a_deleted_version_is_given_back_or_purged() {
    let mut server = TestServer::start().await;
    server.feed("f", false).await;
    let archive = server.published("f", "a-crate", "1.0.0").await;
    let deleted = format!("{DELETED}/1.0.0");
    assert_eq!(
        server.json(Method::GET, &deleted, None).await.0,
        StatusCode::NOT_FOUND
    );
    let version = format!("{VERSIONS}/1.0.0");
    assert_eq!(
        server.json(Method::DELETE, &version, None).await.0,
        StatusCode::OK
    );
    assert_eq!(server.get(&deleted).await["version"], "1.0.0");
    assert_eq!(server.get(&format!("{FEED}/packages")).await["count"], 0);

    let (status, _) = server
        .json(Method::PATCH, &deleted, Some(json!({ "deleted": true })))
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    server.restart().await;
    let (status, _) = server
        .json(Method::PATCH, &deleted, Some(json!({ "deleted": false })))
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        server.download("f", "a-crate", "1.0.0").await,
        (StatusCode::OK, archive)
    );

    assert_eq!(
        server.json(Method::DELETE, &version, None).await.0,
        StatusCode::OK
    );
    assert_eq!(
        server.json(Method::DELETE, &deleted, None).await.0,
        StatusCode::OK
    );
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(server.json(method, &deleted, None).await.0, StatusCode::NOT_FOUND);
    }
    server.restart().await;
    assert!(
        server.kept().iter().all(|kept| kept.starts_with("row ")),
        "its file is swept"
    );
    assert_eq!(
        listed(&server, "packages", "includeDeleted=true").await["count"],
        0
    );
    assert_eq!(listed(&server, "RecycleBin/Packages", "").await["count"], 0);
    let purged = server.get(&format!("{version}?showDeleted=true")).await;
    assert!(purged["permanentlyDeletedDate"].is_string());
    let archive = crate_archive("a-crate", "1.0.0", b"");
    let (status, _) = server
        .publish("f", publish_body("a-crate", "1.0.0", &archive))
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "the number stays taken");
    assert_eq!(server.get(&format!("{FEED}/packages")).await["count"], 0);
    server.published("f", "a-crate", "1.0.1").await;
}

#[tokio::test]
async fn what_was_deleted_does_not_come_back_from_upstream() {
    let crates_io = CratesIo::start().await;
    crates_io.add("a-/cr/a-crate", "a-crate", "1.0.0");
    crates_io.add("ou/rs/ours", "ours", "2.0.0");
    let server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    server.feed("f", true).await;
    assert_eq!(server.download("f", "a-crate", "1.0.0").await.0, StatusCode::OK);
    server.published("f", "ours", "1.0.0").await;
    let ours = format!("{FEED}/cargo/packages/ours/versions/1.0.0");
    for version in [format!("{VERSIONS}/1.0.0"), ours] {
        assert_eq!(
            server.json(Method::DELETE, &version, None).await.0,
            StatusCode::OK
        );
    }
    assert_eq!(
        server.download("f", "a-crate", "1.0.0").await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(server.index("f", "a-/cr/a-crate").await.0, StatusCode::NOT_FOUND);
    // A name that was ours once stays ours.
    assert_eq!(server.index("f", "ou/rs/ours").await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        server.download("f", "ours", "2.0.0").await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(server.get(FEEDS).await["count"], 1);
}

#[tokio::test]
async fn batches_are_done_whole_or_not_at_all() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        server.published("f", "a-crate", version).await;
    }
    let batch = |operation: &str, versions: &[&str]| {
        let one = |version: &&str| json!({ "id": "a-crate", "version": version });
        let packages: Vec<_> = versions.iter().map(one).collect();
        json!({ "operation": operation, "data": { "viewId": "Release" }, "packages": packages })
    };
    let held = format!("{FEED}/cargo/packagesbatch?api-version=7.2-preview.1");
    let described = "/local/main/_packaging/packaging/feeds/f/cargo/packagesbatch".to_owned();
    let deleted = format!("{FEED}/cargo/RecycleBin/packagesBatch");
    for (path, body) in [
        (&held, batch("promote", &["1.0.0", "9.9.9"])),
        (&held, batch("delete", &["1.0.0", "9.9.9"])),
        (&held, batch("delete", &[])),
        (&held, batch("yank", &["1.0.0"])),
        (&held, batch("permanentDelete", &["1.0.0"])),
        (&deleted, batch("delete", &["1.0.0"])),
        (&deleted, batch("restoreToFeed", &["1.0.0"])),
        (
            &held,
            json!({ "operation": "promote", "packages": [{ "id": "a-crate", "version": "1.0.0" }] }),
        ),
    ] {
        let (status, answer) = server.json(Method::POST, path, Some(body.clone())).await;
        assert!(status.is_client_error(), "{body}: {answer}");
    }
    assert_eq!(server.listed("f", "a-/cr/a-crate").await.len(), 3);
    assert_eq!(
        server.index("f@Release", "a-/cr/a-crate").await.0,
        StatusCode::NOT_FOUND
    );

    for (path, operation, versions, left) in [
        (&held, "promote", ["1.0.0", "1.1.0"], 3),
        (&described, "delete", ["1.1.0", "1.2.0"], 1),
        (&deleted, "restoreToFeed", ["1.1.0", "1.2.0"], 3),
        (&held, "delete", ["1.0.0", "1.2.0"], 1),
        (&deleted, "permanentDelete", ["1.0.0", "1.2.0"], 1),
    ] {
        let body = batch(operation, &versions);
        let (status, answer) = server.json(Method::POST, path, Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{operation}: {answer}");
        let listed = server.listed("f", "a-/cr/a-crate").await;
        assert_eq!(listed.len(), left, "{operation}");
    }
    assert_eq!(server.listed("f@Release", "a-/cr/a-crate").await, ["1.1.0"]);
    assert_eq!(listed(&server, "RecycleBin/Packages", "").await["count"], 0);
}
