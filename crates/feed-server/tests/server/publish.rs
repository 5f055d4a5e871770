//! What a feed takes and what it refuses.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::test_server::{
    Entry, TOKEN, TestServer, archive, basic, crate_archive, eventually, framed, manifest, metadata,
    publish_body, sha256,
};

#[tokio::test]
async fn a_publish_is_listed_downloaded_and_kept() {
    let mut server = TestServer::start().await;
    server.feed("f", false).await;
    let archive = crate_archive("good-one", "1.2.3-beta.1+build", b"filling");
    let (status, answer) = server
        .publish("f", publish_body("good-one", "1.2.3-beta.1+build", &archive))
        .await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["warnings"]["other"], json!([]));
    for _ in 0..2 {
        let (_, lines) = server.index("f", "go/od/good-one").await;
        let expected = json!({ "name": "good-one", "vers": "1.2.3-beta.1+build", "deps": [], "features": {},
                               "cksum": sha256(&archive), "yanked": false, "links": null });
        assert_eq!(lines, [expected]);
        assert_eq!(
            server.download("f", "good-one", "1.2.3-beta.1+build").await,
            (StatusCode::OK, archive.clone())
        );
        server.restart().await;
    }
    let path = "/local/main/_packaging/f/cargo/api/v1/crates/good-one/1.2.3-beta.1+build/download";
    let response = server.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.content_length(), Some(archive.len() as u64));
}

#[tokio::test]
async fn a_number_is_used_once() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    server.published("f", "My-Crate", "1.0.0+one").await;
    let before = server.kept();
    for (name, version, words) in [
        ("My-Crate", "1.0.0+one", "only once"),
        ("My-Crate", "1.0.0+two", "build metadata"),
        ("My-Crate", "1.0.0", "build metadata"),
        ("my-crate", "2.0.0", "not told apart"),
        ("My_Crate", "2.0.0", "not told apart"),
    ] {
        let body = publish_body(name, version, &crate_archive(name, version, b"new"));
        let (status, answer) = server.publish("f", body).await;
        assert_eq!(status, StatusCode::CONFLICT, "{name} {version}: {answer}");
        assert!(
            answer["errors"][0]["detail"].as_str().unwrap().contains(words),
            "{answer}"
        );
    }
    assert_eq!(server.kept(), before);
    server.feed("g", false).await;
    server.published("g", "my_crate", "1.0.0").await;
}

#[tokio::test]
async fn of_many_at_once_one_wins() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    let publish = |filling: &'static [u8]| {
        let body = publish_body("racer", "1.0.0", &crate_archive("racer", "1.0.0", filling));
        server.publish("f", body)
    };
    let (one, two, three) = tokio::join!(publish(b"1"), publish(b"2"), publish(b"3"));
    let mut statuses = [one.0, two.0, three.0];
    statuses.sort();
    assert_eq!(
        statuses,
        [StatusCode::OK, StatusCode::CONFLICT, StatusCode::CONFLICT]
    );
    assert_eq!(
        server.kept().len(),
        2,
        "one file and one row: {:?}",
        server.kept()
    );
}

/// Sends a body that must be refused and must leave nothing behind.
async fn check(server: &TestServer, body: Vec<u8>, expected: StatusCode, words: &str) {
    let before = server.kept();
    let (status, answer) = server.publish("f", body).await;
    assert_eq!(status, expected, "{words}: {answer}");
    let detail = answer["errors"][0]["detail"].as_str().unwrap_or_default();
    assert!(detail.contains(words), "{detail:?} is not {words:?}");
    assert_eq!(server.kept(), before, "{words}");
}

fn with(key: &str, value: Value) -> Vec<u8> {
    let mut metadata = metadata("a", "1.0.0");
    metadata[key] = value;
    framed(&metadata, &crate_archive("a", "1.0.0", b""))
}

