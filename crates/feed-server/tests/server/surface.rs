//! What is asked for now and then: badges, who published, roles in the organization, a recycle bin emptied at once.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::crates_io::CratesIo;
use crate::test_server::{TestServer, eventually};

const FEED: &str = "/local/main/_apis/packaging/feeds/f";
const GLOBAL: &str = "/local/_apis/packaging/globalpermissions";
const EVERYBODY: &str =
    "Microsoft.TeamFoundation.Identity;S-1-9-1551374245-1204400969-2402986413-2179408616-0-0-0-0-3";

async fn package(server: &TestServer, name: &str) -> (String, String) {
    let list = server
        .get(&format!("{FEED}/packages?packageNameQuery={name}"))
        .await;
    let package = &list["value"][0];
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    (id(package), id(&package["versions"][0]))
}

#[tokio::test]
async fn a_badge_is_for_everybody_once_the_feed_allows_it() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    for version in ["1.0.0", "2.0.0", "3.0.0-rc.1"] {
        server.published("f", "a-crate", version).await;
    }
    let (id, _) = package(&server, "a-crate").await;
    let path = format!("/local/main/_apis/public/packaging/Feeds/f/Packages/{id}/badge");
    let anonymous = async || {
        let request = server.client.get(format!("{}{path}", server.url));
        let answer = request.send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (answer.status(), kind, answer.text().await.unwrap())
    };
    assert_eq!(anonymous().await.0, StatusCode::NOT_FOUND);
    server
        .said(Method::PATCH, FEED, json!({ "badgesEnabled": true }))
        .await;
    let (status, kind, picture) = anonymous().await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "image/svg+xml"));
    assert!(picture.starts_with("<svg") && picture.contains("a-crate") && picture.contains("2.0.0"));
    let elsewhere = server
        .client
        .get(format!("{}{path}", server.url))
        .header("Origin", "http://evil.test");
    assert_eq!(elsewhere.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn who_published_is_known_and_who_published_upstream_is_not() {
    let crates_io = CratesIo::start().await;
    crates_io.add("up/cr/upcrate", "upcrate", "1.0.0");
    let server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    server.feed("f", true).await;
    let body = crate::test_server::publish_body(
        "a-crate",
        "1.0.0",
        &crate::test_server::crate_archive("a-crate", "1.0.0", b""),
    );
    let publish = server
        .request(Method::PUT, "/local/main/_packaging/f/cargo/api/v1/crates/new")
        .header("User-Agent", "cargo/9.99");
    assert_eq!(publish.body(body).send().await.unwrap().status(), StatusCode::OK);
    server.download("f", "upcrate", "1.0.0").await;
    let me = server.get("/local/_apis/connectionData").await["authenticatedUser"]["id"].clone();
    let told = async |name: &str| {
        let (package, version) = package(&server, name).await;
        let path = format!("{FEED}/Packages/{package}/Versions/{version}/provenance");
        let told = server.get(&format!("{path}?api-version=7.1-preview.1")).await;
        assert_eq!(
            (&told["packageId"], &told["packageVersionId"]),
            (&json!(package), &json!(version))
        );
        told["provenance"].clone()
    };
    let ours = json!({ "publisherUserIdentity": me, "userAgent": "cargo/9.99" });
    assert_eq!(told("a-crate").await, ours);
    assert_eq!(told("upcrate").await, Value::Null);
}

#[tokio::test]
async fn roles_of_the_organization_are_merged() {
    let mut server = TestServer::start().await;
    let roles = async |server: &TestServer| {
        let all = server.get(&format!("{GLOBAL}?includeIds=true")).await;
        let all = all["value"].as_array().unwrap().iter();
        let pair = |one: &Value| {
            let text = |key: &str| one[key].as_str().unwrap().to_owned();
            (text("identityDescriptor"), text("role"))
        };
        all.map(pair).collect::<Vec<_>>()
    };
    let first = roles(&server).await;
    assert_eq!((first.len(), first[0].1.as_str()), (2, "administrator"));
    assert_eq!(first[1], (EVERYBODY.to_owned(), "feedCreator".to_owned()));
    let none = json!([{ "identityDescriptor": EVERYBODY, "role": "none" },
                      { "identityDescriptor": "Kind;guest", "role": "FeedCreator" }]);
    let changed = server.said(Method::PATCH, GLOBAL, none).await;
    assert_eq!(changed["count"], 2);
    server.restart().await;
    let now = roles(&server).await;
    assert_eq!(now[1..], [("Kind;guest".to_owned(), "feedCreator".to_owned())]);
    for wrong in [
        json!([{ "identityDescriptor": "Kind;guest", "role": "emperor" }]),
        json!([{ "identityDescriptor": first[0].0, "role": "none" }]),
        json!([{ "role": "none" }]),
        json!({}),
    ] {
        let (status, answer) = server.json(Method::PATCH, GLOBAL, Some(wrong)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    }
}

#[tokio::test]
async fn a_recycle_bin_is_emptied_and_says_when_it_is_done() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    for version in ["1.0.0", "2.0.0", "3.0.0"] {
        server.published("f", "a-crate", version).await;
    }
    for version in ["1.0.0", "2.0.0"] {
        let path = format!("{FEED}/cargo/packages/a-crate/versions/{version}");
        server.said(Method::DELETE, &path, Value::Null).await;
    }
    let bin = format!("{FEED}/RecycleBin/Packages");
    let begun = server.said(Method::DELETE, &bin, Value::Null).await;
    let url = begun["url"].as_str().unwrap();
    let path = url.strip_prefix(&server.url).unwrap();
    eventually("the recycle bin is empty", async || {
        server.get(path).await["status"] == "succeeded"
    })
    .await;
    assert_eq!(server.get(&bin).await["count"], 0);
    assert_eq!(server.listed("f", "a-/cr/a-crate").await, ["3.0.0"]);
    let unknown = "/local/_apis/operations/00000000-0000-0000-0000-000000000000";
    assert_eq!(
        server.json(Method::GET, unknown, None).await.0,
        StatusCode::NOT_FOUND
    );
}
