//! Who may do what: roles of one's own, roles a feed gives, and roles taken away in the middle.

use feed_server::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::crates_io::CratesIo;
use crate::test_server::{TestServer, basic, crate_archive, publish_body, somebody, token_of};

const FEEDS: &str = "/local/main/_apis/packaging/feeds";
const FEED: &str = "/local/main/_apis/packaging/feeds/f";
const PUBLISH: &str = "/local/main/_packaging/f/cargo/api/v1/crates/new";
const VERSION: &str = "/local/main/_apis/packaging/feeds/f/cargo/packages/a-crate/versions/1.0.0";
const EVERYBODY: &str =
    "Microsoft.TeamFoundation.Identity;S-1-9-1551374245-1204400969-2402986413-2179408616-0-0-0-0-3";

/// `rita` reads, `carl` collaborates, `cora` contributes, `adam` administers; `nora` has no role of her own.
async fn server(crates_io: Option<&CratesIo>) -> TestServer {
    let server = TestServer::start_with(crates_io.map(CratesIo::index), |config| {
        config.people = vec![
            somebody("rita", 1, Some(Role::Reader)),
            somebody("carl", 2, Some(Role::Collaborator)),
            somebody("cora", 3, Some(Role::Contributor)),
            somebody("adam", 4, Some(Role::Administrator)),
            somebody("nora", 5, None),
        ];
    })
    .await;
    server.feed("f", crates_io.is_some()).await;
    // Nobody sees it by a view alone.
    for view in ["Local", "Prerelease", "Release"] {
        let path = format!("{FEED}/views/{view}");
        server
            .said(Method::PATCH, &path, json!({ "visibility": "private" }))
            .await;
    }
    server
}

async fn give(server: &TestServer, descriptor: &str, role: &str) {
    let body = json!([{ "identityDescriptor": descriptor, "role": role }]);
    let path = format!("{FEED}/permissions");
    server.said(Method::PATCH, &path, body).await;
}

fn descriptor(name: &str) -> String {
    somebody(name, 0, None).descriptor
}