#[tokio::test]
async fn wrong_lengths() {
    let server = TestServer::start_with(None, |config| {
        config.limits.crate_bytes = 100_000;
        config.limits.metadata_bytes = 10_000;
    })
    .await;
    server.feed("f", false).await;
    let bad = StatusCode::BAD_REQUEST;
    let whole = publish_body("a", "1.0.0", &crate_archive("a", "1.0.0", b""));
    let before_crate = 8 + metadata("a", "1.0.0").to_string().len();
    for cut in [0, 3, 4, 20, before_crate - 1, whole.len() / 2, whole.len() - 1] {
        let words = if cut > before_crate { "only" } else { "incomplete" };
        check(&server, whole[..cut].to_vec(), bad, words).await;
    }
    check(
        &server,
        [whole.clone(), b"x".to_vec()].concat(),
        bad,
        "goes on after",
    )
    .await;
    let mut longer = whole.clone();
    longer[0] = longer[0].wrapping_add(1);
    check(&server, longer, bad, "not what cargo sends").await;
    check(
        &server,
        b"\xff\xff\xff\xff{}".to_vec(),
        StatusCode::PAYLOAD_TOO_LARGE,
        "metadata is 4294967295",
    )
    .await;
    let mut huge = framed(&metadata("a", "1.0.0"), b"");
    let end = huge.len() - 4;
    huge[end..].copy_from_slice(&u32::MAX.to_le_bytes());
    check(
        &server,
        huge,
        StatusCode::PAYLOAD_TOO_LARGE,
        "crate is 4294967295",
    )
    .await;
    check(
        &server,
        framed(&metadata("a", "1.0.0"), b""),
        bad,
        "not a gzipped tar",
    )
    .await;
    check(&server, framed(&json!([]), b""), bad, "not what cargo sends").await;
    let long = framed(&metadata("a", "1.0.0"), &vec![7; 200_000]);
    check(&server, long, StatusCode::PAYLOAD_TOO_LARGE, "up to 100000").await;
}

#[tokio::test]
async fn a_hundred_megabytes() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    let body = framed(&metadata("a", "1.0.0"), &vec![7; 100 << 20]);
    check(
        &server,
        body,
        StatusCode::PAYLOAD_TOO_LARGE,
        "this server takes up to",
    )
    .await;
}

#[tokio::test]
async fn wrong_metadata() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    let bad = StatusCode::BAD_REQUEST;
    for name in [
        "../../etc/passwd",
        "a/b",
        "a\\b",
        "..",
        "",
        "con",
        "a b",
        "é",
        "C:",
        "a\u{0}",
    ] {
        check(&server, with("name", json!(name)), bad, "crate name").await;
    }
    for version in ["../1.0.0", "1", "1.0.0/../..", ""] {
        check(&server, with("vers", json!(version)), bad, "not what cargo sends").await;
    }
    check(
        &server,
        with("name", json!("b")),
        bad,
        "does not lie in `b-1.0.0/`",
    )
    .await;
    check(
        &server,
        with("features", json!({ "f": ["dep:nothing"] })),
        bad,
        "does not name",
    )
    .await;
    check(
        &server,
        with("deps", json!([{ "name": "d", "version_req": "?" }])),
        bad,
        "dependency `d`",
    )
    .await;
}

#[tokio::test]
async fn wrong_archives() {
    let server = TestServer::start_with(None, |config| config.limits.unpacked_bytes = 1 << 20).await;
    server.feed("f", false).await;
    let own = manifest("a", "1.0.0");
    let with = |path: &str, kind, content: &[u8]| {
        let file = |path: &str, kind, content| Entry {
            path: path.to_owned(),
            kind,
            content,
        };
        let good = file("a-1.0.0/Cargo.toml", tar::EntryType::Regular, own.as_bytes());
        publish_body("a", "1.0.0", &archive(&[good, file(path, kind, content)]))
    };
    let bad = StatusCode::BAD_REQUEST;
    let regular = tar::EntryType::Regular;
    check(
        &server,
        with("a-1.0.0/link", tar::EntryType::Symlink, b""),
        bad,
        "neither a file nor a folder",
    )
    .await;
    check(
        &server,
        with("a-1.0.0/../x", regular, b""),
        bad,
        "does not lie in",
    )
    .await;
    check(&server, with("/etc/passwd", regular, b""), bad, "does not lie in").await;
    check(
        &server,
        with("a-1.0.0/bomb", regular, &vec![0; 2 << 20]),
        bad,
        "unpacks to more than",
    )
    .await;
    let only = |content: &str| {
        let path = "a-1.0.0/Cargo.toml".to_owned();
        let entry = Entry {
            path,
            kind: regular,
            content: content.as_bytes(),
        };
        publish_body("a", "1.0.0", &archive(&[entry]))
    };
    check(&server, only(&manifest("b", "1.0.0")), bad, "says `b 1.0.0`").await;
    check(&server, only(&manifest("a", "2.0.0")), bad, "says `a 2.0.0`").await;
    check(&server, only("not a manifest"), bad, "cannot be read").await;
    check(
        &server,
        publish_body("a", "1.0.0", &archive(&[])),
        bad,
        "no `Cargo.toml`",
    )
    .await;
    check(
        &server,
        publish_body("a", "1.0.0", b"nonsense"),
        bad,
        "not a gzipped tar",
    )
    .await;
}

