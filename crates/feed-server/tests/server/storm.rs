//! Kill -9 in the middle of many publishes.
//!
//! The rule: a publish that was answered is wholly there; one that was not answered is wholly there or wholly absent;
//! the files are exactly those the rows name; nothing is left of what was only half received.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::process::Stdio;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use crate::test_server::{basic, client, crate_archive, kept, publish_body, rows, sha256};

const PUBLISHES: usize = 50;

struct Killable {
    child: Child,
    url: String,
    client: Client,
    authorization: String,
}

impl Killable {
    async fn start(folder: &Path) -> Self {
        let token_file = folder.join("token");
        let mut child = Command::new(env!("CARGO_BIN_EXE_feed-server"))
            .arg("--data")
            .arg(folder.join("feeds"))
            .arg("--token-file")
            .arg(&token_file)
            .args(["--port", "0", "--crates-io-index", "sparse+http://127.0.0.1:9/"])
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines
            .next_line()
            .await
            .unwrap()
            .expect("the server says where it is");
        let token = fs::read_to_string(token_file).unwrap();
        Self {
            child,
            url,
            client: client(),
            authorization: basic(token.trim()),
        }
    }

    async fn get(&self, path: &str) -> (StatusCode, Vec<u8>) {
        let request = self.client.get(format!("{}{path}", self.url));
        let response = request
            .header("Authorization", &self.authorization)
            .send()
            .await
            .unwrap();
        let status = response.status();
        (status, response.bytes().await.unwrap().to_vec())
    }

    async fn create_feed(&self) {
        let request = self
            .client
            .post(format!("{}/local/main/_apis/packaging/feeds", self.url));
        let request = request
            .header("Authorization", &self.authorization)
            .json(&json!({ "name": "f" }));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    }

    /// Publishes all at once, kills the server once `enough` are answered, and says which were.
    async fn publish_until_killed(
        &mut self,
        crates: &HashMap<String, Vec<u8>>,
        enough: usize,
    ) -> HashSet<String> {
        let mut publishing = JoinSet::new();
        for (name, archive) in crates {
            let request = self
                .client
                .put(format!(
                    "{}/local/main/_packaging/f/cargo/api/v1/crates/new",
                    self.url
                ))
                .header("Authorization", &self.authorization)
                .body(publish_body(name, "1.0.0", archive));
            let name = name.clone();
            publishing.spawn(async move {
                let answered = request
                    .send()
                    .await
                    .is_ok_and(|answer| answer.status() == StatusCode::OK);
                (name, answered)
            });
        }
        let mut acknowledged = HashSet::new();
        let mut killed = false;
        while let Some(done) = publishing.join_next().await {
            let (name, answered) = done.unwrap();
            if answered {
                acknowledged.insert(name);
            }
            if acknowledged.len() >= enough && !killed {
                self.child.kill().await.unwrap();
                killed = true;
            }
        }
        assert!(killed, "the server lived until the end");
        acknowledged
    }
}

/// Noise that no gzip can shrink, so that bodies are under way when the server dies.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

async fn check(
    server: &Killable,
    folder: &Path,
    sent: &HashMap<String, Vec<u8>>,
    acknowledged: &HashSet<String>,
) {
    let rows = rows(folder);
    let named: HashSet<&str> = rows.iter().map(|(name, ..)| name.as_str()).collect();
    for name in acknowledged {
        assert!(
            named.contains(name.as_str()),
            "`{name}` was acknowledged and is gone"
        );
    }
    let mut expected: HashSet<String> = HashSet::new();
    for (name, version, digest) in &rows {
        let archive = sent.get(name).expect("only what was sent is there");
        assert_eq!(&sha256(archive), digest, "{name}");
        let path = format!("/local/main/_packaging/f/cargo/api/v1/crates/{name}/{version}/download");
        let (status, bytes) = server.get(&path).await;
        assert_eq!(
            (status, sha256(&bytes)),
            (StatusCode::OK, digest.clone()),
            "{name}"
        );
        let (_, lines) = server
            .get(&format!(
                "/local/main/_packaging/f/Cargo/index/{}/{}/{name}",
                &name[..2],
                &name[2..4]
            ))
            .await;
        let line: Value = serde_json::from_slice(&lines).unwrap();
        assert_eq!(line["cksum"], digest.as_str());
        expected.insert(format!("row {name} {version} {digest}"));
        expected.insert(
            Path::new("crates")
                .join(&digest[..2])
                .join(digest)
                .display()
                .to_string(),
        );
    }
    assert_eq!(kept(folder).into_iter().collect::<HashSet<_>>(), expected);
}

#[tokio::test]
async fn every_acknowledged_publish_survives_kill_9() {
    let rounds = std::env::var("GRANARY_STORM_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(20);
    let folder = tempfile::tempdir().unwrap();
    let feeds = folder.path().join("feeds");
    let mut server = Killable::start(folder.path()).await;
    server.create_feed().await;
    let (mut sent, mut acknowledged) = (HashMap::new(), HashSet::new());
    for round in 0..rounds {
        let crates: HashMap<String, Vec<u8>> = (0..PUBLISHES)
            .map(|number| {
                let name = format!("storm-{round}-{number}");
                let seed = (round * PUBLISHES + number) as u64 + 1;
                let archive = crate_archive(&name, "1.0.0", &noise(seed, 20_000 + number * 4_000));
                (name, archive)
            })
            .collect();
        let enough = 1 + (round * 17 + 5) % (PUBLISHES * 3 / 4);
        acknowledged.extend(server.publish_until_killed(&crates, enough).await);
        sent.extend(crates);
        server = Killable::start(folder.path()).await;
        check(&server, &feeds, &sent, &acknowledged).await;
    }
    server.child.kill().await.unwrap();
}
