//! A server in a folder of its own, and what tests say to it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use feed_server::{Config, Person, Role, Server, Token, start};
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

pub(crate) const TOKEN: &str = "canary-0123456789abcdef0123456789";

pub(crate) struct TestServer {
    pub(crate) folder: TempDir,
    pub(crate) client: Client,
    pub(crate) url: String,
    server: Option<Server>,
    change: fn(&mut Config),
    crates_io: Option<String>,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::start_with(None, |_| {}).await
    }

    pub(crate) async fn start_with(crates_io: Option<String>, change: fn(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut test = Self {
            folder,
            client: client(),
            url: String::new(),
            server: None,
            change,
            crates_io,
        };
        test.serve().await;
        test
    }

    pub(crate) async fn serve(&mut self) {
        let mut config = config(self.folder.path());
        // A test that forgets its stand-in must not reach the world.
        config.crates_io = Some(
            self.crates_io
                .clone()
                .unwrap_or("sparse+http://127.0.0.1:9/".to_owned()),
        );
        (self.change)(&mut config);
        let server = start(config).await.unwrap();
        server.url().clone_into(&mut self.url);
        self.server = Some(server);
    }

    pub(crate) fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    pub(crate) async fn stop(&mut self) {
        self.server.take().unwrap().stop().await;
    }

    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.serve().await;
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.url))
            .header("Authorization", basic(TOKEN))
    }

    /// As `json`, asked by somebody of [`somebody`].
    pub(crate) async fn json_of(
        &self,
        name: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = request.header("Authorization", basic(&token_of(name)));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status();
        let bytes = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub(crate) async fn json(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status();
        (
            status,
            serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or(Value::Null),
        )
    }

    /// As `json`, of what must succeed.
    pub(crate) async fn said(&self, method: Method, path: &str, body: Value) -> Value {
        let body = Some(body).filter(|body| !body.is_null());
        let (status, value) = self.json(method.clone(), path, body).await;
        assert_eq!(status, StatusCode::OK, "{method} {path}: {value}");
        value
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, value) = self.json(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {value}");
        value
    }

    /// Creates a feed of the project `main`, with crates.io upstream when asked.
    pub(crate) async fn feed(&self, name: &str, with_upstream: bool) -> Value {
        let upstreams = if with_upstream {
            json!([crates_io_source()])
        } else {
            json!([])
        };
        let body = json!({ "name": name, "upstreamSources": upstreams });
        let (status, feed) = self
            .json(Method::POST, "/local/main/_apis/packaging/feeds", Some(body))
            .await;
        assert_eq!(status, StatusCode::OK, "{feed}");
        feed
    }

    pub(crate) async fn publish(&self, feed: &str, body: Vec<u8>) -> (StatusCode, Value) {
        let path = format!("/local/main/_packaging/{feed}/cargo/api/v1/crates/new");
        let response = self.request(Method::PUT, &path).body(body).send().await.unwrap();
        let status = response.status();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    pub(crate) async fn published(&self, feed: &str, name: &str, version: &str) -> Vec<u8> {
        let archive = crate_archive(name, version, b"");
        let (status, answer) = self.publish(feed, publish_body(name, version, &archive)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        archive
    }

    pub(crate) async fn index(&self, feed: &str, path: &str) -> (StatusCode, Vec<Value>) {
        let path = format!("/local/main/_packaging/{feed}/Cargo/index/{path}");
        let response = self.request(Method::GET, &path).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        (status, lines)
    }

    /// The version numbers of an index file.
    pub(crate) async fn listed(&self, feed: &str, path: &str) -> Vec<String> {
        let (status, lines) = self.index(feed, path).await;
        assert_eq!(status, StatusCode::OK);
        lines
            .iter()
            .map(|line| line["vers"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) async fn download(&self, feed: &str, name: &str, version: &str) -> (StatusCode, Vec<u8>) {
        let path = format!("/local/main/_packaging/{feed}/cargo/api/v1/crates/{name}/{version}/download");
        let response = self.request(Method::GET, &path).send().await.unwrap();
        let status = response.status();
        (status, response.bytes().await.unwrap().to_vec())
    }

    /// Everything kept, to be compared: every file and every row of a version.
    pub(crate) fn kept(&self) -> BTreeSet<String> {
        kept(self.folder.path())
    }
}

pub(crate) fn token_of(name: &str) -> String {
    format!("canary-{name}-0123456789")
}

/// Somebody beside the owner, with a token and names made of one.
pub(crate) fn somebody(name: &str, number: u8, inherited: Option<Role>) -> Person {
    let identity = uuid::Uuid::from_bytes([number; 16]).to_string();
    let capital = name[..1].to_uppercase() + &name[1..];
    Person {
        name: name.to_owned(),
        display_name: format!("{capital} Example"),
        mail: format!("{name}@example.test"),
        descriptor: format!("Microsoft.IdentityModel.Claims.ClaimsIdentity;tenant\\{name}"),
        subject: format!("aad.{identity}"),
        identity,
        token: Token::new(token_of(name)).unwrap(),
        inherited,
    }
}

pub(crate) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

pub(crate) fn config(folder: &Path) -> Config {
    let mut config = Config::new(folder, 0, Token::new(TOKEN).unwrap(), "a test");
    config.limits.retry_delay = Duration::from_millis(1);
    config.limits.upstream_pause = Duration::ZERO;
    config.limits.attempts = 2;
    config
}

pub(crate) fn kept(folder: &Path) -> BTreeSet<String> {
    let mut kept = BTreeSet::new();
    let mut folders = vec![folder.join("crates"), folder.join("incoming")];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                kept.insert(path.strip_prefix(folder).unwrap().display().to_string());
            }
        }
    }
    for (name, version, digest) in rows(folder) {
        kept.insert(format!("row {name} {version} {digest}"));
    }
    kept
}

pub(crate) fn rows(folder: &Path) -> Vec<(String, String, String)> {
    let connection = rusqlite::Connection::open(folder.join("feeds.db")).unwrap();
    let mut statement = connection
        .prepare("SELECT name, version, digest FROM versions JOIN crates ON crates.id = versions.crate")
        .unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

pub(crate) fn basic(token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("anybody:{token}")))
}

