//! Names of our own that public upstreams may, or may not, add versions to.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::crates_io::CratesIo;
use crate::test_server::TestServer;

const PATH: &str = "up/cr/upcrate";
const BEHAVIOUR: &str = "/local/main/_apis/packaging/feeds/f/cargo/packages/UpCrate/upstreaming";

fn says(value: &str) -> Value {
    json!({ "versionsFromExternalUpstreams": value })
}

#[tokio::test]
async fn a_name_of_ours_is_opened_to_upstream_and_closed_again() {
    let crates_io = CratesIo::start().await;
    for version in ["1.0.0", "2.0.0"] {
        crates_io.add(PATH, "upcrate", version);
    }
    let server = TestServer::start_with(Some(crates_io.index()), |config| {
        config.limits.entry_fresh = Duration::ZERO;
    })
    .await;
    server.feed("f", true).await;
    assert_eq!(
        server.get(BEHAVIOUR).await,
        says("auto"),
        "before there is a crate"
    );
    server.published("f", "upcrate", "9.0.0").await;
    assert_eq!(server.listed("f", PATH).await, ["9.0.0"]);

    server
        .said(Method::PATCH, BEHAVIOUR, says("AllowExternalVersions"))
        .await;
    assert_eq!(server.get(BEHAVIOUR).await, says("allowExternalVersions"));
    assert_eq!(server.listed("f", PATH).await, ["1.0.0", "2.0.0", "9.0.0"]);
    assert_eq!(server.listed("f@Local", PATH).await, ["9.0.0"]);
    assert_eq!(server.download("f", "upcrate", "1.0.0").await.0, StatusCode::OK);

    server.said(Method::PATCH, BEHAVIOUR, says("auto")).await;
    assert_eq!(
        server.listed("f", PATH).await,
        ["9.0.0", "1.0.0"],
        "what was saved stays"
    );
    assert_eq!(server.download("f", "upcrate", "1.0.0").await.0, StatusCode::OK);
    assert_eq!(
        server.download("f", "upcrate", "2.0.0").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn what_it_cannot_be_is_said() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    let refused = async |path: &str, body: Value, words: &str| {
        let (status, answer) = server.json(Method::PATCH, path, Some(body)).await;
        let message = answer["message"].as_str().unwrap_or_default();
        assert!(
            status == StatusCode::BAD_REQUEST && message.contains(words),
            "{answer}"
        );
    };
    refused(
        BEHAVIOUR,
        says("sometimes"),
        "it is one of auto, allowExternalVersions",
    )
    .await;
    refused(BEHAVIOUR, json!({}), "names no").await;
    let nameless = BEHAVIOUR.replace("UpCrate", "a%20b");
    refused(&nameless, says("auto"), "No crate is meant").await;
    let view = BEHAVIOUR.replace("/f/", "/f@Local/");
    refused(&view, says("auto"), "read-only").await;
    let (status, _) = server
        .json(Method::GET, &BEHAVIOUR.replace("/f/", "/nowhere/"), None)
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
