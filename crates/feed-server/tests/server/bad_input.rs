//! Names and numbers that are hard to write, values nobody knows, and a crate with very many versions.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_server::{TestServer, eventually};

const FEEDS: &str = "/local/main/_apis/packaging/feeds";
const FEED: &str = "/local/main/_apis/packaging/feeds/f";

#[tokio::test]
async fn names_that_need_encoding_are_found() {
    let server = TestServer::start().await;
    for name in ["föd", "hundred%", "it's(new)!", "grün.2"] {
        let body = json!({ "name": name, "upstreamSources": [] });
        let made = server.said(Method::POST, FEEDS, body).await;
        assert_eq!(made["name"], name);
        let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let found = server.get(&format!("{FEEDS}/{encoded}")).await;
        assert_eq!(found["id"], made["id"], "{name}");
        let upper: String = url::form_urlencoded::byte_serialize(name.to_uppercase().as_bytes()).collect();
        assert_eq!(
            server.get(&format!("{FEEDS}/{upper}@Local")).await["id"],
            made["id"]
        );
        let config = server.index(&encoded, "config.json").await;
        assert_eq!(
            (config.0, &config.1[0]["auth-required"]),
            (StatusCode::OK, &json!(true))
        );
    }
    for name in ["a b", "a+b", "a\tb", "a/b", "a@b"] {
        let body = Some(json!({ "name": name }));
        let (status, answer) = server.json(Method::POST, FEEDS, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{name:?}: {answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(message.starts_with("The feed name '"), "{message}");
    }
}

#[tokio::test]
async fn a_version_with_build_metadata_is_reached_encoded() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    let archive = server.published("f", "a-crate", "1.0.0+build.7").await;
    let (status, bytes) = server.download("f", "a-crate", "1.0.0%2Bbuild.7").await;
    assert_eq!((status, bytes), (StatusCode::OK, archive));
    let version = format!("{FEED}/cargo/packages/a-crate/versions/1.0.0%2Bbuild.7");
    assert_eq!(server.get(&version).await["version"], "1.0.0+build.7");
    server.said(Method::DELETE, &version, Value::Null).await;
    let batch = json!({ "operation": "restoreToFeed",
                        "packages": [{ "id": "a-crate", "version": "1.0.0+build.7" }] });
    let path = format!("{FEED}/cargo/recyclebin/packagesbatch");
    server.said(Method::POST, &path, batch).await;
    assert_eq!(server.listed("f", "a-/cr/a-crate").await, ["1.0.0+build.7"]);
    let (status, answer) = server
        .json(
            Method::GET,
            &format!("{FEED}/packages?packageNameQuery=a%2Bb"),
            None,
        )
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
}

#[tokio::test]
async fn a_renamed_feed_is_still_reached_by_its_id() {
    let server = TestServer::start().await;
    let feed = server.feed("before", false).await;
    server.published("before", "a-crate", "1.0.0").await;
    let (id, project) = (
        feed["id"].as_str().unwrap(),
        feed["project"]["id"].as_str().unwrap(),
    );
    let renamed = json!({ "name": "after" });
    server
        .said(Method::PATCH, &format!("{FEEDS}/before"), renamed)
        .await;
    assert_eq!(
        server.json(Method::GET, &format!("{FEEDS}/before"), None).await.0,
        StatusCode::NOT_FOUND
    );
    let by_ids = format!("/local/{project}/_apis/packaging/feeds/{id}");
    assert_eq!(server.get(&by_ids).await["name"], "after");
    let index = format!("/local/{project}/_packaging/{id}/Cargo/index/a-/cr/a-crate");
    let answer = server.request(Method::GET, &index).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        server.listed(&format!("{id}~force-auth"), "a-/cr/a-crate").await,
        ["1.0.0"]
    );
    server.feed("before", false).await;
}

