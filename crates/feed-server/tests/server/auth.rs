//! Who may ask.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::test_server::{TOKEN, TestServer, basic};

const PATHS: [&str; 6] = [
    "/local/_apis/connectionData",
    "/local/_apis/packaging/feeds",
    "/local/main/_packaging/f/Cargo/index/config.json",
    "/local/main/_packaging/f/cargo/api/v1/crates/a/1.0.0/download",
    "/nowhere",
    "/",
];

#[tokio::test]
async fn nothing_is_answered_without_the_token() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    let refused = [
        None,
        Some(TOKEN.to_owned()),
        Some(format!("Bearer {TOKEN}")),
        Some(format!("Bearer {}", STANDARD.encode(format!("PAT:{TOKEN}")))),
        Some(basic("another-token-0123456789")),
        Some(basic("")),
        Some(format!("Basic {}", STANDARD.encode(TOKEN))),
    ];
    for authorization in &refused {
        for path in PATHS {
            let mut request = server.client.get(format!("{}{path}", server.url));
            if let Some(authorization) = authorization {
                request = request.header("Authorization", authorization);
            }
            let response = request.send().await.unwrap();
            assert_eq!(
                response.status(),
                StatusCode::UNAUTHORIZED,
                "{path} {authorization:?}"
            );
            let challenges: Vec<_> = response
                .headers()
                .get_all("www-authenticate")
                .iter()
                .cloned()
                .collect();
            let starts = ["Bearer authorization_uri=", "Basic realm=", "TFS-Federated"];
            assert_eq!(challenges.len(), 3);
            for (challenge, start) in challenges.iter().zip(starts) {
                assert!(challenge.to_str().unwrap().starts_with(start));
            }
            let tenant = response.headers()["x-vss-resourcetenant"].to_str().unwrap();
            assert_eq!(tenant, "00000000-0000-0000-0000-000000000000");
            let body: Value = response.json().await.unwrap();
            assert!(
                body["message"].as_str().unwrap().starts_with("TF400813"),
                "{body}"
            );
            assert_eq!(body["typeKey"], "UnauthorizedRequestException");
            for (key, expected) in [
                ("$id", "1".into()),
                ("innerException", Value::Null),
                ("errorCode", 0.into()),
            ] {
                assert_eq!(body[key], expected);
            }
            assert!(!body.to_string().contains(TOKEN));
        }
    }
    assert_eq!(server.get(PATHS[0]).await["deploymentType"], "onPremises");
}

#[tokio::test]
async fn foreign_hosts_and_origins_are_refused_before_anything_else() {
    let server = TestServer::start().await;
    let port = server.url.rsplit(':').next().unwrap();
    let cases = [
        (Some("evil.example"), None, StatusCode::FORBIDDEN),
        (Some("127.0.0.1"), None, StatusCode::FORBIDDEN),
        (Some("127.0.0.1:1"), None, StatusCode::FORBIDDEN),
        (
            None,
            Some("http://evil.example".to_owned()),
            StatusCode::FORBIDDEN,
        ),
        (None, Some("null".to_owned()), StatusCode::FORBIDDEN),
        (None, Some(format!("http://localhost:{port}")), StatusCode::OK),
        (None, None, StatusCode::OK),
    ];
    for (host, origin, expected) in cases {
        let mut request = server.request(Method::GET, PATHS[0]);
        if let Some(host) = host {
            request = request.header("Host", host);
        }
        if let Some(origin) = &origin {
            request = request.header("Origin", origin);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), expected, "{host:?} {origin:?}");
    }
    let anonymous = server
        .client
        .get(format!("{}/", server.url))
        .header("Host", "evil.example");
    assert_eq!(anonymous.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}
