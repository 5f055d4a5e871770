//! Restores by those who may save what nobody saved yet, by those who may not, and by nobody; and a token that ends
//! meanwhile. Azure is a double; the crates are real.

use std::time::Duration;

use anyhow::{Result, ensure};
use journeys::azure::{Azure, Cast, Quirk};
use serde_json::Value;

use super::Restored;
use crate::checks::{Broken, FEED, connected};
use crate::journey;

pub(crate) async fn azure() -> Result<Azure> {
    journeys::require_crates_io().await?;
    let cast = Cast {
        crates_io: Some(journeys::index_of_crates_io()?),
        ..Cast::default()
    };
    let azure = Azure::start_with(cast).await?;
    azure.set_redirect_downloads(true);
    azure.seed_feed("contoso", "internal", true).await?;
    Ok(azure)
}

/// A project that is locked already, by plain cargo from crates.io itself, so that nothing was saved by locking it.
fn locked(project: &Broken, locked: &str) -> Result<()> {
    project.needs("itoa = \"1\"\nlog = \"0.4\"\nsemver = { version = \"1\", features = [\"serde\"] }")?;
    Ok(std::fs::write(project.folder.join("Cargo.lock"), locked)?)
}

pub(crate) fn lockfile(azure: &Azure) -> Result<String> {
    let (mira, _) = connected(azure, "mira")?;
    mira.connect()?;
    locked(&mira, "version = 4\n")?;
    mira.home.cargo(&mira.folder, &["generate-lockfile"])?.well()?;
    Ok(std::fs::read_to_string(mira.folder.join("Cargo.lock"))?)
}

/// The locked project, connected by somebody.
pub(crate) fn as_somebody(azure: &Azure, person: &str, lock: &str) -> Result<Broken> {
    let (project, _) = connected(azure, person)?;
    project.connect()?;
    locked(&project, lock)?;
    Ok(project)
}

fn restored(project: &Broken) -> Result<Restored> {
    Restored::of(project.ran(&["restore", "--locked", "--json"])?)
}

#[test]
fn owners_and_collaborators_restore_and_what_they_fetch_is_saved_for_readers() {
    journey(async || {
        let azure = azure().await?;
        let lock = lockfile(&azure)?;
        let sven = as_somebody(&azure, "sven", &lock)?;
        // A reader gets nothing that nobody saved, and hears what to do.
        let refused = restored(&sven)?.badly()?;
        ensure!(refused.ran.stdout.contains("P-13"), "{}", refused.ran.stdout);
        let anju = as_somebody(&azure, "anju", &lock)?;
        anju.home
            .granary(&anju.folder, &["crate", "list", FEED])?
            .well()?;
        let saving = restored(&anju)?.well()?.all_before_cargo_ran()?;
        let (summary, saved) = (&saving.summary, saving.said_of("save"));
        ensure!(
            summary["saved"] == saved.len() && saved.iter().all(|line| line.starts_with("First fetched ")),
            "{saved:?}"
        );
        ensure!(
            summary["saved"] == summary["downloaded"] && summary["saved"].as_u64() > Some(4),
            "{summary}"
        );
        // Now it is saved for everybody.
        restored(&sven)?.well()?.all_before_cargo_ran()?;
        restored(&as_somebody(&azure, "mira", &lock)?)?
            .well()?
            .all_before_cargo_ran()?;
        Ok(())
    });
}

#[test]
fn what_cargo_locks_first_is_counted_as_saved_too() {
    journey(async || {
        let azure = azure().await?;
        let project = as_somebody(&azure, "mira", "")?;
        std::fs::remove_file(project.folder.join("Cargo.lock"))?;
        project
            .home
            .granary(&project.folder, &["crate", "list", FEED])?
            .well()?;
        let ran = project.ran(&["restore", "--json"])?;
        let saving = Restored::of(ran)?.well()?.says("cargo generate-lockfile")?;
        let summary = &saving.summary;
        ensure!(
            summary["saved"] == summary["downloaded"] && summary["saved"] == saving.said_of("save").len(),
            "{summary}"
        );
        ensure!(summary["saved"].as_u64() > Some(4), "{summary}");
        Ok(())
    });
}

#[test]
fn nobody_hears_where_to_sign_in() {
    journey(async || {
        let azure = azure().await?;
        let lock = lockfile(&azure)?;
        let project = as_somebody(&azure, "mira", &lock)?;
        project.ran(&["sign-out", "contoso"])?.well()?;
        let refused = restored(&project)?.badly()?.says("Left to cargo: all of")?;
        let diagnosis = refused.ran.stdout.lines().last().unwrap_or_default();
        let diagnosis: Value = serde_json::from_str(diagnosis)?;
        ensure!(
            diagnosis["diagnosis"]["cause"]["fix"]["kind"] == "signIn",
            "{diagnosis}"
        );
        Ok(())
    });
}

#[test]
fn a_token_that_ends_in_the_middle_is_renewed_and_nothing_is_left_to_cargo() {
    journey(async || {
        let azure = azure().await?;
        let lock = lockfile(&azure)?;
        azure.set_token_lifetime(Duration::from_secs(2));
        let home = journeys::TestHome::with_azure(&azure)?;
        home.granary(home.path(), &["sign-in", "contoso", "--browser"])?
            .well()?;
        let project = Broken::of(home)?;
        project.needs("")?;
        project.write(".cargo/config.toml", "")?;
        project.user("")?;
        project.tokens("")?;
        project.connect()?;
        locked(&project, &lock)?;
        // The first answers take longer than the token lives; whoever asks then is refused.
        azure.arm(Quirk::Slow(Duration::from_millis(900)), "/Cargo/index/", 3);
        azure.arm(Quirk::Unauthorized, "/cargo/api/v1/crates/", 2);
        restored(&project)?.well()?.all_before_cargo_ran()?;
        Ok(())
    });
}
