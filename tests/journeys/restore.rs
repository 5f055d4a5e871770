//! Restores that do not end well: refused, failed, cancelled.

use anyhow::{Context, Result, ensure};
use journeys::{TestHome, free_port, until};
use serde_json::Value;

use crate::journey;

/// A package with one dependency from crates.io, connected to `upstream`.
pub(crate) fn package(home: &TestHome) -> Result<std::path::PathBuf> {
    home.granary(
        home.path(),
        &["feed", "create", "local/main/upstream", "--upstream", "crates.io"],
    )?
    .well()?;
    let folder = home.user().join("src/small");
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/lib.rs"), "")?;
    let manifest = "[package]\nname = \"small\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nitoa = \"1\"\n";
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    home.granary(&folder, &["connect", "--feed", "local/main/upstream"])?
        .well()?;
    Ok(folder)
}

fn last_event(stdout: &str) -> Result<Value> {
    serde_json::from_str(stdout.lines().last().context("no event")?).context("the last event")
}

#[test]
fn a_project_that_would_run_programs_is_not_restored() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let folder = package(&home)?;
        let config = folder.join(".cargo/config.toml");
        let connected = std::fs::read_to_string(&config)?;
        let check = |more: &str, key: &str| -> Result<()> {
            std::fs::write(&config, format!("{connected}\n{more}"))?;
            let ran = home.granary(&folder, &["restore"])?;
            ensure!(
                ran.code == Some(1) && ran.stderr.contains("error[projectRunsPrograms]"),
                "{ran:?}"
            );
            ensure!(ran.stderr.contains(key), "`{key}` is not named: {}", ran.stderr);
            // Who trusts it is not asked again, as long as it stays as it is.
            home.granary(&folder, &["restore", "--trust", "--offline"])?;
            let ran = home.granary(&folder, &["restore", "--offline"])?;
            ensure!(!ran.stderr.contains("projectRunsPrograms"), "{ran:?}");
            std::fs::write(&config, format!("{connected}\n{}", more.replace("evil", "worse")))?;
            let ran = home.granary(&folder, &["restore"])?;
            ensure!(ran.stderr.contains("error[projectRunsPrograms]"), "{ran:?}");
            Ok(())
        };
        check("[build]\nrustc-wrapper = \"./evil\"\n", "build.rustc-wrapper")?;
        check("[credential-alias]\nx = \"./evil\"\n", "credential-alias.x")?;
        check("[alias]\nfetch = \"run evil\"\n", "alias.fetch")?;
        check("[http]\nproxy = \"http://evil.example\"\n", "http.proxy")?;
        std::fs::write(&config, &connected)?;
        std::fs::write(
            folder.join("rust-toolchain.toml"),
            "[toolchain]\npath = \"./evil\"\n",
        )?;
        let ran = home.granary(&folder, &["restore"])?;
        ensure!(
            ran.code == Some(1) && ran.stderr.contains("toolchain.path"),
            "{ran:?}"
        );
        Ok(())
    });
}

#[test]
fn a_failed_restore_tells_cargos_own_words() {
    journey(async || {
        // Nobody listens there, and nothing was ever saved.
        let home = TestHome::with_crates_io(&format!("sparse+http://127.0.0.1:{}/", free_port()?))?;
        let folder = package(&home)?;
        let ran = home.granary(&folder, &["restore", "--json"])?;
        ensure!(ran.code == Some(1), "{ran:?}");
        // Behind the last event stands why.
        let mut lines = ran.stdout.trim_end().rsplitn(2, '\n');
        let diagnosis = last_event(lines.next().unwrap_or_default())?;
        ensure!(diagnosis["type"] == "diagnosis", "{diagnosis}");
        ensure!(
            diagnosis["diagnosis"]["cause"]["id"] == "reachable"
                || diagnosis["diagnosis"]["cause"]["id"] == "P-46",
            "{diagnosis}"
        );
        let ended = last_event(lines.next().unwrap_or_default())?;
        let summary = &ended["summary"];
        ensure!(summary["state"] == "failed", "{summary}");
        let failure = &summary["failure"];
        ensure!(
            failure["message"]
                .as_str()
                .is_some_and(|text| text.starts_with("cargo: ")),
            "{failure}"
        );
        ensure!(
            failure["causes"]
                .as_array()
                .is_some_and(|causes| !causes.is_empty()),
            "{failure}"
        );
        Ok(())
    });
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_restore_ends_and_leaves_no_cargo_behind() {
    journey(async || {
        // Takes every connection and never answers, so cargo waits until it is stopped.
        let silent = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let home = TestHome::with_crates_io(&format!("sparse+http://{}/", silent.local_addr()?))?;
        let folder = package(&home)?;
        let mut command = home.product("granary")?;
        command
            .args(["restore", "--json"])
            .current_dir(&folder)
            .stdout(std::process::Stdio::piped());
        let child = command.spawn()?;
        let held = silent.accept().await?;
        let cargos = || running_in(&folder);
        ensure!(!cargos()?.is_empty(), "cargo does not run");
        let interrupt = std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()?;
        ensure!(interrupt.success(), "it was not interrupted");
        let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await??;
        ensure!(output.status.code() == Some(130), "{output:?}");
        let summary = &last_event(&String::from_utf8(output.stdout)?)?["summary"];
        ensure!(summary["state"] == "cancelled", "{summary}");
        until("the end of cargo", async || {
            Ok(cargos()?.is_empty().then_some(()))
        })
        .await?;
        drop(held);
        Ok(())
    });
}

/// Processes other than ours that stand in a folder.
#[cfg(target_os = "linux")]
pub(crate) fn running_in(folder: &std::path::Path) -> Result<Vec<String>> {
    let here = folder.canonicalize()?;
    let processes = std::fs::read_dir("/proc")?.flatten();
    let in_folder = processes.filter(|process| {
        let stands = std::fs::read_link(process.path().join("cwd"));
        let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
        stands.is_ok_and(|stands| stands == here) && name.trim() == "cargo"
    });
    Ok(in_folder
        .map(|process| process.file_name().to_string_lossy().into_owned())
        .collect())
}