async fn publish(server: &TestServer, who: &str, version: &str) -> (StatusCode, String) {
    let body = publish_body("a-crate", version, &crate_archive("a-crate", version, b""));
    let request = server.client.put(format!("{}{PUBLISH}", server.url));
    let request = request.header("Authorization", basic(&token_of(who))).body(body);
    let answer = request.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn every_role_may_what_the_table_says() {
    let server = server(None).await;
    server.published("f", "a-crate", "1.0.0").await;
    let promote = json!({ "views": { "op": "add", "path": "/views/-", "value": "Release" } });
    let delete = json!({ "operation": "delete", "packages": [{ "id": "a-crate", "version": "0.0.1" }] });
    let asked = [
        (Method::GET, format!("{FEED}/packages"), None, ["rita", "nora"]),
        (
            Method::GET,
            format!("{FEED}/retentionpolicies"),
            None,
            ["rita", "nora"],
        ),
        (Method::PATCH, VERSION.to_owned(), Some(promote), ["cora", "carl"]),
        (
            Method::PATCH,
            FEED.to_owned(),
            Some(json!({ "description": "x" })),
            ["adam", "cora"],
        ),
        (
            Method::POST,
            format!("{FEED}/views"),
            Some(json!({ "name": "Tested" })),
            ["adam", "cora"],
        ),
        (
            Method::POST,
            format!("{FEED}/cargo/packagesbatch"),
            Some(delete),
            ["", "cora"],
        ),
        (Method::DELETE, VERSION.to_owned(), None, ["adam", "cora"]),
        (Method::DELETE, FEED.to_owned(), None, ["adam", "cora"]),
    ];
    for (method, path, body, [may, may_not]) in asked {
        let (status, answer) = server.json_of(may_not, method.clone(), &path, body.clone()).await;
        let expected = if may_not == "nora" { 404 } else { 403 };
        assert_eq!(status.as_u16(), expected, "{may_not}: {method} {path} {answer}");
        if expected == 403 {
            let message = answer["message"].as_str().unwrap();
            assert!(message.starts_with("User '"), "{message}");
            assert!(message.contains("lacks permission to complete this action. You need to have '"));
        }
        if !may.is_empty() {
            let (status, answer) = server.json_of(may, method.clone(), &path, body).await;
            assert_eq!(status, StatusCode::OK, "{may}: {method} {path} {answer}");
        }
    }
}

#[tokio::test]
async fn a_role_the_feed_gives_holds_until_it_is_taken_away() {
    let server = server(None).await;
    let (status, words) = publish(&server, "carl", "1.0.0").await;
    assert!(
        status == StatusCode::FORBIDDEN && words.contains("You need to have 'AddPackage'"),
        "{words}"
    );
    give(&server, &descriptor("carl"), "contributor").await;
    assert_eq!(publish(&server, "carl", "1.0.0").await.0, StatusCode::OK);
    give(&server, &descriptor("carl"), "none").await;
    assert_eq!(publish(&server, "carl", "2.0.0").await.0, StatusCode::FORBIDDEN);

    // A smaller role given does not take away a larger one inherited.
    give(&server, &descriptor("cora"), "reader").await;
    assert_eq!(publish(&server, "cora", "2.0.0").await.0, StatusCode::OK);

    // A role of the group is everybody's.
    assert_eq!(
        server.json_of("nora", Method::GET, FEED, None).await.0,
        StatusCode::NOT_FOUND
    );
    give(&server, EVERYBODY, "reader").await;
    assert_eq!(
        server.json_of("nora", Method::GET, FEED, None).await.0,
        StatusCode::OK
    );

    server
        .server()
        .set_people(vec![somebody("cora", 3, Some(Role::Reader))]);
    assert_eq!(publish(&server, "cora", "3.0.0").await.0, StatusCode::FORBIDDEN);
    assert_eq!(
        server.json_of("nora", Method::GET, FEED, None).await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn lists_show_what_somebody_may_see() {
    let server = server(None).await;
    server.feed("g", false).await;
    let names = async |who: &str, query: &str| {
        let (status, list) = server
            .json_of(who, Method::GET, &format!("{FEEDS}{query}"), None)
            .await;
        assert_eq!(status, StatusCode::OK, "{list}");
        let all = list["value"].as_array().unwrap().iter();
        all.map(|feed| feed["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("rita", "").await, ["f", "g"]);
    assert!(names("nora", "").await.is_empty());
    give(&server, &descriptor("nora"), "contributor").await;
    assert_eq!(names("nora", "").await, ["f"]);
    assert_eq!(names("nora", "?feedRole=contributor").await, ["f"]);
    assert!(names("nora", "?feedRole=administrator").await.is_empty());
    assert!(names("rita", "?feedRole=collaborator").await.is_empty());
    assert_eq!(names("adam", "?feedRole=administrator").await, ["f", "g"]);

    let path = format!("{FEED}/permissions?includeIds=true");
    let roles = async |query: &str| {
        let list = server.get(&format!("{path}{query}")).await;
        let all = list["value"].as_array().unwrap().iter();
        let row = |one: &Value| {
            let name = one["displayName"].as_str().unwrap_or_default();
            format!(
                "{name} {} {}",
                one["role"].as_str().unwrap(),
                one["isInheritedRole"]
            )
        };
        all.map(row).collect::<Vec<_>>()
    };
    let all = roles("").await;
    for expected in ["This computer administrator true", "Rita Example reader true"] {
        assert!(all.iter().any(|row| row == expected), "{all:?}");
    }
    let own = roles("&excludeInheritedPermissions=true").await;
    assert_eq!(own.len(), 3, "{own:?}");
    assert!(own.iter().all(|row| row.ends_with("false")));
    for service in ["main Build Service", "Project Collection Build Service"] {
        let row = format!("{service} (local) collaborator false");
        assert!(own.contains(&row), "{own:?}");
    }
}

#[tokio::test]
async fn whoever_makes_a_feed_administers_it() {
    let server = server(None).await;
    let body = json!({ "name": "made", "upstreamSources": [] });
    let (status, made) = server
        .json_of("nora", Method::POST, FEEDS, Some(body.clone()))
        .await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let path = format!("{FEEDS}/made");
    let change = Some(json!({ "name": "renamed" }));
    assert_eq!(
        server.json_of("nora", Method::PATCH, &path, change).await.0,
        StatusCode::OK
    );
    // By its id it is found under any name.
    let path = format!("{FEEDS}/{}", made["id"].as_str().unwrap());
    let (_, found) = server.json_of("nora", Method::GET, &path, None).await;
    assert_eq!(found["name"], "renamed");

    let nobody = json!([{ "identityDescriptor": EVERYBODY, "role": "none" }]);
    let global = "/local/_apis/packaging/globalpermissions";
    let (status, _) = server
        .json_of("nora", Method::PATCH, global, Some(nobody.clone()))
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    server.said(Method::PATCH, global, nobody).await;
    let (status, answer) = server
        .json_of("nora", Method::POST, FEEDS, Some(body.clone()))
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{answer}");
    let administrator = json!([{ "identityDescriptor": descriptor("nora"), "role": "administrator" }]);
    server.said(Method::PATCH, global, administrator).await;
    assert_eq!(
        server.json_of("nora", Method::POST, FEEDS, Some(body)).await.0,
        StatusCode::OK
    );
    assert_eq!(
        server.json_of("nora", Method::DELETE, FEED, None).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_view_is_read_by_whom_it_is_shown_to() {
    let server = server(None).await;
    server.published("f", "a-crate", "1.0.0").await;
    let view = format!("{FEED}@Local");
    assert_eq!(
        server.json_of("nora", Method::GET, &view, None).await.0,
        StatusCode::NOT_FOUND
    );
    let path = format!("{FEED}/views/Local");
    server
        .said(Method::PATCH, &path, json!({ "visibility": "collection" }))
        .await;
    assert_eq!(
        server.json_of("nora", Method::GET, &view, None).await.0,
        StatusCode::OK
    );
    assert_eq!(
        server.json_of("nora", Method::GET, FEED, None).await.0,
        StatusCode::NOT_FOUND
    );
    let packages = format!("{view}/packages?protocolType=cargo");
    assert_eq!(
        server.json_of("nora", Method::GET, &packages, None).await.0,
        StatusCode::OK
    );
    // What the view does not show stays shut: who is there, what went, what changed, what is kept.
    for path in [
        "permissions",
        "recyclebin/packages",
        "packagechanges",
        "retentionpolicies",
        "views",
    ] {
        let path = format!("{view}/{path}");
        assert_eq!(
            server.json_of("nora", Method::GET, &path, None).await.0,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_reader_lists_what_only_a_collaborator_saves() {
    let crates_io = CratesIo::start().await;
    crates_io.add("up/cr/upcrate", "upcrate", "1.0.0");
    let server = server(Some(&crates_io)).await;
    let download = "/local/main/_packaging/f/cargo/api/v1/crates/upcrate/1.0.0/download";
    let index = "/local/main/_packaging/f/Cargo/index/up/cr/upcrate";
    assert_eq!(
        server.json_of("rita", Method::GET, index, None).await.0,
        StatusCode::OK
    );
    let (status, answer) = server.json_of("rita", Method::GET, download, None).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let message = answer["message"].as_str().unwrap();
    assert!(
        message.starts_with("No local versions of package 'upcrate'"),
        "{message}"
    );
    assert_eq!(
        server.json_of("carl", Method::GET, download, None).await.0,
        StatusCode::OK
    );
    assert_eq!(
        server.json_of("rita", Method::GET, download, None).await.0,
        StatusCode::OK
    );
}
