//! What a registry answers, or what stands between it and cargo.

use anyhow::{Result, ensure};
use journeys::azure::{Azure, Cast};

use super::{Answer, CONFIG, OURS, Scripted};
use crate::checks::{Broken, FEED, connected};
use crate::journey;
use crate::weather::Restored;

const NOT_SAVED: &str = r#"{"errors":[{"detail":"No local versions of package 'ours'; please provide authentication to access versions from upstream that have not yet been saved to your feed."}]}"#;
const MAY_NOT_READ: &str =
    r#"{"message":"User 'b7c2' lacks permission to complete this action. You need to have 'ReadPackages'."}"#;

#[test]
fn what_the_index_answers() {
    journey(async || {
        let scripted = Scripted::start(&[]).await?;
        let broken = Broken::at(&scripted)?;
        let names = |id: &str, answers: &[Answer]| {
            scripted.answer(answers);
            broken.names(id, &["fetch"])
        };
        names("P-31", &[])?;
        names("P-11", &[("", 403, MAY_NOT_READ)])?;
        names(
            "P-45",
            &[("", 429, "TF400733: exceeding usage of resource 'Concurrency'")],
        )?;
        names("P-46", &[("", 503, "Our services aren't available right now")])?;
        names("P-02", &[("", 203, "<html>Sign In</html>")])?;
        names(
            "not-a-registry",
            &[("", 200, "<html>This network is closed today.</html>")],
        )?;
        let index: &[Answer] = &[("config.json", 200, CONFIG)];
        names("P-21", index)?;
        broken.needs("ours = { version = \"9\", registry = \"internal\" }")?;
        let names = |id: &str, answers: &[Answer]| {
            scripted.answer(answers);
            broken.names(id, &["fetch"])
        };
        names("P-21a", &[("config.json", 200, CONFIG), ("ou/rs", 200, OURS)]).map(drop)
    });
}

#[test]
fn what_a_download_answers() {
    journey(async || {
        let index: [Answer; 2] = [("config.json", 200, CONFIG), ("ou/rs", 200, OURS)];
        let scripted = Scripted::start(&index).await?;
        for (id, status, body) in [
            ("P-13", 403, ""),
            ("P-13", 401, ""),
            ("P-20", 401, NOT_SAVED),
            ("P-29e", 404, ""),
            ("P-43", 200, "<html>This network is closed today.</html>"),
        ] {
            let broken = Broken::at(&scripted)?;
            scripted.answer(&[index[0], index[1], ("dl", status, body)]);
            broken.names(id, &["fetch"])?;
        }
        Ok(())
    });
}

#[test]
fn a_restore_by_nobody_from_a_public_feed_says_that_somebody_has_to_save_it_first() {
    journey(async || {
        // Who may read it needs no token, and cargo sends none where none is asked for.
        let index: [Answer; 2] = [("config.json", 200, CONFIG), ("ou/rs", 200, OURS)];
        ensure!(!CONFIG.contains("auth-required"), "it is no public feed");
        let scripted = Scripted::start(&index).await?;
        let broken = Broken::at(&scripted)?;
        scripted.answer(&[index[0], index[1], ("dl", 401, NOT_SAVED)]);
        let failed = Restored::of(broken.ran(&["restore", "--json"])?)?.badly()?;
        let said = failed.ran.stdout.lines().last().unwrap_or_default();
        let said: serde_json::Value = serde_json::from_str(said)?;
        let cause = &said["diagnosis"]["cause"];
        let words = cause["words"].as_str().unwrap_or_default();
        ensure!(
            cause["id"] == "P-20" && words.contains("ours"),
            "{cause}\n{}",
            failed.log
        );
        Ok(())
    });
}

#[test]
fn a_lock_file_that_names_another_crate() {
    journey(async || {
        let other = "{\"name\":\"ours\",\"vers\":\"1.0.0\",\"deps\":[],\"cksum\":\"1111111111111111111111111111111111111111111111111111111111111111\",\"features\":{},\"yanked\":false}";
        let scripted = Scripted::start(&[("config.json", 200, CONFIG), ("ou/rs", 200, other)]).await?;
        let broken = Broken::at(&scripted)?;
        broken.lock(&scripted.index)?;
        broken.names("lock-checksum", &["fetch"]).map(drop)
    });
}