#[tokio::test]
async fn where_nothing_can_be_published() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    let body = publish_body("a", "1.0.0", &crate_archive("a", "1.0.0", b""));
    for (feed, status, words) in [
        (
            "nothing",
            StatusCode::NOT_FOUND,
            "The feed with ID 'nothing' doesn't exist.",
        ),
        ("f@Local", StatusCode::BAD_REQUEST, "read-only"),
        ("f@Nowhere", StatusCode::NOT_FOUND, "The view 'Nowhere'"),
    ] {
        let (found, answer) = server.publish(feed, body.clone()).await;
        assert_eq!(found, status, "{answer}");
        assert!(
            answer["errors"][0]["detail"].as_str().unwrap().contains(words),
            "{answer}"
        );
    }
    let path = "/local/main/_packaging/f/cargo/api/v1/crates/new";
    let anonymous = server
        .client
        .put(format!("{}{path}", server.url))
        .body(body.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED);
    server
        .json(Method::DELETE, "/local/main/_apis/packaging/feeds/f", None)
        .await;
    assert_eq!(server.publish("f", body).await.0, StatusCode::NOT_FOUND);
    assert!(server.kept().is_empty());
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_nothing() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    let body = publish_body("a", "1.0.0", &crate_archive("a", "1.0.0", &[7; 300_000]));
    let host = server.url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "PUT /local/main/_packaging/f/cargo/api/v1/crates/new HTTP/1.1\r\nHost: {host}\r\nAuthorization: {}\r\n\
         Content-Length: {}\r\n\r\n",
        basic(TOKEN),
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&body[..body.len() - 1]).await.unwrap();
    eventually("the crate is coming in", async || server.kept().len() == 1).await;
    drop(connection);
    eventually("nothing is left of it", async || server.kept().is_empty()).await;
    server.published("f", "a", "1.0.0").await;
}

#[tokio::test]
async fn a_publisher_who_stalls_is_not_waited_for() {
    let server = TestServer::start_with(None, |config| {
        config.limits.idle_timeout = std::time::Duration::from_millis(50);
    })
    .await;
    server.feed("f", false).await;
    let host = server.url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "PUT /local/main/_packaging/f/cargo/api/v1/crates/new HTTP/1.1\r\nHost: {host}\r\nAuthorization: {}\r\n\
         Content-Length: 1000\r\n\r\nabc",
        basic(TOKEN),
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.contains("no more of the request came"),
        "{answer}"
    );
}

#[tokio::test]
async fn what_a_crash_left_is_swept_at_the_next_start() {
    let mut server = TestServer::start().await;
    server.feed("f", false).await;
    server.published("f", "a", "1.0.0").await;
    let before = server.kept();
    let crates = server.folder.path().join("crates");
    std::fs::write(server.folder.path().join("incoming/half"), "half").unwrap();
    std::fs::create_dir_all(crates.join("00")).unwrap();
    std::fs::write(crates.join("00").join("0".repeat(64)), "unnamed").unwrap();
    std::fs::write(crates.join("stray"), "stray").unwrap();
    assert_eq!(server.kept().len(), before.len() + 3);
    server.restart().await;
    assert_eq!(server.kept(), before);
    assert_eq!(server.download("f", "a", "1.0.0").await.0, StatusCode::OK);
}
