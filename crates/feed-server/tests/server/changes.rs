//! What changed since somebody last looked.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::crates_io::CratesIo;
use crate::test_server::TestServer;

const FEED: &str = "/local/main/_apis/packaging/feeds/f";
const FEED_CHANGES: &str = "/local/main/_apis/packaging/feedchanges";
const CHANGES: &str = "/local/main/_apis/packaging/feeds/f/packagechanges";
const VERSIONS: &str = "/local/main/_apis/packaging/feeds/f/cargo/packages/a-crate/versions";

/// Kind, crate and version of each change.
fn told(changes: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = changes["packageChanges"].as_array().unwrap();
    assert_eq!(changes["count"], all.len());
    let told = all.iter().map(|one| {
        let change = &one["packageVersionChange"];
        (
            text(&change["changeType"]),
            text(&one["package"]["name"]),
            text(&change["packageVersion"]["version"]),
        )
    });
    told.collect()
}

/// What changed behind a token, and the next one.
async fn since(server: &TestServer, token: i64) -> (Vec<(String, String, String)>, i64) {
    let changes = server.get(&format!("{CHANGES}?continuationToken={token}")).await;
    (
        told(&changes),
        changes["nextPackageContinuationToken"].as_i64().unwrap(),
    )
}

async fn latest(server: &TestServer) -> i64 {
    let one = server.get(&format!("{FEED_CHANGES}/f")).await;
    one["latestPackageContinuationToken"].as_i64().unwrap()
}

#[tokio::test]
async fn every_change_of_a_version_is_told_once() {
    let crates_io = CratesIo::start().await;
    crates_io.add("up/cr/upcrate", "upcrate", "1.0.0");
    let mut server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    server.feed("f", true).await;
    assert_eq!((since(&server, 0).await, latest(&server).await), ((vec![], 0), 0));
    for version in ["1.0.0", "2.0.0"] {
        server.published("f", "a-crate", version).await;
    }
    let (changes, mut token) = since(&server, 0).await;
    assert_eq!((changes.len(), token), (2, latest(&server).await));
    assert_eq!(since(&server, token).await, (vec![], token));

    let yank = "/local/main/_packaging/f/cargo/api/v1/crates/a-crate/1.0.0";
    let promote = json!({ "views": { "op": "add", "path": "/views/-", "value": "Release" } });
    let bin = VERSIONS.replace("/packages/", "/RecycleBin/packages/");
    let steps = [
        (Method::DELETE, format!("{yank}/yank"), Value::Null, "addOrUpdate"),
        (Method::PUT, format!("{yank}/unyank"), Value::Null, "addOrUpdate"),
        (Method::PATCH, format!("{VERSIONS}/1.0.0"), promote, "addOrUpdate"),
        (Method::DELETE, format!("{VERSIONS}/1.0.0"), Value::Null, "delete"),
        (
            Method::PATCH,
            format!("{bin}/1.0.0"),
            json!({ "deleted": false }),
            "addOrUpdate",
        ),
        (Method::DELETE, format!("{VERSIONS}/1.0.0"), Value::Null, "delete"),
        (
            Method::DELETE,
            format!("{bin}/1.0.0"),
            Value::Null,
            "permanentDelete",
        ),
    ];
    for (method, path, body, kind) in steps {
        server.said(method.clone(), &path, body).await;
        let expected = [kind, "a-crate", "1.0.0"].map(str::to_owned);
        let [kind, name, version] = expected;
        let (changes, next) = since(&server, token).await;
        assert_eq!(changes, [(kind, name, version)], "{method} {path}");
        assert!(next > token && next == latest(&server).await);
        token = next;
    }
    server.restart().await;
    assert_eq!(server.download("f", "upcrate", "1.0.0").await.0, StatusCode::OK);
    let (changes, next) = since(&server, token).await;
    assert_eq!((changes.len(), changes[0].1.as_str()), (1, "upcrate"));
    // The same again changes nothing.
    server.download("f", "upcrate", "1.0.0").await;
    assert_eq!(since(&server, next).await.0, []);
    let (all, _) = since(&server, 0).await;
    let all: Vec<_> = all.iter().map(|(kind, ..)| kind.as_str()).collect();
    assert_eq!(all, ["addOrUpdate", "permanentDelete", "addOrUpdate"]);
}

#[tokio::test]
async fn a_long_log_is_read_in_batches() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    for patch in 0..5 {
        server.published("f", "a-crate", &format!("1.0.{patch}")).await;
    }
    let mut token = 0;
    let mut seen = Vec::new();
    loop {
        let path = format!("{CHANGES}?continuationToken={token}&batchSize=2");
        let changes = server.get(&path).await;
        let batch = told(&changes);
        assert!(batch.len() <= 2);
        if batch.is_empty() {
            break;
        }
        seen.extend(batch.into_iter().map(|(.., version)| version));
        token = changes["nextPackageContinuationToken"].as_i64().unwrap();
    }
    assert_eq!(seen, ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.4"]);
    for wrong in [
        "batchSize=0",
        "batchSize=2001",
        "batchSize=x",
        "continuationToken=x",
    ] {
        let (status, _) = server
            .json(Method::GET, &format!("{CHANGES}?{wrong}"), None)
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn feeds_that_changed_are_told_until_they_are_gone() {
    let server = TestServer::start().await;
    let everything = format!("{FEED_CHANGES}?includeDeleted=true");
    for name in ["f", "g"] {
        server.feed(name, false).await;
    }
    let first = server.get(FEED_CHANGES).await;
    let names = |changes: &Value| -> Vec<(String, String)> {
        let all = changes["feedChanges"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        all.iter()
            .map(|one| (text(&one["changeType"]), text(&one["feed"]["name"])))
            .collect()
    };
    let pair = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
    assert_eq!(
        names(&first),
        [pair("addOrUpdate", "f"), pair("addOrUpdate", "g")]
    );
    let token = first["nextFeedContinuationToken"].as_i64().unwrap();
    server
        .said(Method::PATCH, FEED, json!({ "description": "changed" }))
        .await;
    let news = server
        .get(&format!("{FEED_CHANGES}?continuationToken={token}"))
        .await;
    assert_eq!(names(&news), [pair("addOrUpdate", "f")]);
    assert_eq!(news["feedChanges"][0]["feed"]["description"], "changed");

    server.said(Method::DELETE, FEED, Value::Null).await;
    assert_eq!(names(&server.get(FEED_CHANGES).await), [pair("addOrUpdate", "g")]);
    let all = server.get(&everything).await;
    assert_eq!(names(&all), [pair("addOrUpdate", "g"), pair("delete", "f")]);
    let purge = "/local/main/_apis/packaging/feedrecyclebin/f";
    server.said(Method::DELETE, purge, Value::Null).await;
    let all = server.get(&everything).await;
    assert_eq!(
        names(&all),
        [pair("addOrUpdate", "g"), pair("permanentDelete", "f")]
    );
    assert!(all["feedChanges"][1]["feed"]["permanentDeletedDate"].is_string());
    let elsewhere = server
        .get("/local/_apis/packaging/feedchanges?includeDeleted=true")
        .await;
    assert_eq!(elsewhere["count"], 2);
}