pub(crate) fn crates_io_source() -> Value {
    let index = tame_index::index::sparse::CRATES_IO_HTTP_INDEX;
    let location = index.strip_prefix("sparse+").unwrap();
    json!({ "name": "crates.io", "protocol": "Cargo", "location": location, "displayLocation": location,
            "upstreamSourceType": "public", "status": "ok" })
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A file or link in an archive.
pub(crate) struct Entry<'a> {
    pub(crate) path: String,
    pub(crate) kind: tar::EntryType,
    pub(crate) content: &'a [u8],
}

pub(crate) fn archive(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for entry in entries {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..entry.path.len()].copy_from_slice(entry.path.as_bytes());
        header.set_entry_type(entry.kind);
        header.set_size(entry.content.len() as u64);
        header.set_mode(0o644);
        if entry.kind == tar::EntryType::Symlink {
            header.set_link_name("../../../etc/passwd").unwrap();
        }
        header.set_cksum();
        builder.append(&header, entry.content).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

pub(crate) fn manifest(name: &str, version: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\ndescription = \"A test\"\n"
    )
}

pub(crate) fn crate_archive(name: &str, version: &str, filling: &[u8]) -> Vec<u8> {
    let manifest = manifest(name, version);
    let file = |path: &str, content| Entry {
        path: format!("{name}-{version}/{path}"),
        kind: tar::EntryType::Regular,
        content,
    };
    archive(&[
        file("Cargo.toml", manifest.as_bytes()),
        file("src/lib.rs", b""),
        file("filling", filling),
    ])
}

pub(crate) fn metadata(name: &str, version: &str) -> Value {
    json!({ "name": name, "vers": version, "deps": [], "features": {}, "authors": ["Somebody"],
            "description": "A test", "keywords": ["test"], "categories": [], "badges": {}, "links": null })
}

pub(crate) fn publish_body(name: &str, version: &str, archive: &[u8]) -> Vec<u8> {
    framed(&metadata(name, version), archive)
}

pub(crate) fn framed(metadata: &Value, archive: &[u8]) -> Vec<u8> {
    let metadata = metadata.to_string();
    let mut body = Vec::new();
    body.write_all(&(metadata.len() as u32).to_le_bytes()).unwrap();
    body.write_all(metadata.as_bytes()).unwrap();
    body.write_all(&(archive.len() as u32).to_le_bytes()).unwrap();
    body.write_all(archive).unwrap();
    body
}

/// Waits for something another task or process brings about; fails when it does not.
pub(crate) async fn eventually(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !happened().await {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
