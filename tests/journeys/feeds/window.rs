//! A crate's life in the real window: published, promoted, yanked, deleted, brought back; and one of crates.io that is saved.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use journeys::tour::{listed, refresh_until_listed};
use journeys::window::{Display, Look, Window};
use journeys::{TestHome, require_crates_io, until};
use serde_json::Value;

use super::{Own, granary, json};
use crate::journey;

const INTERNAL: &str = "local/main/internal";
const UPSTREAM: &str = "local/main/upstream";

/// Waits until the feed itself says so of a version of `shelf`.
async fn version_is(home: &TestHome, what: &str, says: impl Fn(&Value) -> bool) -> Result<()> {
    until(&format!("`shelf` to be {what}"), async || {
        let versions = json(home, &["crate", "versions", INTERNAL, "shelf"]).unwrap_or_default();
        let found = versions
            .as_array()
            .is_some_and(|versions| versions.iter().any(&says));
        Ok(found.then_some(()))
    })
    .await
}

/// Opens a crate of the list.
async fn open_crate(window: &Window, name: &str) -> Result<()> {
    let row = format!("[data-testid=crate-row][data-key='{name}']");
    until(&format!("`{name}` to be opened"), async || {
        Ok(window.find(&row).await?.click().await.ok())
    })
    .await?;
    window.by_id("crate-pane").await?;
    Ok(())
}

/// Chooses from a crate's menu.
async fn choose(window: &Window, entry: &str) -> Result<()> {
    window.click("crate-menu").await?;
    window.click(entry).await
}

async fn switch_to(window: &Window, tab: &str) -> Result<()> {
    let tab = format!("[role=tab][data-value={tab}]");
    Ok(window.find(&tab).await?.click().await?)
}

async fn live_and_die(home: &TestHome, window: &Window, pictures: Option<&Path>) -> Result<()> {
    let picture = async |name: &str| match pictures {
        Some(folder) => window.picture(&folder.join(name)).await,
        None => Ok(()),
    };
    let own = Own::new(home, "shelf", INTERNAL)?;
    window.click("feed-internal").await?;
    window.by_id("feed-menu").await?;
    for version in ["0.1.0", "0.2.0"] {
        own.publish(home, "shelf", version, "internal")?;
    }
    refresh_until_listed(window, "shelf").await?;
    open_crate(window, "shelf").await?;
    picture("crate.png").await?;

    choose(window, "crate-promote").await?;
    window.click("promote-submit").await?;
    version_is(home, "promoted", |version| {
        version["views"].as_array().is_some_and(|views| !views.is_empty())
    })
    .await?;
    choose(window, "crate-yank").await?;
    version_is(home, "yanked", |version| {
        version["version"] == "0.2.0" && version["yanked"] == true
    })
    .await?;
    choose(window, "crate-yank").await?;
    version_is(home, "unyanked", |version| {
        version["version"] == "0.2.0" && version["yanked"] == false
    })
    .await?;
    choose(window, "crate-delete").await?;
    until("the bin to have `shelf`", async || {
        let bin = json(home, &["crate", "deleted", INTERNAL])?;
        Ok((bin[0]["version"] == "0.2.0").then_some(()))
    })
    .await?;
    picture("deleted.png").await?;
    switch_to(window, "bin").await?;
    window.by_id("deleted-row").await?;
    picture("bin.png").await?;
    window.click("recover").await?;
    version_is(home, "recovered", |version| version["version"] == "0.2.0").await?;
    for tab in ["upstreams", "views", "permissions", "retention", "connect"] {
        switch_to(window, tab).await?;
        picture(&format!("{tab}.png")).await?;
    }
    switch_to(window, "crates").await?;
    ensure!(
        listed(window).await? == ["shelf"],
        "the list is {:?}",
        listed(window).await?
    );
    Ok(())
}

/// What a project needs is *not saved yet*, until cargo fetches it through the feed.
async fn save_from_crates_io(home: &TestHome, window: &Window) -> Result<()> {
    let folder = super::origin::project(home)?;
    window.click("feed-upstream").await?;
    refresh_until_listed(window, "itoa").await?;
    let origin = async || -> Result<String> {
        let script =
            "return document.querySelector('[data-testid=crate-row][data-key=itoa]')?.textContent ?? ''";
        Ok(window.look(script).await?.as_str().unwrap_or_default().to_owned())
    };
    let before = origin().await?;
    ensure!(before.contains("not saved yet"), "{before}");
    home.cargo(&folder, &["fetch", "--locked"])?.well()?;
    until("`itoa` to be saved", async || {
        if !origin().await?.contains("not saved yet") {
            return Ok(Some(()));
        }
        window.press("Bring up to date").await?;
        Ok(None)
    })
    .await?;
    let after = origin().await?;
    ensure!(after.contains("crates.io"), "{after}");
    let listed = json(home, &["crate", "list", UPSTREAM, "--offline"])?;
    let itoa = listed
        .as_array()
        .into_iter()
        .flatten()
        .find(|row| row["name"] == "itoa");
    ensure!(itoa.context("no `itoa`")?["origin"]["saved"] == true, "{listed}");
    Ok(())
}

#[test]
fn one_crate_lives_and_one_is_saved_in_the_real_window() {
    journey(async || {
        require_crates_io().await?;
        let home = TestHome::new()?;
        let serving = home.serve()?;
        granary(&home, &["feed", "create", "local/main", "--pair"])?.well()?;
        let display = Display::start(&home)?;
        let window = Window::open(&home, &display, Look::Light, &[]).await?;
        if let Ok(local) = window.by_id("use-local").await {
            local.click().await?;
        }
        // `FEEDS_PICTURES` names a folder for whoever wants to look.
        let pictures = std::env::var_os("FEEDS_PICTURES").map(std::path::PathBuf::from);
        live_and_die(&home, &window, pictures.as_deref()).await?;
        save_from_crates_io(&home, &window).await?;
        window.close().await?;
        drop(serving);
        home.check_canary()
    });
}
