//! Feeds and what surrounds them in the REST API.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::test_server::{TestServer, crates_io_source};

const FEEDS: &str = "/local/main/_apis/packaging/feeds";

#[tokio::test]
async fn a_feed_lives_and_dies() {
    let mut server = TestServer::start().await;
    let feed = server.feed("My-Feed", true).await;
    let id = feed["id"].as_str().unwrap().to_owned();
    assert_eq!(feed["project"]["name"], "main");
    assert_eq!(
        feed["upstreamSources"][0]["location"],
        crates_io_source()["location"]
    );
    assert!(
        feed["url"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/_apis/Packaging/Feeds/{id}"))
    );
    let project = feed["project"]["id"].as_str().unwrap();
    for path in [
        format!("{FEEDS}/my-feed"),
        format!("{FEEDS}/{}", id.to_uppercase()),
        format!("/LOCAL/{project}/_apis/Packaging/Feeds/My-Feed"),
        format!("{FEEDS}/My-Feed?api-version=7.1"),
        format!("{FEEDS}/My%2DFeed"),
    ] {
        assert_eq!(server.get(&path).await["id"], id, "{path}");
    }
    let viewed = server.get(&format!("{FEEDS}/my-feed@local")).await;
    assert_eq!(
        (&viewed["fullyQualifiedName"], &viewed["isReadOnly"]),
        (&json!("My-Feed@Local"), &json!(true))
    );

    let change = json!({ "description": "new", "name": "renamed", "upstreamEnabled": false });
    let (status, changed) = server
        .json(Method::PATCH, &format!("{FEEDS}/{id}"), Some(change))
        .await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert_eq!(
        (&changed["description"], &changed["name"]),
        (&json!("new"), &json!("renamed"))
    );
    let moment = changed["upstreamEnabledChangedDate"].as_str().unwrap();
    assert_eq!((moment.len(), moment.ends_with('Z')), (28, true), "{moment}");
    assert_eq!(
        changed["upstreamSources"][0]["id"],
        feed["upstreamSources"][0]["id"]
    );

    server.restart().await;
    assert_eq!(server.get(&format!("{FEEDS}/renamed")).await, {
        let port = |text: &str| {
            text.replace(
                changed["url"].as_str().unwrap().split("/local").next().unwrap(),
                &server.url,
            )
        };
        serde_json::from_str::<serde_json::Value>(&port(&changed.to_string())).unwrap()
    });

    let (status, _) = server
        .json(Method::DELETE, &format!("{FEEDS}/renamed"), None)
        .await;
    assert_eq!(status, StatusCode::OK);
    for path in [
        format!("{FEEDS}/renamed"),
        format!("{FEEDS}/{id}"),
        format!("{FEEDS}/{id}/packages"),
    ] {
        let (status, body) = server.json(Method::GET, &path, None).await;
        assert_eq!(
            (status, &body["typeKey"]),
            (StatusCode::NOT_FOUND, &json!("FeedIdNotFoundException"))
        );
        assert!(
            body["message"]
                .as_str()
                .unwrap()
                .starts_with("The feed with ID '"),
            "{body}"
        );
    }
    let (status, _) = server
        .json(Method::POST, FEEDS, Some(json!({ "name": "Renamed" })))
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(server.get(FEEDS).await, json!({ "count": 0, "value": [] }));
}

#[tokio::test]
async fn removing_an_upstream_keeps_it_for_those_who_ask() {
    let server = TestServer::start().await;
    let feed = server.feed("f", true).await;
    let id = &feed["upstreamSources"][0]["id"];
    let path = format!("{FEEDS}/f");
    let (_, changed) = server
        .json(Method::PATCH, &path, Some(json!({ "upstreamSources": [] })))
        .await;
    assert_eq!(changed["upstreamSources"], json!([]));
    let shown = server.get(&format!("{path}?includeDeletedUpstreams=true")).await;
    assert_eq!(&shown["upstreamSources"][0]["id"], id);
    assert!(shown["upstreamSources"][0]["deletedDate"].is_string());
}

#[tokio::test]
async fn what_a_feed_cannot_be() {
    let server = TestServer::start().await;
    server.feed("taken", false).await;
    let internal = json!({ "name": "other@Local", "protocol": "Cargo", "upstreamSourceType": "internal" });
    let cases = [
        (json!({ "name": "TAKEN" }), StatusCode::CONFLICT, "already exists"),
        (json!({}), StatusCode::BAD_REQUEST, "needs a name"),
        (json!({ "name": "a b" }), StatusCode::BAD_REQUEST, "blanks"),
        (json!({ "name": "../a" }), StatusCode::BAD_REQUEST, "start with"),
        (json!({ "name": "a@b" }), StatusCode::BAD_REQUEST, "any of"),
        (
            json!({ "name": "a", "description": "x".repeat(256) }),
            StatusCode::BAD_REQUEST,
            "255",
        ),
        (
            json!({ "name": "a", "upstreamSources": [internal] }),
            StatusCode::BAD_REQUEST,
            "another feed",
        ),
        (
            json!({ "name": "a", "upstreamSources": "all" }),
            StatusCode::BAD_REQUEST,
            "not a list",
        ),
        (json!(["a"]), StatusCode::BAD_REQUEST, "not a JSON object"),
    ];
    for (body, expected, words) in cases {
        let (status, answer) = server.json(Method::POST, FEEDS, Some(body.clone())).await;
        assert_eq!(status, expected, "{body}: {answer}");
        assert!(
            answer["message"].as_str().unwrap().contains(words),
            "{body}: {answer}"
        );
    }
    let long = server
        .request(Method::POST, FEEDS)
        .body(vec![b' '; 2 << 20])
        .send()
        .await
        .unwrap();
    assert_eq!(long.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(server.get(FEEDS).await["count"], 1);
}

#[tokio::test]
async fn scopes_are_apart() {
    let server = TestServer::start().await;
    server.feed("same", false).await;
    let (status, of_all) = server
        .json(
            Method::POST,
            "/local/_apis/packaging/feeds",
            Some(json!({ "name": "same" })),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(of_all.get("project").is_none());
    assert_eq!(server.get("/local/_apis/packaging/feeds").await["count"], 2);
    assert_eq!(server.get(FEEDS).await["count"], 1);
    for (role, count) in [
        ("administrator", 1),
        ("Reader", 1),
        ("3", 1),
        ("none", 0),
        ("custom", 0),
    ] {
        let path = format!("{FEEDS}?feedRole={role}");
        assert_eq!(server.get(&path).await["count"], count, "{role}");
    }
    let unknown = format!("{FEEDS}?feedRole=emperor");
    let (status, _) = server.json(Method::GET, &unknown, None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        server.get("/local/_apis/packaging/feeds/same").await["id"],
        of_all["id"]
    );
    for (path, key) in [
        (
            "/local/nowhere/_apis/packaging/feeds",
            "ProjectDoesNotExistWithNameException",
        ),
        ("/elsewhere/_apis/packaging/feeds", "HostNotFoundException"),
        (
            "/local/_apis/packaging/feeds/same@Nowhere",
            "FeedViewNotFoundException",
        ),
    ] {
        let (status, body) = server.json(Method::GET, path, None).await;
        assert_eq!(
            (status, &body["typeKey"]),
            (StatusCode::NOT_FOUND, &json!(key)),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_surrounds_feeds() {
    let server = TestServer::start().await;
    let projects = server.get("/local/_apis/projects?api-version=7.1&$top=100").await;
    assert_eq!(
        (&projects["count"], &projects["value"][0]["name"]),
        (&json!(1), &json!("main"))
    );
    let id = projects["value"][0]["id"].as_str().unwrap();
    assert_eq!(
        server.get(&format!("/local/_apis/projects/{id}")).await,
        projects["value"][0]
    );

    let connection = server.get("/local/_apis/connectionData").await;
    assert_eq!(
        connection["authenticatedUser"]["id"],
        connection["authorizedUser"]["id"]
    );
    let access = &connection["locationServiceData"]["accessMappings"][0]["accessPoint"];
    assert_eq!(access, &json!(format!("{}/", server.url)));

    let areas = server.get("/local/_apis/ResourceAreas").await;
    for area in areas["value"].as_array().unwrap() {
        assert_eq!(area["locationUrl"], format!("{}/local/", server.url));
        let path = format!("/local/_apis/resourceareas/{}", area["id"].as_str().unwrap());
        assert_eq!(&server.get(&path).await, area);
    }
    let (status, locations) = server
        .json(Method::OPTIONS, "/local/_apis?allHostTypes=True", None)
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        locations["value"]
            .as_array()
            .unwrap()
            .iter()
            .any(|location| location["area"] == "cargo")
    );

    for (path, status, key) in [
        (
            "/local/_apis/connectionData?api-version=7.1",
            400,
            "VssInvalidPreviewVersionException",
        ),
        (
            "/local/_apis/projects?api-version=7.2",
            400,
            "VssInvalidPreviewVersionException",
        ),
        (
            "/local/_apis/projects?api-version=9.0",
            400,
            "VssVersionOutOfRangeException",
        ),
        (
            "/local/_apis/projects?api-version=new",
            400,
            "VssInvalidApiResourceVersionException",
        ),
    ] {
        let (found, body) = server.json(Method::GET, path, None).await;
        assert_eq!(
            (found.as_u16(), &body["typeKey"]),
            (status, &json!(key)),
            "{path}"
        );
    }
    let accepted = server
        .request(Method::GET, "/local/_apis/projects")
        .header("Accept", "application/json;api-version=7.2-preview.1")
        .send()
        .await
        .unwrap();
    let kind = accepted.headers()["content-type"].to_str().unwrap();
    assert_eq!(kind, "application/json; charset=utf-8; api-version=7.2-preview.1");
    assert!(accepted.headers().contains_key("activityid"));

    let unknown = server
        .request(Method::GET, "/local/_apis/unknown")
        .send()
        .await
        .unwrap();
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert!(
        unknown
            .text()
            .await
            .unwrap()
            .contains("does not implement IController")
    );
    let method = server.request(Method::PUT, FEEDS).send().await.unwrap();
    assert_eq!(method.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_disabled_feed_is_left_alone() {
    let mut server = TestServer::start().await;
    server.feed("f", false).await;
    server.published("f", "a-crate", "1.0.0").await;
    let newest = format!("{FEEDS}/f?api-version=7.2-preview.1");
    assert_eq!(server.get(&newest).await["isEnabled"], true);
    assert!(server.get(&format!("{FEEDS}/f")).await.get("isEnabled").is_none());
    let mixed = json!({ "isEnabled": false, "description": "x" });
    let (status, answer) = server.json(Method::PATCH, &newest, Some(mixed)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        answer["message"].as_str().unwrap().contains("`isEnabled` alone"),
        "{answer}"
    );

    let off = server
        .said(Method::PATCH, &newest, json!({ "isEnabled": false }))
        .await;
    assert_eq!(off["isEnabled"], false);
    server.restart().await;
    for path in ["f/packages", "f/views", "f/permissions"] {
        let (status, answer) = server.json(Method::GET, &format!("{FEEDS}/{path}"), None).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        assert!(
            answer["message"].as_str().unwrap().contains("is disabled"),
            "{answer}"
        );
    }
    assert_eq!(server.index("f", "config.json").await.0, StatusCode::FORBIDDEN);
    assert_eq!(server.get(FEEDS).await["count"], 1);
    server
        .said(Method::PATCH, &newest, json!({ "isEnabled": true }))
        .await;
    assert_eq!(server.listed("f", "a-/cr/a-crate").await, ["1.0.0"]);
}

#[tokio::test]
async fn what_upstream_has_is_published_where_the_feed_allows_it() {
    let crates_io = crate::crates_io::CratesIo::start().await;
    crates_io.add("up/cr/upcrate", "upcrate", "1.0.0");
    let server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    server.feed("f", true).await;
    let change = json!({ "allowUpstreamNameConflict": true, "hideDeletedPackageVersions": false });
    let changed = server.said(Method::PATCH, &format!("{FEEDS}/f"), change).await;
    assert_eq!(changed["hideDeletedPackageVersions"], false);
    let ours = server.published("f", "upcrate", "1.0.0").await;
    assert_eq!(
        server.download("f", "upcrate", "1.0.0").await,
        (StatusCode::OK, ours)
    );
    let back = json!({ "allowUpstreamNameConflict": false });
    server.said(Method::PATCH, &format!("{FEEDS}/f"), back).await;
}

#[tokio::test]
async fn a_list_without_addresses_has_none() {
    let server = TestServer::start().await;
    let made = server.feed("f", false).await;
    let feeds = "/local/main/_apis/packaging/feeds";
    for query in ["", "?includeUrls=true"] {
        let listed = server.get(&format!("{feeds}{query}")).await;
        assert_eq!(listed["value"][0]["url"], made["url"], "{query}");
        assert!(listed["value"][0]["_links"]["packages"]["href"].is_string());
    }
    let bare = server.get(&format!("{feeds}?includeUrls=false")).await;
    let bare = bare["value"][0].as_object().unwrap();
    assert!(!bare.contains_key("url") && !bare.contains_key("_links"));
    assert_eq!(bare["id"], made["id"]);
}

#[tokio::test]
async fn feeds_may_lie_in_more_projects_than_one() {
    let server = TestServer::start_with(None, |config| {
        config.projects = vec!["Zwölf + 50 %".to_owned(), "MAIN".to_owned()];
    })
    .await;
    let projects = server.get("/local/_apis/projects").await;
    let names = projects["value"].as_array().unwrap().iter();
    let names = names.map(|project| project["name"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["main", "Zwölf + 50 %"]);
    let there = "/local/Zw%C3%B6lf%20%2B%2050%20%25/_apis/packaging/feeds";
    let made = server.said(Method::POST, there, json!({ "name": "f" })).await;
    assert_eq!(made["project"]["name"], "Zwölf + 50 %");
    assert_eq!(server.get(&format!("{there}/f")).await["id"], made["id"]);
    let elsewhere = server
        .json(Method::GET, "/local/main/_apis/packaging/feeds/f", None)
        .await;
    assert_eq!(elsewhere.0, StatusCode::NOT_FOUND);
}
