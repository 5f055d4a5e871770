//! A server behind others: the organization and the addresses that answers name are configured.

use feed_server::Addresses;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::test_server::TestServer;

#[tokio::test]
async fn answers_name_the_addresses_they_are_told() {
    let server = TestServer::start_with(None, |config| {
        config.organization = "contoso".to_owned();
        config.addresses = Some(Addresses {
            core: "http://core.example".to_owned(),
            feeds: "http://feeds.example".to_owned(),
            packages: "http://packages.example/tfs".to_owned(),
            identities: "http://people.example/tfs".to_owned(),
        });
    })
    .await;
    let (status, feed) = server
        .json(
            Method::POST,
            "/contoso/main/_apis/packaging/feeds",
            Some(json!({ "name": "internal" })),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{feed}");
    let feeds = "http://feeds.example/contoso/";
    assert!(feed["url"].as_str().unwrap().starts_with(feeds), "{feed}");

    let config = server
        .get("/Contoso/main/_packaging/internal/Cargo/index/config.json")
        .await;
    let (project, id) = (
        feed["project"]["id"].as_str().unwrap(),
        feed["id"].as_str().unwrap(),
    );
    let api = format!("http://packages.example/tfs/contoso/{project}/_packaging/{id}/cargo");
    assert_eq!(config["api"], api);
    assert!(config["dl"].as_str().unwrap().starts_with(&api), "{config}");

    let areas = server.get("/contoso/_apis/ResourceAreas").await;
    let located = areas["value"].as_array().unwrap().iter();
    let located: Vec<_> = located
        .map(|area| {
            (
                area["name"].as_str().unwrap(),
                area["locationUrl"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        located,
        [
            ("Packaging", feeds),
            ("cargo", "http://packages.example/tfs/contoso/"),
            ("core", "http://core.example/contoso/"),
            ("IMS", "http://people.example/tfs/contoso/"),
            ("Graph", "http://people.example/tfs/contoso/"),
        ]
    );
    let projects = server.get("/contoso/_apis/projects").await;
    let url = projects["value"][0]["url"].as_str().unwrap();
    assert!(
        url.starts_with("http://core.example/contoso/_apis/projects/"),
        "{url}"
    );

    let (status, _) = server.json(Method::GET, "/local/_apis/projects", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
