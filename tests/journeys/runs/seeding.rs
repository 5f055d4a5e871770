//! `granary restore --seed-only`: what is locked is saved for those who may not save. Azure is a double; the crates are real.

use anyhow::{Context, Result, ensure};
use journeys::azure::Quirk;
use serde_json::{Value, json};

use crate::checks::FEED;
use crate::journey;
use crate::weather::Restored;
use crate::weather::roles::{as_somebody, azure, lockfile};

fn seeded(ran: journeys::Ran) -> Result<Restored> {
    Restored::of(ran)
}

#[test]
fn a_collaborator_saves_what_is_locked_and_a_reader_can_build() {
    journey(async || {
        let azure = azure().await?;
        let lock = lockfile(&azure)?;
        let sven = as_somebody(&azure, "sven", &lock)?;
        // A reader may not save; each crate is named, with why.
        let refused = seeded(sven.ran(&["restore", "--seed-only", "--json"])?)?.badly()?;
        let faults = refused.summary["seeded"]["faults"]
            .as_array()
            .context("faults")?
            .clone();
        let locked = refused.summary["seeded"]["locked"].as_u64().context("a number")?;
        ensure!(locked > 4 && faults.len() as u64 == locked, "{}", refused.summary);
        ensure!(
            faults
                .iter()
                .all(|fault| fault["kind"] == "blocked" || fault["kind"] == "missing"),
            "{faults:?}"
        );
        let anju = as_somebody(&azure, "anju", &lock)?;
        let before = cache_of(&anju)?;
        let saved = seeded(anju.ran(&["restore", "--seed-only", "--json"])?)?.well()?;
        let of_feed = &saved.summary["seeded"];
        ensure!(
            of_feed["saved"] == of_feed["locked"]
                && of_feed["already"] == 0
                && of_feed["faults"] == json!([]),
            "{of_feed}"
        );
        ensure!(cache_of(&anju)? == before, "seeding wrote into cargo's cache");
        // Again there is nothing to do, and nothing is fetched.
        let again = seeded(anju.ran(&["restore", "--seed-only", "--json"])?)?.well()?;
        ensure!(
            again.summary["seeded"]["already"] == of_feed["locked"],
            "{}",
            again.summary
        );
        ensure!(!again.log.contains("Fetched"), "{}", again.log);
        // The reader restores, and so does the feed's list say.
        seeded(sven.ran(&["restore", "--locked", "--json"])?)?
            .well()?
            .all_before_cargo_ran()?;
        let crates = sven.home.granary_json(&sven.folder, &["crate", "list", FEED])?;
        ensure!(
            crates["rows"]
                .as_array()
                .or(crates.as_array())
                .is_some_and(|rows| rows.len() > 4),
            "{crates}"
        );
        Ok(())
    });
}

fn cache_of(project: &crate::checks::Broken) -> Result<bool> {
    Ok(project.home.cargo_home().join("registry/cache").exists())
}

#[test]
fn what_nobody_has_and_what_is_yanked_is_told_apart() {
    journey(async || {
        let azure = azure().await?;
        let lock = lockfile(&azure)?;
        let mira = as_somebody(&azure, "mira", &lock)?;
        seeded(mira.ran(&["restore", "--seed-only", "--json"])?)?.well()?;
        let text = std::fs::read_to_string(mira.folder.join("Cargo.lock"))?;
        let version = |name: &str| -> Result<String> {
            let after = text.split(&format!("name = \"{name}\"\nversion = \"")).nth(1);
            let version = after.and_then(|after| after.split('"').next());
            Ok(version.context("a version")?.to_owned())
        };
        let itoa = format!("itoa@{}", version("itoa")?);
        mira.home
            .granary(&mira.folder, &["crate", "yank", FEED, &itoa])?
            .well()?;
        let yanked = seeded(mira.ran(&["restore", "--seed-only", "--json"])?)?.well()?;
        let kinds = |summary: &Value| -> Vec<String> {
            let faults = summary["seeded"]["faults"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            faults
                .iter()
                .map(|fault| format!("{} {}", fault["name"], fault["kind"]))
                .collect()
        };
        ensure!(
            kinds(&yanked.summary) == ["\"itoa\" \"yanked\""],
            "{}",
            yanked.summary
        );
        let log = version("log")?;
        std::fs::write(
            mira.folder.join("Cargo.lock"),
            text.replace(&format!("version = \"{log}\""), "version = \"0.4.9999\""),
        )?;
        let missing = seeded(mira.ran(&["restore", "--seed-only", "--json"])?)?.badly()?;
        let named = kinds(&missing.summary);
        ensure!(
            named
                .iter()
                .any(|kind| kind.starts_with("\"log\"") && !kind.contains("yanked")),
            "{named:?}"
        );
        Ok(())
    });
}

#[test]
fn one_whose_sign_in_has_ended_hears_that_and_what_to_do() {
    journey(async || {
        let azure = azure().await?;
        let lock = lockfile(&azure)?;
        let mira = as_somebody(&azure, "mira", &lock)?;
        azure.arm(Quirk::Unauthorized, "/", 1000);
        let refused = seeded(mira.ran(&["restore", "--seed-only", "--json"])?)?.badly()?;
        let failure = &refused.summary["failure"];
        ensure!(failure["code"] == "notSignedIn", "{failure}");
        let hint = failure["hints"][0].as_str().unwrap_or_default();
        ensure!(hint.to_lowercase().contains("sign in"), "{failure}");
        Ok(())
    });
}

#[test]
fn a_project_without_a_lock_file_has_nothing_to_save() {
    journey(async || {
        let home = journeys::TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let folder = crate::restore::package(&home)?;
        let ran = home.granary(&folder, &["restore", "--seed-only"])?;
        ensure!(
            ran.code == Some(1) && ran.stderr.contains("no Cargo.lock"),
            "{ran:?}"
        );
        // A project that names no feed has nobody to save it.
        std::fs::remove_dir_all(folder.join(".cargo"))?;
        std::fs::write(folder.join("Cargo.lock"), "version = 4\n")?;
        let ran = home.granary(&folder, &["restore", "--seed-only"])?;
        ensure!(
            ran.code == Some(1) && ran.stderr.contains("names no feed"),
            "{ran:?}"
        );
        let ran = home.granary(&folder, &["restore", "--seed-only", "--build"])?;
        ensure!(ran.code == Some(2), "{ran:?}");
        let ran = home.granary(&folder, &["restore", "--release"])?;
        ensure!(ran.code == Some(2), "{ran:?}");
        Ok(())
    });
}
