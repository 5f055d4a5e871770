//! The provider as cargo drives it: a hello line, one request line, one answer line.

#![expect(clippy::unwrap_used, reason = "a test's own failures may panic")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use credentials::{Home, LocalFeeds};
use serde_json::{Value, json};

const OURS: &str = "sparse+http://127.0.0.1:8717/local/main/_packaging/upstream/Cargo/index/";

fn ask(home: &Path, index_url: &str, kind: Value) -> Value {
    let mut provider = Command::new(env!("CARGO_BIN_EXE_cargo-credential-granary"))
        .arg("--cargo-plugin")
        .env_clear()
        .env("GRANARY_HOME", home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = BufReader::new(provider.stdout.take().unwrap()).lines();
    let hello: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
    assert_eq!(hello, json!({"v": [1]}));
    let mut request = json!({"v": 1, "registry": {"index-url": index_url, "name": "upstream"}, "args": []});
    request
        .as_object_mut()
        .unwrap()
        .extend(kind.as_object().unwrap().clone());
    writeln!(provider.stdin.take().unwrap(), "{request}").unwrap();
    let answer = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
    assert!(provider.wait().unwrap().success());
    answer
}

fn get() -> Value {
    json!({"kind": "get", "operation": "read"})
}

#[test]
fn gives_the_token_of_the_feeds_on_this_computer() {
    let home = tempfile::tempdir().unwrap();
    let local = LocalFeeds::of(&Home::at(home.path())).unwrap();
    local.token().unwrap();
    let token = local.existing_header().unwrap().unwrap();
    let answer = ask(home.path(), OURS, get());
    let expected = json!({"Ok": {
        "kind": "get", "token": token.header().expose(), "cache": "session", "operation_independent": true,
    }});
    assert_eq!(answer, expected);
}

#[test]
fn the_port_is_the_settings_port() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("settings.toml"), "[local]\nport = 9123\n").unwrap();
    LocalFeeds::of(&Home::at(home.path())).unwrap().token().unwrap();
    assert_eq!(
        ask(home.path(), OURS, get()),
        json!({"Err": {"kind": "url-not-supported"}})
    );
    let answer = ask(home.path(), &OURS.replace("8717", "9123"), get());
    assert!(answer["Ok"]["token"].is_string(), "{answer}");
}

#[test]
fn other_registries_are_left_to_other_providers() {
    let home = tempfile::tempdir().unwrap();
    LocalFeeds::of(&Home::at(home.path())).unwrap().token().unwrap();
    for url in [
        "sparse+https://pkgs.dev.azure.com/contoso/_packaging/shared/Cargo/index/",
        "sparse+http://127.0.0.1:8717/index/",
        "https://github.com/rust-lang/crates.io-index",
    ] {
        assert_eq!(
            ask(home.path(), url, get()),
            json!({"Err": {"kind": "url-not-supported"}}),
            "{url}"
        );
    }
}

#[test]
fn feeds_that_were_never_used_have_no_token() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(
        ask(home.path(), OURS, get()),
        json!({"Err": {"kind": "not-found"}})
    );
}

#[test]
fn trouble_is_told_with_the_next_step() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("settings.toml"), "[local]\nport = \"many\"\n").unwrap();
    let answer = ask(home.path(), OURS, get());
    assert_eq!(answer["Err"]["kind"], "other");
    let message = answer["Err"]["message"].as_str().unwrap();
    assert!(
        message.contains("settings.toml") && message.contains("Correct"),
        "{message}"
    );
}

#[test]
fn logging_in_is_not_needed_here() {
    let home = tempfile::tempdir().unwrap();
    let answer = ask(home.path(), OURS, json!({"kind": "logout"}));
    assert_eq!(answer, json!({"Err": {"kind": "operation-not-supported"}}));
}