#[test]
fn requirements_that_cannot_all_be_met() {
    journey(async || {
        let two = "{\"name\":\"ours\",\"vers\":\"1.0.0\",\"deps\":[],\"cksum\":\"00\",\"features\":{},\"yanked\":false}\n{\"name\":\"ours\",\"vers\":\"1.0.1\",\"deps\":[],\"cksum\":\"00\",\"features\":{},\"yanked\":false}";
        let scripted = Scripted::start(&[("config.json", 200, CONFIG), ("ou/rs", 200, two)]).await?;
        let broken = Broken::at(&scripted)?;
        broken.needs(
            "ours = { version = \"=1.0.0\", registry = \"internal\" }\nother = { path = \"other\" }",
        )?;
        let other = "[package]\nname = \"other\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nours = { version = \"=1.0.1\", registry = \"internal\" }\n";
        broken.write("other/Cargo.toml", other)?;
        broken.write("other/src/lib.rs", "")?;
        broken.names("versions-conflict", &["fetch"]).map(drop)
    });
}

#[test]
fn what_stands_in_the_way() {
    journey(async || {
        let mut broken = Broken::new()?;
        std::fs::remove_file(broken.folder.join("Cargo.lock"))?;
        broken.user(&format!("{}[net]\nretry = 0\n", crate::checks::TOKENS))?;
        broken.config("sparse+http://127.0.0.1:9/index/")?;
        broken.names("reachable", &["fetch"])?;
        // An address of a feed without `sparse+`.
        broken.config("http://127.0.0.1:9/contoso/_packaging/internal/Cargo/index/")?;
        broken.names("P-33", &["fetch"])?;
        // A proxy that wants to know who asks.
        let proxy = Scripted::start(&[("", 407, "")]).await?;
        broken.variables.push(("CARGO_HTTP_PROXY", proxy.here.clone()));
        broken.config("sparse+https://localhost:9/index/")?;
        broken.names("P-42", &["fetch"])?;
        broken.variables.clear();
        // A server whose certificate nobody signed.
        let server = Untrusted::start(&broken)?;
        broken.config(&format!("sparse+https://localhost:{}/index/", server.port))?;
        broken.names("P-40", &["fetch"]).map(drop)
    });
}

/// A server with a certificate of its own making.
struct Untrusted {
    port: u16,
    server: std::process::Child,
}

impl Untrusted {
    fn start(broken: &Broken) -> Result<Self> {
        let at = |name: &str| broken.home.path().join(name).display().to_string();
        let (key, certificate) = (at("key.pem"), at("certificate.pem"));
        let make = [
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=localhost",
            "-days",
            "2",
            "-keyout",
            &key,
            "-out",
            &certificate,
        ];
        broken.home.other("openssl", broken.home.path(), &make)?.well()?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let accept = format!("127.0.0.1:{port}");
        let serve = [
            "s_server",
            "-quiet",
            "-accept",
            &accept,
            "-key",
            &key,
            "-cert",
            &certificate,
        ];
        let server = std::process::Command::new("openssl")
            .args(serve)
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()?;
        let started = Self { port, server };
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(std::time::Instant::now() < until, "nobody listens on {port}");
            std::thread::yield_now();
        }
        Ok(started)
    }
}

impl Drop for Untrusted {
    fn drop(&mut self) {
        // It is ours and ends with the journey.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn a_reader_gets_nothing_that_nobody_saved() {
    journey(async || {
        journeys::require_crates_io().await?;
        let cast = Cast {
            crates_io: Some(journeys::index_of_crates_io()?),
            ..Cast::default()
        };
        let azure = Azure::start_with(cast).await?;
        azure.seed_feed("contoso", "internal", true).await?;
        let (broken, _) = connected(&azure, "sven")?;
        broken.connect()?;
        broken.needs("itoa = \"1\"")?;
        std::fs::remove_file(broken.folder.join("Cargo.lock"))?;
        broken
            .home
            .granary(&broken.folder, &["crate", "list", FEED])?
            .well()?;
        let cause = broken.names("P-13", &["fetch"])?;
        ensure!(
            cause.to_string().contains("itoa") || cause.to_string().contains("collaborator"),
            "{cause}"
        );
        // The restore says so by itself.
        let restored = broken.ran(&["restore"])?;
        ensure!(
            restored.code == Some(1) && restored.stdout.contains("[P-13]"),
            "{restored:?}"
        );
        Ok(())
    });
}
