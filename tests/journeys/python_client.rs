//! A client we did not write: Azure's own for Python, at work on the feeds on this computer.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::contract::{Watched, as_described};
use crate::journey;

/// Variables that would lead the client away from this computer.
const PROXIES: [&str; 4] = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];

#[test]
fn azures_python_client_works_with_the_feeds() {
    journey(async || {
        let watched = Watched::start().await?;
        watched.stocked(&["1.0.0", "1.0.1", "1.1.0"])?;
        watched.recorder.take();
        let home = &watched.home;
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/python/feed_client.py");
        let mut client = Command::new(python()?);
        home.inhabit(&mut client);
        for proxy in PROXIES {
            client.env_remove(proxy);
        }
        client
            .env("GRANARY_TOKEN", home.token()?.trim())
            .env("AZURE_DEVOPS_CACHE_DIR", home.user().join("python-cache"))
            .env("NO_PROXY", "*")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg(script)
            .arg(format!("http://127.0.0.1:{}/local", home.port()))
            .arg("internal");
        let ran = home.run(&mut client)?.well()?;
        let summary: Value = serde_json::from_str(&ran.stdout).with_context(|| ran.stdout)?;
        let expected = json!({
            "user": "This computer",
            "views": ["Local", "Prerelease", "Release"],
            "roles": ["administrator"],
            "crate": "shelf-label",
            "left": ["1.1.0", "1.0.1"],
            "downloads": 2.0,
            "people": ["group", "user"],
            "published with": "cargo",
            "external": "allowExternalVersions",
            "removed upstream has a date": true,
            "emptied": "succeeded",
            "changes": [["addOrUpdate", "1.1.0"], ["permanentDelete", "1.0.0"], ["permanentDelete", "1.0.1"]],
        });
        ensure!(summary == expected, "{summary}");

        let index = home.ask_feed("internal", "sh/el/shelf-label").await?;
        ensure!(
            index.lines().count() == 1,
            "a deleted version is in the index: {index}"
        );
        let exchanges = watched.recorder.take();
        ensure!(exchanges.len() > 100, "only {} exchanges passed", exchanges.len());
        if let Some(report) = as_described(&exchanges)? {
            ensure!(report.described.len() > 40, "{report}");
        }
        home.check_canary()
    });
}

/// Python with Azure's client, as `cargo xtask test` sets it up below the target folder.
fn python() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let target = this.ancestors().nth(3).context("the target folder")?;
    let folder = target.join("tools").join("azure-devops");
    let python = match cfg!(windows) {
        true => folder.join("Scripts").join("python.exe"),
        false => folder.join("bin").join("python"),
    };
    ensure!(
        python.is_file(),
        "`{}` is not there; `cargo xtask test` installs it",
        python.display()
    );
    Ok(python)
}
