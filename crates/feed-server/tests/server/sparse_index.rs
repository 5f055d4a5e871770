//! cargo's index of a feed.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_server::TestServer;

#[tokio::test]
async fn config_names_the_feed_by_its_ids() {
    let server = TestServer::start().await;
    let feed = server.feed("My-Feed", false).await;
    let (id, project) = (
        feed["id"].as_str().unwrap(),
        feed["project"]["id"].as_str().unwrap(),
    );
    let api = format!("{}/local/{project}/_packaging/{id}/cargo", server.url);
    let expected = json!({ "dl": format!("{api}/api/v1/crates/{{crate}}/{{version}}/download"), "api": api,
                           "auth-required": true });
    for named in [
        "My-Feed",
        "my-feed",
        id,
        "my-feed~force-auth",
        "my-feed@Local",
        "my-feed@Release",
    ] {
        let config = server
            .get(&format!("/local/main/_packaging/{named}/Cargo/index/config.json"))
            .await;
        assert_eq!(config, expected, "{named}");
    }
    for unknown in ["nothing", "my-feed@Nowhere"] {
        let path = format!("/local/main/_packaging/{unknown}/Cargo/index/config.json");
        assert_eq!(
            server.json(Method::GET, &path, None).await.0,
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test]
async fn an_organization_feed_has_no_project_in_its_addresses() {
    let server = TestServer::start().await;
    let (_, feed) = server
        .json(
            Method::POST,
            "/local/_apis/packaging/feeds",
            Some(json!({ "name": "f" })),
        )
        .await;
    let config = server.get("/local/_packaging/f/Cargo/index/config.json").await;
    assert_eq!(
        config["api"],
        format!(
            "{}/local/_packaging/{}/cargo",
            server.url,
            feed["id"].as_str().unwrap()
        )
    );
}

#[tokio::test]
async fn files_have_etags_and_strict_paths() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    server.published("f", "My_Crate", "1.0.0").await;
    let path = "/local/main/_packaging/f/Cargo/index/my/_c/my_crate";
    let first = server.request(Method::GET, path).send().await.unwrap();
    let etag = first.headers()["etag"].to_str().unwrap().to_owned();
    let line: Value = serde_json::from_str(&first.text().await.unwrap()).unwrap();
    assert_eq!(
        (&line["name"], &line["yanked"]),
        (&json!("My_Crate"), &json!(false))
    );
    let ask = async |known: &str| {
        let request = server.request(Method::GET, path).header("If-None-Match", known);
        request.send().await.unwrap().status()
    };
    assert_eq!(ask(&etag).await, StatusCode::NOT_MODIFIED);
    assert_eq!(ask(&format!("\"x\", W/{etag}")).await, StatusCode::NOT_MODIFIED);
    server.published("f", "My_Crate", "1.1.0").await;
    assert_eq!(ask(&etag).await, StatusCode::OK);
    for wrong in [
        "my/-c/my-crate",
        "my_crate",
        "mc/ra/my_crate",
        "3/m/my_crate",
        "no/th/nothing",
        "my/_c/",
        "my/_c/my_crate/x",
    ] {
        assert_eq!(server.index("f", wrong).await.0, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn yanking_and_back() {
    let mut server = TestServer::start().await;
    server.feed("f", false).await;
    server.published("f", "a", "1.0.0").await;
    let api = "/local/main/_packaging/f/cargo/api/v1/crates/A/1.0.0";
    for (method, verb, yanked) in [
        (Method::DELETE, "yank", true),
        (Method::PUT, "unyank", false),
        (Method::DELETE, "yank", true),
    ] {
        let (status, answer) = server.json(method, &format!("{api}/{verb}"), None).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({ "ok": true })));
        assert_eq!(server.index("f", "1/a").await.1[0]["yanked"], yanked);
        let list = server.get("/local/main/_apis/packaging/feeds/f/packages").await;
        assert_eq!(list["value"][0]["versions"][0]["isListed"], !yanked);
    }
    assert_eq!(server.download("f", "a", "1.0.0").await.0, StatusCode::OK);
    server.restart().await;
    assert_eq!(server.index("f", "1/a").await.1[0]["yanked"], true);
    for unknown in ["b/1.0.0", "a/2.0.0"] {
        let path = format!("/local/main/_packaging/f/cargo/api/v1/crates/{unknown}/yank");
        let (status, answer) = server.json(Method::DELETE, &path, None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(
            answer["errors"][0]["detail"]
                .as_str()
                .unwrap()
                .contains("has no version"),
            "{answer}"
        );
    }
    for nothing in [
        "/local/main/_packaging/f/cargo/api/v1/crates/a/owners",
        "/local/main/_packaging/f/cargo/api/v1/crates?q=a",
    ] {
        assert_eq!(
            server.json(Method::GET, nothing, None).await.0,
            StatusCode::NOT_FOUND
        );
    }
}