#[tokio::test]
async fn values_nobody_knows_are_refused_with_those_that_are() {
    let server = TestServer::start().await;
    let feed = server.feed("f", false).await;
    let views = format!("{FEED}/views");
    let batch = format!("{FEED}/cargo/packagesbatch");
    let cases = [
        (
            Method::GET,
            format!("{FEEDS}?feedRole=emperor"),
            Value::Null,
            "reader",
        ),
        (
            Method::POST,
            views.clone(),
            json!({ "name": "v", "visibility": "everybody" }),
            "collection",
        ),
        (
            Method::PATCH,
            format!("{FEED}/permissions"),
            json!([{ "identityDescriptor": "Kind;x", "role": "emperor" }]),
            "contributor",
        ),
        (
            Method::POST,
            batch,
            json!({ "operation": "polish", "packages": [{ "id": "a", "version": "1.0.0" }] }),
            "polish",
        ),
        (
            Method::PATCH,
            FEED.to_owned(),
            json!({ "badgesEnabled": "yes" }),
            "`badgesEnabled`",
        ),
        (Method::PATCH, FEED.to_owned(), json!({ "name": 7 }), "`name`"),
        (Method::PATCH, FEED.to_owned(), json!([]), "not a JSON object"),
        (
            Method::GET,
            format!("{FEED}/packages?$skip=-1"),
            Value::Null,
            "`$skip`",
        ),
    ];
    for (method, path, body, words) in cases {
        let sent = Some(body).filter(|body| !body.is_null());
        let (status, answer) = server.json(method.clone(), &path, sent).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{method} {path}: {answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(words), "{method} {path}: {message}");
    }
    assert_eq!(server.get(FEED).await, feed, "nothing of it was kept");
}

#[tokio::test]
async fn a_crate_with_five_thousand_versions() {
    const VERSIONS: usize = 5000;
    let mut server = TestServer::start().await;
    server.stop().await;
    let seed = feed_server::Seed {
        feed: "f".to_owned(),
        crates: 1,
        versions: 5000,
    };
    feed_server::seed(server.folder.path(), &seed).unwrap();
    server.serve().await;
    let began = Instant::now();
    let all = server
        .get(&format!("{FEED}/packages?includeAllVersions=true"))
        .await;
    let package = &all["value"][0];
    let versions = package["versions"].as_array().unwrap();
    assert_eq!(
        (versions.len(), &versions[0]["version"]),
        (VERSIONS, &json!("1.4999.0"))
    );
    assert_eq!(
        versions
            .iter()
            .filter(|version| version["isLatest"] == true)
            .count(),
        1
    );
    let full = format!("{FEED}/packages/{}/versions", package["id"].as_str().unwrap());
    assert_eq!(server.get(&full).await["count"], VERSIONS);
    assert_eq!(server.listed("f", "cr/at/crate-000000").await.len(), VERSIONS);
    let mut seen = 0;
    let mut token = 0;
    while seen < VERSIONS {
        let path = format!("{FEED}/packagechanges?continuationToken={token}&batchSize=2000");
        let changes = server.get(&path).await;
        seen += changes["packageChanges"].as_array().unwrap().len();
        token = changes["nextPackageContinuationToken"].as_i64().unwrap();
    }
    assert_eq!(seen, VERSIONS);
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "something grows with the square of the versions: {:?}",
        began.elapsed()
    );

    let limits = json!({ "countLimit": 10, "daysToKeepRecentlyDownloadedPackages": 1 });
    server
        .said(Method::PUT, &format!("{FEED}/retentionpolicies"), limits)
        .await;
    let moment = time::OffsetDateTime::now_utc() + time::Duration::days(2);
    server.server().retain_as_of(moment).await.unwrap();
    assert_eq!(server.listed("f", "cr/at/crate-000000").await.len(), 10);
    let bin = format!("{FEED}/recyclebin/packages");
    let begun = server.said(Method::DELETE, &bin, Value::Null).await;
    let operation = begun["url"].as_str().unwrap().replace(&server.url, "");
    eventually("the recycle bin is empty", async || {
        server.get(&operation).await["status"] == "succeeded"
    })
    .await;
    assert_eq!(server.get(&bin).await["count"], 0);
}
