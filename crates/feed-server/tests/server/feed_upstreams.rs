//! Feeds that are other feeds' upstreams.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::crates_io::CratesIo;
use crate::test_server::{TestServer, crates_io_source, sha256};

const FEEDS: &str = "/local/main/_apis/packaging/feeds";
const PATH: &str = "a-/cr/a-crate";
const UPCRATE: &str = "up/cr/upcrate";

fn source(feed: &Value, view: Option<&str>) -> Value {
    let mut source = json!({ "name": "", "protocol": "Cargo", "upstreamSourceType": "internal",
                             "internalUpstreamFeedId": feed["id"] });
    if let Some(view) = view {
        source["internalUpstreamViewId"] = json!(view);
    }
    source
}

async fn below(server: &TestServer, name: &str, sources: Value) -> Value {
    let body = json!({ "name": name, "upstreamSources": sources });
    server.said(Method::POST, FEEDS, body).await
}

async fn promote(server: &TestServer, feed: &str, version: &str) {
    let path = format!("{FEEDS}/{feed}/cargo/packages/a-crate/versions/{version}");
    let body = json!({ "views": { "op": "add", "path": "/views/-", "value": "Release" } });
    server.said(Method::PATCH, &path, body).await;
}

fn names(chain: &Value) -> Vec<&str> {
    let links = chain.as_array().unwrap().iter();
    links.map(|link| link["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_another_feed_holds_is_listed_and_saved_with_the_way_it_came() {
    let crates_io = CratesIo::start().await;
    for version in ["1.0.0", "2.0.0"] {
        crates_io.add(UPCRATE, "upcrate", version);
    }
    let server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    let above = server.feed("above", true).await;
    let archive = server.published("above", "a-crate", "1.0.0").await;
    let made = below(&server, "f", json!([source(&above, None)])).await;
    let shown = &made["upstreamSources"][0];
    assert_eq!(
        (&shown["upstreamSourceType"], &shown["status"], &shown["name"]),
        (&json!("internal"), &json!("ok"), &json!("above@Local"))
    );
    assert_eq!(shown["internalUpstreamFeedId"], above["id"]);
    assert_eq!(shown["internalUpstreamViewId"], above["defaultViewId"]);
    assert_eq!(shown["displayLocation"], "azure-feed://local/main/above@Local");

    assert_eq!(server.listed("f", PATH).await, ["1.0.0"]);
    assert_eq!(server.index("f@Local", PATH).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        server.index("f", UPCRATE).await.0,
        StatusCode::NOT_FOUND,
        "what the feed above merely could have is not offered"
    );
    assert_eq!(
        server.download("above", "upcrate", "1.0.0").await.0,
        StatusCode::OK
    );
    assert_eq!(server.listed("f", UPCRATE).await, ["1.0.0"]);

    assert_eq!(
        server.download("f", "a-crate", "1.0.0").await,
        (StatusCode::OK, archive.clone())
    );
    assert_eq!(server.download("f", "upcrate", "1.0.0").await.0, StatusCode::OK);
    assert_eq!(server.listed("f@Local", PATH).await, ["1.0.0"]);
    for (name, chain) in [
        ("a-crate", vec!["above@Local"]),
        ("upcrate", vec!["above@Local", "crates.io"]),
    ] {
        let path = format!("{FEEDS}/f/cargo/packages/{name}/versions/1.0.0");
        let one = server.get(&path).await;
        assert_eq!(names(&one["sourceChain"]), chain);
        assert_eq!(one["sourceChain"][0]["sourceType"], "internal");
        let list = server
            .get(&format!("{FEEDS}/f/packages?packageNameQuery={name}"))
            .await;
        let package = &list["value"][0];
        assert_eq!(package["versions"][0]["directUpstreamSourceId"], shown["id"]);
        let versions = format!("{FEEDS}/f/packages/{}/versions", package["id"].as_str().unwrap());
        let full = server.get(&versions).await;
        assert_eq!(names(&full["value"][0]["sourceChain"]), chain);
    }
    assert!(server.kept().iter().any(|kept| kept.contains(&sha256(&archive))));
}

#[tokio::test]
async fn the_first_source_wins_and_a_view_shows_what_was_promoted() {
    let server = TestServer::start().await;
    let (one, other) = (server.feed("one", false).await, server.feed("other", false).await);
    server.published("one", "a-crate", "1.0.0").await;
    let mut rest = Vec::new();
    for version in ["1.0.0", "2.0.0"] {
        let archive = crate::test_server::crate_archive("a-crate", version, b"other");
        let body = crate::test_server::publish_body("a-crate", version, &archive);
        assert_eq!(server.publish("other", body).await.0, StatusCode::OK);
        rest.push(archive);
    }
    promote(&server, "other", "2.0.0").await;
    below(&server, "f", json!([source(&other, None), source(&one, None)])).await;
    assert_eq!(server.listed("f", PATH).await, ["1.0.0", "2.0.0"]);
    assert_eq!(server.download("f", "a-crate", "1.0.0").await.1, rest[0]);
    below(&server, "released", json!([source(&other, Some("Release"))])).await;
    assert_eq!(server.listed("released", PATH).await, ["2.0.0"]);
    assert_eq!(
        server.download("released", "a-crate", "1.0.0").await.0,
        StatusCode::NOT_FOUND
    );

    // A name of our own is hidden from public upstreams alone.
    let (status, _) = server
        .publish(
            "released",
            crate::test_server::publish_body(
                "a-crate",
                "3.0.0",
                &crate::test_server::crate_archive("a-crate", "3.0.0", b""),
            ),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(server.listed("released", PATH).await, ["2.0.0", "3.0.0"]);
    assert_eq!(
        server.download("released", "a-crate", "2.0.0").await.0,
        StatusCode::OK
    );
    let taken = crate::test_server::crate_archive("a-crate", "1.0.0", b"");
    let body = crate::test_server::publish_body("a-crate", "1.0.0", &taken);
    below(&server, "g", json!([source(&one, None)])).await;
    let (status, answer) = server.publish("g", body).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        answer.to_string().contains("exists in the upstream `one@Local`"),
        "{answer}"
    );
}

#[tokio::test]
async fn feeds_that_are_each_others_upstreams_answer() {
    let server = TestServer::start().await;
    let one = server.feed("one", false).await;
    let other = below(&server, "other", json!([source(&one, None)])).await;
    let change = json!({ "upstreamSources": [source(&other, None)] });
    server.said(Method::PATCH, &format!("{FEEDS}/one"), change).await;
    server.published("one", "a-crate", "1.0.0").await;
    server.published("other", "a-crate", "2.0.0").await;
    for feed in ["one", "other"] {
        let mut listed = server.listed(feed, PATH).await;
        listed.sort();
        assert_eq!(listed, ["1.0.0", "2.0.0"], "{feed}");
    }
    assert_eq!(server.download("one", "a-crate", "2.0.0").await.0, StatusCode::OK);
    assert_eq!(
        server.download("one", "a-crate", "3.0.0").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_feed_that_is_gone_is_silent_and_says_why() {
    let server = TestServer::start().await;
    let above = server.feed("above", false).await;
    server.published("above", "a-crate", "1.0.0").await;
    server.published("above", "a-crate", "2.0.0").await;
    below(&server, "f", json!([source(&above, None)])).await;
    server.download("f", "a-crate", "1.0.0").await;
    let told = async || server.get(&format!("{FEEDS}/f")).await["upstreamSources"][0].clone();
    server
        .said(Method::DELETE, &format!("{FEEDS}/above"), Value::Null)
        .await;
    let silent = told().await;
    assert_eq!(silent["status"], "disabled");
    let reason = silent["statusDetails"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("recycle bin"), "{reason}");
    assert_eq!(server.listed("f", PATH).await, ["1.0.0"], "what was saved stays");
    assert_eq!(
        server.download("f", "a-crate", "2.0.0").await.0,
        StatusCode::NOT_FOUND
    );
    let bin = "/local/main/_apis/packaging/feedrecyclebin/above";
    server.said(Method::DELETE, bin, Value::Null).await;
    let gone = told().await;
    assert!(
        gone["statusDetails"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("for good")
    );
    assert_eq!(server.listed("f", PATH).await, ["1.0.0"]);
}

#[tokio::test]
async fn a_list_of_sources_is_replaced_whole_and_known_ids_stay() {
    let server = TestServer::start().await;
    let (one, other) = (server.feed("one", false).await, server.feed("other", false).await);
    let made = below(&server, "f", json!([crates_io_source(), source(&one, None)])).await;
    let known = made["upstreamSources"].as_array().unwrap().clone();
    let sources = json!([source(&other, Some("Release")), known[1]]);
    let path = format!("{FEEDS}/f");
    let changed = server
        .said(Method::PATCH, &path, json!({ "upstreamSources": sources }))
        .await;
    let now = changed["upstreamSources"].as_array().unwrap();
    assert_eq!(now.len(), 2);
    assert_eq!(
        (&now[0]["name"], &now[1]["id"]),
        (&json!("other@Release"), &known[1]["id"])
    );
    let all = server.get(&format!("{path}?includeDeletedUpstreams=true")).await;
    let all = all["upstreamSources"].as_array().unwrap();
    assert_eq!((all.len(), &all[2]["id"]), (3, &known[0]["id"]));
    assert!(all[2]["deletedDate"].is_string());

    let nowhere = json!({ "id": "00000000-0000-0000-0000-000000000000" });
    for (wrong, status, words) in [
        (
            json!([source(&nowhere, None)]),
            StatusCode::NOT_FOUND,
            "doesn't exist",
        ),
        (
            json!([source(&made, None)]),
            StatusCode::NOT_FOUND,
            "doesn't exist",
        ),
        (
            json!([source(&one, Some("Nowhere"))]),
            StatusCode::NOT_FOUND,
            "'nowhere' doesn't exist",
        ),
        (
            json!([source(&one, None), source(&one, Some("Release"))]),
            StatusCode::BAD_REQUEST,
            "named twice",
        ),
        (
            json!([{ "protocol": "Cargo", "upstreamSourceType": "borrowed" }]),
            StatusCode::BAD_REQUEST,
            "it is one of public, internal",
        ),
        (json!({}), StatusCode::BAD_REQUEST, "is not a list"),
    ] {
        let body = json!({ "upstreamSources": wrong });
        let (answered, answer) = server.json(Method::PATCH, &path, Some(body.clone())).await;
        assert_eq!(answered, status, "{body}: {answer}");
        assert!(answer["message"].as_str().unwrap().contains(words), "{answer}");
    }
    assert_eq!(
        server.get(&path).await["upstreamSources"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_feed_answers_where_a_registry_behind_it_does_not() {
    // Nobody listens where crates.io should be.
    let server = TestServer::start().await;
    let above = server.feed("above", false).await;
    server.published("above", "a-crate", "1.0.0").await;
    below(&server, "f", json!([source(&above, None), crates_io_source()])).await;
    assert_eq!(server.listed("f", PATH).await, ["1.0.0"]);
    assert_eq!(server.download("f", "a-crate", "1.0.0").await.0, StatusCode::OK);
    assert_eq!(
        server.index("f", UPCRATE).await.0,
        StatusCode::SERVICE_UNAVAILABLE,
        "out of reach never means that there is none"
    );
}

#[tokio::test]
async fn a_name_that_is_another_feeds_own_hides_the_publics() {
    let crates_io = CratesIo::start().await;
    for version in ["1.0.0", "2.0.0"] {
        crates_io.add(UPCRATE, "upcrate", version);
    }
    let server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    let above = server.feed("above", false).await;
    // crates.io comes first in the list, and is not asked all the same.
    let made = below(&server, "f", json!([crates_io_source(), source(&above, None)])).await;
    assert_eq!(
        server.listed("f", UPCRATE).await,
        ["1.0.0", "2.0.0"],
        "nobody has a name like it"
    );
    server.published("above", "upcrate", "9.0.0").await;
    assert_eq!(server.listed("f", UPCRATE).await, ["9.0.0"]);
    let refused = server.download("f", "upcrate", "2.0.0").await.0;
    assert_eq!(
        refused,
        StatusCode::NOT_FOUND,
        "the public's version is not to be had"
    );

    // Also once it is saved here, and once the feed behind is gone.
    assert_eq!(server.download("f", "upcrate", "9.0.0").await.0, StatusCode::OK);
    let path = format!("{FEEDS}/{}", made["id"].as_str().unwrap());
    let alone = json!({ "upstreamSources": [made["upstreamSources"][0]] });
    server.said(Method::PATCH, &path, alone).await;
    assert_eq!(server.listed("f", UPCRATE).await, ["9.0.0"]);
    assert_eq!(
        server.download("f", "upcrate", "1.0.0").await.0,
        StatusCode::NOT_FOUND
    );

    let behaviour = format!("{FEEDS}/f/cargo/packages/upcrate/upstreaming");
    let allow = json!({ "versionsFromExternalUpstreams": "allowExternalVersions" });
    server.said(Method::PATCH, &behaviour, allow).await;
    assert_eq!(server.listed("f", UPCRATE).await.len(), 3);
    assert_eq!(server.download("f", "upcrate", "2.0.0").await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_came_from_the_public_through_another_feed_hides_nothing() {
    let crates_io = CratesIo::start().await;
    for version in ["1.0.0", "2.0.0"] {
        crates_io.add(UPCRATE, "upcrate", version);
    }
    let server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    let above = server.feed("above", true).await;
    assert_eq!(
        server.download("above", "upcrate", "1.0.0").await.0,
        StatusCode::OK
    );
    let between = below(&server, "between", json!([source(&above, None)])).await;
    assert_eq!(
        server.download("between", "upcrate", "1.0.0").await.0,
        StatusCode::OK
    );
    below(&server, "f", json!([source(&between, None), crates_io_source()])).await;
    assert_eq!(server.listed("f", UPCRATE).await, ["1.0.0", "2.0.0"]);
    assert_eq!(server.download("f", "upcrate", "1.0.0").await.0, StatusCode::OK);
    assert_eq!(
        server.listed("f", UPCRATE).await,
        ["1.0.0", "2.0.0"],
        "it is saved, and the public's still"
    );
    assert_eq!(server.download("f", "upcrate", "2.0.0").await.0, StatusCode::OK);

    // A name that a view does not show is nothing to who looks through it.
    crates_io.add(PATH, "a-crate", "5.0.0");
    server.published("above", "a-crate", "1.0.0").await;
    below(
        &server,
        "released",
        json!([source(&above, Some("Release")), crates_io_source()]),
    )
    .await;
    assert_eq!(server.listed("released", PATH).await, ["5.0.0"]);
}
