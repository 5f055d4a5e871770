//! What lies in files, and what the system does to them.

use anyhow::ensure;

use super::{CONFIG, Scripted};
use crate::checks::{AT, Broken, registry};
use crate::journey;

/// A crate whose file is `x`.
const OF_ONE_SIGN: &str = r#"{"name":"ours","vers":"1.0.0","deps":[],"cksum":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881","features":{},"yanked":false}"#;

#[test]
fn config_that_cargo_cannot_use() {
    journey(async || {
        let broken = Broken::new()?;
        broken.write(".cargo/config.toml", "[net]\nretry = \n")?;
        broken.names("config", &["fetch"])?;
        broken.config(AT)?;
        let lock = std::fs::read_to_string(broken.folder.join("Cargo.lock"))?;
        broken.write("Cargo.lock", &lock.replace("version = \"1.0.0\"", "version = 1"))?;
        let cause = broken.names("config", &["fetch"])?;
        ensure!(cause.to_string().contains("Cargo.lock"), "{cause}");
        // By what cargo says alone, from anywhere.
        let output = broken.failing("cargo", &["fetch"])?;
        std::fs::remove_file(broken.folder.join("Cargo.lock"))?;
        let cause = broken.cause(&output, &["--offline"])?;
        ensure!(cause["id"] == "lockfile", "{cause}");
        broken.write("Cargo.toml", "[package]\nname = 3\n")?;
        broken.names("manifest", &["fetch"]).map(drop)
    });
}

#[test]
fn a_cargo_that_is_too_old() {
    journey(async || {
        let mut broken = Broken::new()?;
        let package = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
        broken.write(
            "Cargo.toml",
            &format!("{package}[profile.dev]\nrustflags = [\"-C\"]\n"),
        )?;
        broken.names("cargo-too-old", &["fetch"])?;
        broken.write("Cargo.toml", &format!("{package}rust-version = \"1.9999\"\n"))?;
        broken.names("rust-version", &["check", "--offline"])?;
        broken.write("Cargo.toml", package)?;
        broken.variables.push(("RUSTUP_TOOLCHAIN", "1.2.3".to_owned()));
        if crate::checks::which_rustup() {
            broken.names("toolchain", &["fetch"])?;
        }
        Ok(())
    });
}

#[test]
fn code_that_does_not_compile() {
    journey(async || {
        let broken = Broken::new()?;
        broken.needs("")?;
        std::fs::remove_file(broken.folder.join("Cargo.lock"))?;
        broken.write("src/lib.rs", "fn x() -> u32 { \"\" }")?;
        let cause = broken.names("does-not-compile", &["check", "--offline"])?;
        ensure!(cause["fix"].is_null(), "{cause}");
        Ok(())
    });
}

#[test]
fn a_lock_file_that_must_not_change_and_a_network_that_must_not_be_asked() {
    journey(async || {
        let broken = Broken::new()?;
        std::fs::remove_file(broken.folder.join("Cargo.lock"))?;
        broken.names("offline", &["fetch", "--offline"])?;
        broken.needs("")?;
        // There is none to be kept as it is; then there is one, with a crate too many.
        broken.names("no-lockfile", &["fetch", "--locked"])?;
        broken.lock(AT)?;
        broken.names("lock-out-of-date", &["fetch", "--locked"])?;
        broken.needs("tool = { git = \"file:///nowhere/at/all\" }")?;
        broken.names("git-source", &["fetch"]).map(drop)
    });
}

#[test]
fn what_the_system_refuses() {
    journey(async || {
        let scripted = Scripted::start(&[
            ("config.json", 200, CONFIG),
            ("ou/rs", 200, OF_ONE_SIGN),
            ("dl", 200, "x"),
        ])
        .await?;
        let broken = Broken::at(&scripted)?;
        // As a full disk and a folder of somebody else's answer.
        for (refusal, id) in [
            ("ENOSPC", "disk-full"),
            ("EACCES", "not-permitted"),
            ("EROFS", "not-permitted"),
        ] {
            let inject = format!("inject=mkdir,mkdirat:error={refusal}");
            let arguments = ["-f", "-qq", "-o", "/dev/null", "-e", &inject, "cargo", "fetch"];
            broken.names_after(id, "strace", &arguments)?;
        }
        Ok(())
    });
}

#[test]
fn registries_that_are_named_wrongly() {
    journey(async || {
        let broken = Broken::new()?;
        std::fs::remove_file(broken.folder.join("Cargo.lock"))?;
        broken.write(".cargo/config.toml", "")?;
        broken.names("P-34", &["fetch"])?;
        broken.config(AT.trim_end_matches('/'))?;
        broken.names("P-32", &["fetch"])?;
        broken.needs("ours = { version = \"1\", registry = \"1feed\" }")?;
        broken.write(".cargo/config.toml", &registry("1feed", AT))?;
        broken.names("P-30", &["fetch"])?;
        broken.needs("serde = \"1\"")?;
        let gone = "[source.crates-io]\nreplace-with = \"gone\"\n";
        broken.write(".cargo/config.toml", gone)?;
        broken.names("P-34", &["fetch"])?;
        let round = "[source.crates-io]\nreplace-with = \"other\"\n[source.other]\nregistry = \"sparse+http://127.0.0.1:9/\"\nreplace-with = \"crates-io\"\n";
        broken.write(".cargo/config.toml", round)?;
        broken.names("replacement", &["fetch"]).map(drop)
    });
}
