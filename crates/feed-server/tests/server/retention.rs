//! What goes by itself: versions beyond a feed's limits, and what lay in a recycle bin for too long.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::test_server::TestServer;

const FEED: &str = "/local/main/_apis/packaging/feeds/f";
const LIMITS: &str = "/local/main/_apis/packaging/feeds/f/retentionpolicies";
const PATH: &str = "a-/cr/a-crate";

fn limits(versions: Value, days: Value) -> Value {
    json!({ "countLimit": versions, "daysToKeepRecentlyDownloadedPackages": days })
}

async fn in_days(server: &TestServer, days: i64) {
    let moment = OffsetDateTime::now_utc() + Duration::days(days);
    server.server().retain_as_of(moment).await.unwrap();
}

async fn stocked(versions: &[&str]) -> TestServer {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    for version in versions {
        server.published("f", "a-crate", version).await;
    }
    server
}

#[tokio::test]
async fn limits_are_set_read_and_taken_away() {
    let server = stocked(&[]).await;
    assert_eq!(server.get(LIMITS).await, json!({}));
    let set = limits(json!(30), json!(365));
    assert_eq!(server.said(Method::PUT, LIMITS, set.clone()).await, set);
    assert_eq!(server.get(LIMITS).await, set);
    for (versions, days) in [
        (json!(0), json!(1)),
        (json!(5001), json!(1)),
        (json!(1), json!(0)),
        (json!(1), json!(366)),
        (json!("1"), json!(1)),
        (json!(1), Value::Null),
    ] {
        let body = limits(versions, days);
        let (status, answer) = server.json(Method::PUT, LIMITS, Some(body.clone())).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}: {answer}");
    }
    assert_eq!(server.get(LIMITS).await, set);
    server.said(Method::DELETE, LIMITS, Value::Null).await;
    assert_eq!(server.get(LIMITS).await, json!({}));
}

#[tokio::test]
async fn a_version_goes_when_both_limits_are_exceeded() {
    let server = stocked(&["1.0.0", "2.0.0", "3.0.0", "4.0.0", "5.0.0"]).await;
    let promote = json!({ "views": { "op": "add", "path": "/views/-", "value": "Release" } });
    let promoted = format!("{FEED}/cargo/packages/a-crate/versions/1.0.0");
    server.said(Method::PATCH, &promoted, promote).await;
    in_days(&server, 400).await;
    assert_eq!(
        server.listed("f", PATH).await.len(),
        5,
        "nothing was said of limits"
    );

    server
        .said(Method::PUT, LIMITS, limits(json!(2), json!(10)))
        .await;
    in_days(&server, 9).await;
    assert_eq!(server.listed("f", PATH).await.len(), 5, "too young");
    in_days(&server, 11).await;
    assert_eq!(server.listed("f", PATH).await, ["1.0.0", "4.0.0", "5.0.0"]);
    let bin = server
        .get(&format!("{FEED}/recyclebin/packages?includeAllVersions=true"))
        .await;
    assert_eq!(bin["value"][0]["versions"].as_array().unwrap().len(), 2);
    let number = format!("{FEED}/cargo/RecycleBin/packages/a-crate/versions/2.0.0");
    server
        .said(Method::PATCH, &number, json!({ "deleted": false }))
        .await;
    assert_eq!(server.listed("f", PATH).await.len(), 4, "it can be given back");
}

#[tokio::test]
async fn a_download_keeps_a_version() {
    let server = stocked(&["1.0.0", "2.0.0"]).await;
    server.said(Method::PUT, LIMITS, limits(json!(1), json!(1))).await;
    let database = rusqlite::Connection::open(server.folder.path().join("feeds.db")).unwrap();
    let long_ago = "2020-01-01T00:00:00.0000000Z";
    database
        .execute(
            "UPDATE versions SET saved_at = ?1 WHERE version = '1.0.0'",
            [long_ago],
        )
        .unwrap();
    assert_eq!(server.download("f", "a-crate", "1.0.0").await.0, StatusCode::OK);
    in_days(&server, 0).await;
    assert_eq!(server.listed("f", PATH).await.len(), 2, "it was just downloaded");
    in_days(&server, 2).await;
    assert_eq!(server.listed("f", PATH).await, ["2.0.0"]);
}

#[tokio::test]
async fn thirty_days_in_a_recycle_bin_are_enough() {
    let server = stocked(&["1.0.0"]).await;
    let version = format!("{FEED}/cargo/packages/a-crate/versions/1.0.0");
    server.said(Method::DELETE, &version, Value::Null).await;
    let bin = format!("{FEED}/recyclebin/packages");
    let package = server.get(&bin).await["value"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let versions = server.get(&format!("{bin}/{package}/versions")).await;
    let told = &versions["value"][0];
    let date = |value: &Value| value.as_str().unwrap()[..10].to_owned();
    assert_ne!(
        date(&told["deletedDate"]),
        date(&told["scheduledPermanentDeleteDate"])
    );
    in_days(&server, 29).await;
    assert_eq!(server.get(&bin).await["count"], 1);
    in_days(&server, 31).await;
    assert_eq!(server.get(&bin).await["count"], 0);

    let feeds = "/local/main/_apis/packaging/feedrecyclebin";
    server.said(Method::DELETE, FEED, Value::Null).await;
    in_days(&server, 29).await;
    let feed = &server.get(feeds).await["value"][0];
    assert!(feed["scheduledPermanentDeleteDate"].as_str() > feed["deletedDate"].as_str());
    in_days(&server, 31).await;
    assert_eq!(server.get(feeds).await["count"], 0);
    server.feed("f", false).await;
}

#[tokio::test]
async fn what_was_given_back_is_not_taken_again_within_the_same_days() {
    let mut server = stocked(&["1.0.0", "2.0.0"]).await;
    server
        .said(Method::PUT, LIMITS, limits(json!(1), json!(10)))
        .await;
    server.server().back_date(20).await.unwrap();
    in_days(&server, 0).await;
    assert_eq!(server.listed("f", PATH).await, ["2.0.0"]);
    let number = format!("{FEED}/cargo/RecycleBin/packages/a-crate/versions/1.0.0");
    server
        .said(Method::PATCH, &number, json!({ "deleted": false }))
        .await;
    // The job is done at every start.
    server.restart().await;
    in_days(&server, 0).await;
    in_days(&server, 9).await;
    assert_eq!(
        server.listed("f", PATH).await,
        ["1.0.0", "2.0.0"],
        "it was given back"
    );
    in_days(&server, 11).await;
    assert_eq!(server.listed("f", PATH).await, ["2.0.0"], "nobody used it since");
}
