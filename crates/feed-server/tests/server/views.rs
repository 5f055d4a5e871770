//! Views of a feed, and what is promoted into them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_server::TestServer;

const FEED: &str = "/local/main/_apis/packaging/feeds/f";
const VIEWS: &str = "/local/main/_apis/packaging/feeds/f/views";
const VERSION: &str = "/local/main/_apis/packaging/feeds/f/cargo/packages/a-crate/versions";

fn field<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    let items = list["value"].as_array().unwrap();
    items.iter().map(|item| item[name].as_str().unwrap()).collect()
}

#[tokio::test]
async fn views_live_and_die() {
    let mut server = TestServer::start().await;
    let feed = server.feed("f", false).await;
    let first = server.get(VIEWS).await;
    assert_eq!(field(&first, "name"), ["Local", "Prerelease", "Release"]);
    assert_eq!(field(&first, "type"), ["implicit", "release", "release"]);
    assert_eq!(feed["defaultViewId"], first["value"][0]["id"]);

    let new = json!({ "name": "Tested", "type": "release", "visibility": "organization" });
    let (status, view) = server.json(Method::POST, VIEWS, Some(new.clone())).await;
    assert_eq!(
        (status, &view["visibility"]),
        (StatusCode::OK, &json!("organization"))
    );
    let (status, _) = server
        .json(Method::POST, VIEWS, Some(json!({ "name": "tested" })))
        .await;
    assert_eq!(status, StatusCode::CONFLICT);

    let id = view["id"].as_str().unwrap();
    let change = json!({ "name": "Proven", "visibility": "Private" });
    let (status, changed) = server
        .json(Method::PATCH, &format!("{VIEWS}/tESTED"), Some(change))
        .await;
    assert_eq!(
        (status, &changed["name"], &changed["visibility"], &changed["id"]),
        (StatusCode::OK, &json!("Proven"), &json!("private"), &json!(id))
    );
    let default = json!({ "defaultViewId": id });
    let (status, feed) = server.json(Method::PATCH, FEED, Some(default)).await;
    assert_eq!((status, &feed["defaultViewId"]), (StatusCode::OK, &json!(id)));

    server.restart().await;
    let kept = server.get(&format!("{VIEWS}/{id}")).await;
    assert_eq!(
        (&kept["name"], &kept["visibility"]),
        (&json!("Proven"), &json!("private"))
    );
    let viewed = server.get(&format!("{FEED}@proven")).await;
    assert_eq!(
        (
            &viewed["view"]["id"],
            &viewed["fullyQualifiedName"],
            &viewed["isReadOnly"]
        ),
        (&json!(id), &json!("f@Proven"), &json!(true))
    );

    let (status, refused) = server
        .json(Method::DELETE, &format!("{VIEWS}/Proven"), None)
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{refused}");
    let local = json!({ "defaultViewId": first["value"][0]["id"] });
    assert_eq!(
        server.json(Method::PATCH, FEED, Some(local)).await.0,
        StatusCode::OK
    );
    let (status, _) = server
        .json(Method::DELETE, &format!("{VIEWS}/Proven"), None)
        .await;
    assert_eq!(status, StatusCode::OK);
    let (status, gone) = server.json(Method::GET, &format!("{FEED}@Proven"), None).await;
    assert_eq!(
        (status, &gone["typeKey"]),
        (StatusCode::NOT_FOUND, &json!("FeedViewNotFoundException"))
    );
}

#[tokio::test]
async fn what_a_view_cannot_be() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    let local = format!("{VIEWS}/Local");
    let cases = [
        (Method::POST, VIEWS, json!({ "type": "release" }), "needs a name"),
        (Method::POST, VIEWS, json!({ "name": "a@b" }), "any of"),
        (
            Method::POST,
            VIEWS,
            json!({ "name": "a", "type": "implicit" }),
            "type 'release'",
        ),
        (
            Method::POST,
            VIEWS,
            json!({ "name": "a", "visibility": "everybody" }),
            "one of private",
        ),
        (Method::PATCH, &local, json!({ "name": "Mine" }), "keeps its name"),
        (
            Method::PATCH,
            &local,
            json!({ "type": "release" }),
            "keeps its type",
        ),
        (Method::DELETE, &local, Value::Null, "cannot be deleted"),
        (
            Method::PATCH,
            FEED,
            json!({ "defaultViewId": "nowhere" }),
            "doesn't exist",
        ),
    ];
    for (method, path, body, words) in cases {
        let (status, answer) = server.json(method, path, Some(body.clone())).await;
        assert!(status.is_client_error(), "{body}: {answer}");
        assert!(
            answer["message"].as_str().unwrap().contains(words),
            "{body}: {answer}"
        );
    }
    let visibility = json!({ "visibility": "private" });
    let (status, view) = server.json(Method::PATCH, &local, Some(visibility)).await;
    assert_eq!((status, &view["visibility"]), (StatusCode::OK, &json!("private")));
    assert_eq!(server.get(VIEWS).await["count"], 3);
}

#[tokio::test]
async fn a_view_shows_what_was_promoted() {
    let mut server = TestServer::start().await;
    server.feed("f", false).await;
    for version in ["1.0.0", "1.1.0"] {
        server.published("f", "a-crate", version).await;
    }
    server.published("f", "another", "1.0.0").await;
    assert_eq!(server.get(&format!("{FEED}@Release/packages")).await["count"], 0);

    let promote = |view: &str| json!({ "views": { "op": "add", "path": "/views/-", "value": view } });
    let version = format!("{VERSION}/1.0.0");
    for _ in 0..2 {
        let (status, _) = server
            .json(Method::PATCH, &version, Some(promote("release")))
            .await;
        assert_eq!(status, StatusCode::OK);
    }
    for (path, body) in [
        (version.clone(), promote("nowhere")),
        (version.clone(), promote("Local")),
        (
            version.clone(),
            json!({ "views": { "op": "remove", "path": "/views/-", "value": "Release" } }),
        ),
        (format!("{VERSION}/9.9.9"), promote("Release")),
    ] {
        let (status, answer) = server.json(Method::PATCH, &path, Some(body)).await;
        assert!(status.is_client_error(), "{answer}");
    }

    server.restart().await;
    let seen = server
        .get(&format!("{FEED}@Release/packages?includeAllVersions=true"))
        .await;
    assert_eq!(field(&seen, "name"), ["a-crate"]);
    let versions = seen["value"][0]["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 1);
    let views: Vec<_> = versions[0]["views"].as_array().unwrap().iter().collect();
    assert_eq!(
        (&views[0]["name"], &views[1]["name"]),
        (&json!("Local"), &json!("Release"))
    );
    assert_eq!(server.listed("f@Release", "a-/cr/a-crate").await, ["1.0.0"]);
    assert_eq!(
        server.listed("f@Local", "a-/cr/a-crate").await,
        ["1.0.0", "1.1.0"]
    );
    assert_eq!(
        server.index("f@Release", "an/ot/another").await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        server.download("f@Release", "a-crate", "1.0.0").await.0,
        StatusCode::OK
    );
    assert_eq!(
        server.download("f@Release", "a-crate", "1.1.0").await.0,
        StatusCode::NOT_FOUND
    );
    let (status, _) = server.publish("f@Release", Vec::new()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
