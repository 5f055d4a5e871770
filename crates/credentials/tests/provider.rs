//! The provider as cargo drives it: a hello line, one request line, one answer line.

#![expect(clippy::unwrap_used, reason = "a test's own failures may panic")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use credentials::{Home, LocalFeeds, SignIns};
use serde_json::{Value, json};

const OURS: &str = "sparse+http://127.0.0.1:8717/local/main/_packaging/upstream/Cargo/index/";

/// A home without a keychain, whose local feeds were used.
fn used_home(settings: &str) -> (tempfile::TempDir, LocalFeeds) {
    let home = tempfile::tempdir().unwrap();
    let text = format!("[keychain]\nuse = false\n{settings}");
    std::fs::write(home.path().join("settings.toml"), text).unwrap();
    let local = LocalFeeds::of(&SignIns::of(&Home::at(home.path())).unwrap());
    local.token_now().unwrap();
    (home, local)
}

fn ask(home: &Path, index_url: &str, kind: Value) -> Value {
    ask_with(home, &[], index_url, kind)
}

fn ask_with(home: &Path, environment: &[(&str, &str)], index_url: &str, kind: Value) -> Value {
    let mut provider = Command::new(env!("CARGO_BIN_EXE_cargo-credential-granary"))
        .arg("--cargo-plugin")
        .env_clear()
        .env("GRANARY_HOME", home)
        .envs(environment.iter().copied())
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
    let (home, local) = used_home("");
    let token = local.existing_header().unwrap().unwrap();
    let answer = ask(home.path(), OURS, get());
    let expected = json!({"Ok": {
        "kind": "get", "token": token.header().expose(), "cache": "session", "operation_independent": true,
    }});
    assert_eq!(answer, expected);
}

#[test]
fn the_port_is_the_settings_port() {
    let (home, _) = used_home("[local]\nport = 9123\n");
    assert_eq!(
        ask(home.path(), OURS, get()),
        json!({"Err": {"kind": "url-not-supported"}})
    );
    let answer = ask(home.path(), &OURS.replace("8717", "9123"), get());
    assert!(answer["Ok"]["token"].is_string(), "{answer}");
}

#[test]
fn other_registries_are_left_to_other_providers() {
    let (home, _) = used_home("");
    for url in [
        "sparse+https://pkgs.dev.azure.com/contoso/_packaging/shared/Cargo/index/",
        "sparse+http://127.0.0.1:8717/index/",
        "https://github.com/rust-lang/crates.io-index",
    ] {
        for kind in [get(), json!({"kind": "logout"})] {
            let answer = ask(home.path(), url, kind);
            assert_eq!(answer, json!({"Err": {"kind": "url-not-supported"}}), "{url}");
        }
    }
    let login = json!({"kind": "login", "token": "t"});
    let answer = ask(home.path(), "sparse+https://example.com/index/", login);
    assert_eq!(answer, json!({"Err": {"kind": "url-not-supported"}}));
}

#[test]
fn feeds_that_were_never_used_have_no_token() {
    let (home, _) = used_home("");
    std::fs::remove_dir_all(home.path().join("feeds")).unwrap();
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
fn on_this_computer_nobody_has_to_log_in() {
    let (home, _) = used_home("");
    let answer = ask(home.path(), OURS, json!({"kind": "logout"}));
    assert_eq!(answer, json!({"Err": {"kind": "operation-not-supported"}}));
    let answer = ask(home.path(), OURS, json!({"kind": "login"}));
    assert_eq!(answer, json!({"Ok": {"kind": "login"}}));
}

#[test]
fn a_token_of_the_environment_is_for_azure_alone() {
    let (home, _) = used_home("");
    let environment = [("GRANARY_TOKEN", "pat")];
    let ask = |url: &str| ask_with(home.path(), &environment, url, get());
    for url in [
        "sparse+https://pkgs.dev.azure.com/contoso/_packaging/shared/Cargo/index/",
        "sparse+https://pkgs.dev.azure.com/contoso/Maps/_packaging/shared@Release/Cargo/index/",
        "sparse+https://pkgs.dev.azure.com/contoso/Maps/_packaging/open~force-auth/Cargo/index/",
        "sparse+https://contoso.pkgs.visualstudio.com/_packaging/shared/Cargo/index/",
    ] {
        let answer = ask(url);
        let token = answer["Ok"]["token"].as_str().unwrap_or_default();
        assert!(token.starts_with("Basic "), "{url}: {answer}");
    }
    for url in [
        "sparse+https://devops.contoso.com/Main/_packaging/shared/Cargo/index/",
        "sparse+https://pkgs.dev.azure.com.evil.example/contoso/_packaging/a/Cargo/index/",
    ] {
        assert_eq!(ask(url), json!({"Err": {"kind": "url-not-supported"}}), "{url}");
    }
}

#[test]
fn without_a_keychain_logging_in_says_what_to_do() {
    let (home, _) = used_home("");
    let url = "sparse+https://pkgs.dev.azure.com/contoso/_packaging/shared/Cargo/index/";
    let answer = ask(
        home.path(),
        url,
        json!({"kind": "login", "token": "canary-token"}),
    );
    let message = answer["Err"]["message"].as_str().unwrap_or_default();
    assert!(
        message.contains("no keychain") && message.contains("--passphrase"),
        "{answer}"
    );
    assert!(!answer.to_string().contains("canary"), "{answer}");
}

#[test]
fn what_is_broken_here_does_not_stand_in_the_way_of_other_registries() {
    let (home, _) = used_home("");
    std::fs::write(home.path().join("accounts.json"), "{").unwrap();
    let answer = ask(home.path(), "sparse+https://example.com/index/", get());
    assert_eq!(answer, json!({"Err": {"kind": "url-not-supported"}}));
    let feed = "sparse+https://pkgs.dev.azure.com/contoso/_packaging/shared/Cargo/index/";
    let message = ask(home.path(), feed, get())["Err"]["message"].to_string();
    assert!(message.contains("accounts.json"), "{message}");
}

#[test]
fn behind_a_proxy_of_the_company_the_environments_token_is_used_too() {
    let (home, _) = used_home("[azure]\npackages = \"https://proxy.contoso.com/pkgs\"\n");
    let ask = |url: &str| ask_with(home.path(), &[("GRANARY_TOKEN", "pat")], url, get());
    let answer = ask("sparse+https://proxy.contoso.com/pkgs/contoso/_packaging/shared/Cargo/index/");
    assert!(answer["Ok"]["token"].is_string(), "{answer}");
    let answer = ask("sparse+https://pkgs.dev.azure.com/contoso/_packaging/shared/Cargo/index/");
    assert_eq!(answer, json!({"Err": {"kind": "url-not-supported"}}));
}

#[test]
fn a_token_that_says_its_time_is_over_is_not_handed_out() {
    let (home, _) = used_home("");
    let part = |json: &str| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, json);
    let ended = format!("{}.{}.s", part(r#"{"alg":"x"}"#), part(r#"{"exp":1000}"#));
    let feed = "sparse+https://pkgs.dev.azure.com/contoso/_packaging/shared/Cargo/index/";
    let answer = ask_with(home.path(), &[("GRANARY_TOKEN", &ended)], feed, get());
    let message = answer["Err"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("no longer accepted"), "{answer}");
}
