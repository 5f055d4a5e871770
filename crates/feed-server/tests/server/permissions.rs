//! Roles in a feed.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_server::TestServer;

const FEEDS: &str = "/local/main/_apis/packaging/feeds";
const PERMISSIONS: &str = "/local/main/_apis/packaging/feeds/f/permissions";

fn roles(list: &Value) -> Vec<(&str, &str)> {
    let items = list["value"].as_array().unwrap().iter();
    items
        .map(|item| {
            (
                item["identityDescriptor"].as_str().unwrap(),
                item["role"].as_str().unwrap(),
            )
        })
        .collect()
}

/// A feed that gives nobody a role, not even the build services.
async fn bare_feed(server: &TestServer) {
    let body = json!({ "name": "f", "upstreamSources": [], "permissions": [] });
    server.said(Method::POST, FEEDS, body).await;
}

#[tokio::test]
async fn roles_are_kept_and_merged() {
    let mut server = TestServer::start().await;
    bare_feed(&server).await;
    let first = server.get(PERMISSIONS).await;
    let owner = first["value"][0].clone();
    assert_eq!(
        (first["count"].as_u64(), &owner["role"], &owner["isInheritedRole"]),
        (Some(1), &json!("administrator"), &json!(true))
    );
    assert!(owner.get("identityId").is_none());

    let id = "5a0b7e2c-2f0e-4f6a-9a4f-1d3d8c7b6a59";
    let wanted = json!([
        { "role": "contributor", "identityDescriptor": "Kind;build", "identityId": id },
        { "role": "Reader", "identityDescriptor": "Kind;guest", "displayName": "A guest" },
    ]);
    let (status, changed) = server.json(Method::PATCH, PERMISSIONS, Some(wanted)).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    assert_eq!(
        roles(&changed),
        [("Kind;build", "contributor"), ("Kind;guest", "reader")]
    );
    let change = json!([{ "role": "administrator", "identityDescriptor": "Kind;build" }]);
    assert_eq!(
        server.json(Method::PATCH, PERMISSIONS, Some(change)).await.0,
        StatusCode::OK
    );

    server.restart().await;
    let kept = server
        .get(&format!(
            "{PERMISSIONS}?includeIds=true&excludeInheritedPermissions=true"
        ))
        .await;
    assert_eq!(
        roles(&kept),
        [("Kind;build", "administrator"), ("Kind;guest", "reader")]
    );
    assert_eq!(
        (&kept["value"][0]["identityId"], &kept["value"][1]["displayName"]),
        (&json!(id), &json!("A guest"))
    );
    let only = server
        .get(&format!("{PERMISSIONS}?identityDescriptor=Kind%3Bguest"))
        .await;
    assert_eq!(roles(&only), [("Kind;guest", "reader")]);

    let removal = json!([{ "role": "none", "identityDescriptor": "Kind;guest" }]);
    assert_eq!(
        server.json(Method::PATCH, PERMISSIONS, Some(removal)).await.0,
        StatusCode::OK
    );
    assert_eq!(server.get(PERMISSIONS).await["count"], 2);

    let (status, _) = server.json(Method::DELETE, &format!("{FEEDS}/f"), None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        server.json(Method::GET, PERMISSIONS, None).await.0,
        StatusCode::NOT_FOUND
    );
    let deleted = server
        .get(&format!("{PERMISSIONS}?includeDeletedFeeds=true"))
        .await;
    assert_eq!(deleted["count"], 2);
}

#[tokio::test]
async fn one_wrong_role_changes_nothing() {
    let server = TestServer::start().await;
    bare_feed(&server).await;
    let owner = server.get(PERMISSIONS).await["value"][0]["identityDescriptor"].clone();
    let good = json!({ "role": "reader", "identityDescriptor": "Kind;good" });
    for wrong in [
        json!({ "role": "emperor", "identityDescriptor": "Kind;x" }),
        json!({ "role": "custom", "identityDescriptor": "Kind;x" }),
        json!({ "role": "reader" }),
        json!({ "role": "reader", "identityDescriptor": "nothing" }),
        json!({ "role": "none", "identityDescriptor": owner }),
    ] {
        let body = json!([good, wrong]);
        let (status, answer) = server.json(Method::PATCH, PERMISSIONS, Some(body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}: {answer}");
        let feed = json!({ "name": "g", "permissions": [wrong] });
        assert_eq!(
            server.json(Method::POST, FEEDS, Some(feed)).await.0,
            StatusCode::BAD_REQUEST
        );
    }
    let (status, _) = server.json(Method::PATCH, PERMISSIONS, Some(good.clone())).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "not a list");
    assert_eq!(server.get(PERMISSIONS).await["count"], 1);

    let feed = json!({ "name": "g", "permissions": [good] });
    assert_eq!(
        server.json(Method::POST, FEEDS, Some(feed)).await.0,
        StatusCode::OK
    );
    let given = server.get(&format!("{FEEDS}/g/permissions")).await;
    assert_eq!(roles(&given)[1], ("Kind;good", "reader"));
}
