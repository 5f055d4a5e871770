//! One server per folder, and who takes over.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use feed_server::{Config, StartError, join_or_start, start};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::test_server::{TOKEN, TestServer, basic, client, config, crate_archive, eventually, publish_body};

async fn answers(url: &str) -> bool {
    let request = client().get(format!("{url}/local/_apis/connectionData"));
    let answer = request.header("Authorization", basic(TOKEN)).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

fn named(folder: &std::path::Path, serves: &str) -> Config {
    Config {
        serves: serves.to_owned(),
        ..config(folder)
    }
}

#[tokio::test]
async fn a_second_server_is_told_who_serves() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(named(folder.path(), "the first")).await.unwrap();
    let note: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("serving.json")).unwrap()).unwrap();
    assert_eq!(
        (&note["url"], &note["by"]),
        (&first.url().into(), &"the first".into())
    );
    match start(config(folder.path())).await {
        Err(StartError::AlreadyServing { by, pid, url }) => {
            assert_eq!(
                (by.as_str(), pid, url.as_str()),
                ("the first", std::process::id(), first.url())
            );
        }
        other => panic!("{other:?}"),
    }
    let url = first.url().to_owned();
    first.stop().await;
    assert!(!folder.path().join("serving.json").exists());
    assert!(!answers(&url).await);
    start(config(folder.path())).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_taken_port_is_named_and_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for joining in [false, true] {
        let config = Config {
            port,
            ..config(folder.path())
        };
        let failed = if joining {
            join_or_start(config).await.err()
        } else {
            start(config).await.err()
        };
        let Some(StartError::PortTaken { port: named }) = &failed else {
            panic!("{failed:?}")
        };
        assert_eq!(*named, port);
        let words = failed.unwrap().to_string();
        assert!(
            words.contains(&port.to_string()) && words.contains("`[local] port`"),
            "{words}"
        );
    }
    assert!(!folder.path().join("feeds.db").exists());
    drop(taken);
    start(Config {
        port,
        ..config(folder.path())
    })
    .await
    .unwrap()
    .stop()
    .await;
}

#[tokio::test]
async fn who_joined_takes_over_at_the_same_address() {
    let folder = tempfile::tempdir().unwrap();
    let first = join_or_start(named(folder.path(), "the first")).await.unwrap();
    assert!(first.started_here());
    let second = join_or_start(named(folder.path(), "the second")).await.unwrap();
    let third = join_or_start(named(folder.path(), "the third")).await.unwrap();
    assert!(!second.started_here());
    assert_eq!((first.url(), first.url()), (second.url(), third.url()));
    let url = first.url().to_owned();
    first.stop().await;
    eventually("somebody took over", async || answers(&url).await).await;
    second.stop().await;
    eventually("the third serves, whoever was second", async || {
        let note = std::fs::read(folder.path().join("serving.json")).unwrap_or_default();
        let note: Value = serde_json::from_slice(&note).unwrap_or_default();
        note["by"] == "the third" && answers(&url).await
    })
    .await;
    third.stop().await;
    assert!(!answers(&url).await);
    start(config(folder.path())).await.unwrap().stop().await;
}

#[tokio::test]
async fn who_is_dropped_neither_serves_nor_waits() {
    let folder = tempfile::tempdir().unwrap();
    let first = join_or_start(config(folder.path())).await.unwrap();
    let url = first.url().to_owned();
    drop(join_or_start(config(folder.path())).await.unwrap());
    drop(first);
    eventually("the address is free", async || !answers(&url).await).await;
    eventually("the folder is free", async || {
        start(config(folder.path())).await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn who_joined_takes_over_from_a_process_that_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, TOKEN).unwrap();
    let feeds = folder.path().join("feeds");
    let mut child = Command::new(env!("CARGO_BIN_EXE_feed-server"))
        .args([
            OsStr::new("--data"),
            feeds.as_os_str(),
            OsStr::new("--token-file"),
            token_file.as_os_str(),
        ])
        .args(["--port", "0", "--crates-io-index", "sparse+http://127.0.0.1:9/"])
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines.next_line().await.unwrap().unwrap();
    let joined = join_or_start(named(&feeds, "who joined")).await.unwrap();
    assert_eq!((joined.url(), joined.started_here()), (url.as_str(), false));
    child.kill().await.unwrap();
    eventually("who joined serves", async || answers(&url).await).await;
    joined.stop().await;
    assert!(!answers(&url).await);
}

#[tokio::test]
async fn stopping_waits_for_an_upload_but_not_for_the_idle() {
    let mut server = TestServer::start_with(None, |config| {
        config.limits.stop_timeout = Duration::from_secs(600);
    })
    .await;
    server.feed("f", false).await;
    let host = server.url.strip_prefix("http://").unwrap().to_owned();
    let idle = TcpStream::connect(&host).await.unwrap();
    let mut uploading = TcpStream::connect(&host).await.unwrap();
    let body = publish_body("a", "1.0.0", &crate_archive("a", "1.0.0", &[7; 1000]));
    let head = format!(
        "PUT /local/main/_packaging/f/cargo/api/v1/crates/new HTTP/1.1\r\nHost: {host}\r\nAuthorization: {}\r\n\
         Content-Length: {}\r\n\r\n",
        basic(TOKEN),
        body.len()
    );
    let (start, end) = body.split_at(body.len() - 1);
    uploading
        .write_all(&[head.as_bytes(), start].concat())
        .await
        .unwrap();
    eventually("the crate is coming in", async || server.kept().len() == 1).await;
    let finishing = async {
        eventually("nobody new is let in", async || {
            TcpStream::connect(&host).await.is_err()
        })
        .await;
        uploading.write_all(end).await.unwrap();
        let mut answer = String::new();
        uploading.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let (answer, ()) = tokio::join!(finishing, server.stop());
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(server.kept().len(), 2);
    drop(idle);
}

#[tokio::test]
async fn a_holder_who_does_not_answer_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let holder = start(named(folder.path(), "the holder")).await.unwrap();
    let other = start(config(elsewhere.path())).await.unwrap();
    let path = folder.path().join("serving.json");
    let mut note: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    note["url"] = other.url().into();
    std::fs::write(&path, note.to_string()).unwrap();
    let mut impatient = config(folder.path());
    impatient.limits.join_timeout = Duration::from_millis(50);
    match join_or_start(impatient).await {
        Err(StartError::NotAnswering { by, url, .. }) => {
            assert_eq!((by.as_str(), url.as_str()), ("the holder", other.url()));
        }
        other => panic!("{other:?}"),
    }
    holder.stop().await;
    other.stop().await;
}
