//! Real cargo against the server, with a home of its own.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::process::Command;

use crate::crates_io::CratesIo;
use crate::test_server::{TOKEN, TestServer, basic, manifest};

struct CargoHome {
    folder: TempDir,
    config: String,
}

impl CargoHome {
    fn new(server: &TestServer, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            "[registries]\nmy-feed = {{ index = \"sparse+{}/local/main/_packaging/my-feed/Cargo/index/\" }}\n\
             [registry]\nglobal-credential-providers = [\"cargo:token\"]\n{more}",
            server.url
        );
        let home = Self { folder, config };
        home.empty();
        home
    }

    /// Forgets everything but the config.
    fn empty(&self) {
        let home = self.folder.path().join("home");
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(&home).unwrap();
        fs::write(home.join("config.toml"), &self.config).unwrap();
    }

    fn package(&self, name: &str, dependencies: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(folder.join("src")).unwrap();
        let manifest = format!("{}license = \"MIT\"\n{dependencies}", manifest(name, "0.1.0"));
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::write(folder.join("src/lib.rs"), "").unwrap();
        folder
    }

    async fn run(&self, folder: &Path, arguments: &str) -> (bool, String) {
        let cargo = std::env::var_os("CARGO").unwrap_or(OsString::from("cargo"));
        let rustc = Path::new(&cargo).with_file_name(format!("rustc{}", std::env::consts::EXE_SUFFIX));
        let mut command = Command::new(&cargo);
        command.env_clear().current_dir(folder).args(arguments.split(' '));
        for kept in ["PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        if rustc.is_file() {
            command.env("RUSTC", rustc);
        }
        let home = self.folder.path().join("home");
        command
            .env("HOME", &home)
            .env("USERPROFILE", &home)
            .env("CARGO_HOME", &home);
        command
            .env("CARGO_REGISTRIES_MY_FEED_TOKEN", basic(TOKEN))
            .env("CARGO_TERM_COLOR", "never");
        let output = command.output().await.unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    async fn check(&self, folder: &Path, arguments: &str, succeeds: bool, words: &str) {
        let (succeeded, text) = self.run(folder, arguments).await;
        assert_eq!(succeeded, succeeds, "cargo {arguments}: {text}");
        assert!(text.contains(words), "cargo {arguments}: {text}");
        assert!(!text.contains(TOKEN));
    }
}

#[tokio::test]
async fn publish_info_add_and_yank() {
    let server = TestServer::start().await;
    server.feed("my-feed", false).await;
    let home = CargoHome::new(&server, "");
    let demo = home.package("demo-crate", "[features]\nextra = []\n");
    home.check(
        &demo,
        "publish --no-verify --registry my-feed",
        true,
        "Published demo-crate v0.1.0",
    )
    .await;
    home.check(
        &demo,
        "publish --no-verify --registry my-feed",
        false,
        "already exists",
    )
    .await;
    let uses = home.package("uses-it", "");
    home.check(&uses, "info demo-crate --registry my-feed", true, "license: MIT")
        .await;
    home.check(
        &uses,
        "add demo_crate --registry my-feed --features extra",
        true,
        "demo-crate",
    )
    .await;
    home.check(&uses, "fetch", true, "").await;
    home.check(
        &uses,
        "publish --no-verify --registry my-feed",
        true,
        "Published uses-it v0.1.0",
    )
    .await;
    let (_, lines) = server.index("my-feed", "us/es/uses-it").await;
    assert_eq!(lines[0]["deps"][0]["name"], "demo-crate");
    assert_eq!(lines[0]["deps"][0]["registry"], serde_json::Value::Null);

    home.check(
        &demo,
        "yank demo-crate@0.1.0 --registry my-feed",
        true,
        "Yank demo-crate@0.1.0",
    )
    .await;
    assert_eq!(
        server.index("my-feed", "de/mo/demo-crate").await.1[0]["yanked"],
        true
    );
    fs::remove_file(uses.join("Cargo.lock")).unwrap();
    home.check(&uses, "fetch", false, "yanked").await;
    home.check(
        &demo,
        "yank --undo demo-crate@0.1.0 --registry my-feed",
        true,
        "Unyank demo-crate@0.1.0",
    )
    .await;
    home.check(&uses, "fetch", true, "").await;
    home.check(&uses, "search demo --registry my-feed", false, "got 404")
        .await;
    home.check(&uses, "owner --list demo-crate --registry my-feed", false, "404")
        .await;
    home.check(
        &uses,
        "info missing --registry my-feed",
        false,
        "could not find `missing`",
    )
    .await;
}

#[tokio::test]
async fn refusals_reach_the_terminal_in_words() {
    let server = TestServer::start_with(None, |config| config.limits.crate_bytes = 100).await;
    server.feed("my-feed", false).await;
    let home = CargoHome::new(&server, "");
    let demo = home.package("demo", "");
    home.check(
        &demo,
        "publish --no-verify --registry my-feed",
        false,
        "this server takes up to 100",
    )
    .await;
    let big = home.package("big", "");
    let noise: Vec<u8> = (0_u64..3_000_000)
        .map(|number| (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8)
        .collect();
    fs::write(big.join("noise"), noise).unwrap();
    home.check(
        &big,
        "publish --no-verify --registry my-feed",
        false,
        "this server takes up to 100",
    )
    .await;
}

#[tokio::test]
async fn a_second_restore_without_crates_io() {
    let mut crates_io = CratesIo::start().await;
    crates_io.add("up/cr/upcrate", "upcrate", "1.0.0");
    let server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    server.feed("my-feed", true).await;
    let home = CargoHome::new(&server, "[source.crates-io]\nreplace-with = \"my-feed\"\n");
    let uses = home.package("uses-it", "[dependencies]\nupcrate = \"1\"\n");
    home.check(&uses, "fetch", true, "Downloaded upcrate v1.0.0")
        .await;
    let lock = fs::read_to_string(uses.join("Cargo.lock")).unwrap();
    assert!(lock.contains(tame_index::index::git::CRATES_IO_INDEX), "{lock}");
    crates_io.go_away().await;
    home.empty();
    home.check(&uses, "fetch --locked", true, "Downloaded upcrate v1.0.0")
        .await;
}
