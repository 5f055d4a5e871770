//! Where versions come from: ours, crates.io, another feed, not saved yet; and who else has our names.

use anyhow::{Context, Result, ensure};
use journeys::{TestHome, require_crates_io};
use serde_json::{Value, json};

use super::{Own, granary, json, names};
use crate::journey;

const UPSTREAM: &str = "local/main/upstream";
const INTERNAL: &str = "local/main/internal";

async fn world() -> Result<(TestHome, journeys::Serving)> {
    require_crates_io().await?;
    let home = TestHome::new()?;
    let serving = home.serve()?;
    granary(&home, &["feed", "create", "local/main", "--pair"])?.well()?;
    Ok((home, serving))
}

/// A project that is connected to `upstream`, and locks `itoa` and `ryu`.
pub(super) fn project(home: &TestHome) -> Result<std::path::PathBuf> {
    let folder = home.user().join("src/desk");
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
    let manifest = "[package]\nname = \"desk\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n\
                    itoa = \"1\"\nryu = \"1\"\n";
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    home.granary(&folder, &["connect", "--feed", UPSTREAM])?.well()?;
    home.cargo(&folder, &["generate-lockfile"])?.well()?;
    Ok(folder)
}

fn row<'r>(rows: &'r Value, name: &str) -> Result<&'r Value> {
    let mut rows = rows.as_array().into_iter().flatten();
    rows.find(|row| row["name"] == name)
        .with_context(|| format!("no {name}"))
}

#[test]
fn what_a_project_needs_and_nobody_saved_is_seen_and_is_gone_once_it_is_saved() {
    journey(async || {
        let (home, _serving) = world().await?;
        project(&home)?;
        let listed = json(&home, &["crate", "list", UPSTREAM, "--origin", "not-saved"])?;
        ensure!(names(&listed) == ["itoa", "ryu"], "{listed}");
        let itoa = row(&listed, "itoa")?;
        ensure!(
            itoa["origin"] == json!({"kind": "cratesIo", "saved": false}),
            "{itoa}"
        );
        ensure!(itoa["neededBy"] == 1 && itoa["versionCount"] == 0, "{itoa}");

        // All versions of crates.io are there to be seen, and opening one saves nothing.
        let versions = json(&home, &["crate", "versions", UPSTREAM, "itoa"])?;
        let versions = versions.as_array().context("no versions")?;
        ensure!(versions.len() > 5, "{} versions", versions.len());
        ensure!(
            versions.iter().all(|version| version["origin"]["saved"] == false),
            "{versions:?}"
        );
        let oldest = versions
            .last()
            .and_then(|version| version["version"].as_str())
            .context("no version")?;
        let shown = json(&home, &["crate", "show", UPSTREAM, &format!("itoa@{oldest}")])?;
        ensure!(
            shown["readme"].is_null() && shown["checksum"].is_string(),
            "{shown}"
        );
        ensure!(
            json(&home, &["crate", "list", UPSTREAM, "--origin", "crates.io"])? == json!([]),
            "it was saved"
        );

        let folder = home.user().join("src/desk");
        home.granary(&folder, &["restore"])?.well()?;
        let listed = json(&home, &["crate", "list", UPSTREAM])?;
        ensure!(names(&listed) == ["itoa", "ryu"], "{listed}");
        let itoa = row(&listed, "itoa")?;
        ensure!(
            itoa["origin"] == json!({"kind": "cratesIo", "saved": true}) && itoa["neededBy"] == 0,
            "{itoa}"
        );
        let latest = itoa["latest"].as_str().context("no latest")?;
        let shown = json(&home, &["crate", "show", UPSTREAM, &format!("itoa@{latest}")])?;
        ensure!(shown["sourceChain"] == json!(["crates.io"]), "{shown}");
        ensure!(
            shown["version"]["usedBy"] == json!(["desk"]) && shown["readme"]["html"].is_string(),
            "{shown}"
        );
        ensure!(
            shown["dependencyLine"] == format!("itoa = \"{latest}\""),
            "{shown}"
        );
        Ok(())
    });
}

#[test]
fn a_name_on_both_sides_is_watched_and_served_only_when_allowed() {
    journey(async || {
        let (home, _serving) = world().await?;
        // In `internal` crates.io is not behind, so its names are free there.
        Own::new(&home, "itoa", INTERNAL)?.publish(&home, "itoa", "0.0.1", "internal")?;
        Own::new(&home, "contoso-only-here", INTERNAL)?.publish(
            &home,
            "contoso-only-here",
            "0.1.0",
            "internal",
        )?;
        let watched = json(&home, &["crate", "watch", INTERNAL])?;
        ensure!(names(&watched) == ["itoa"], "{watched}");
        ensure!(
            watched[0]["behind"] == false && watched[0]["theirsIsServed"] == false,
            "{watched}"
        );
        ensure!(
            watched[0]["theirsIsHigher"] == true && watched[0]["ours"] == "0.0.1",
            "{watched}"
        );
        let listed = json(&home, &["crate", "list", INTERNAL, "--offline"])?;
        ensure!(row(&listed, "itoa")?["onBothSides"] == true, "{listed}");
        ensure!(
            row(&listed, "contoso-only-here")?["onBothSides"] == false,
            "{listed}"
        );

        granary(&home, &["feed", "upstream", "add", INTERNAL, "crates.io"])?.well()?;
        let theirs = async || -> Result<bool> {
            Ok(home
                .ask_feed("internal", "it/oa/itoa")
                .await?
                .contains("\"1.0.0\""))
        };
        let watched = json(&home, &["crate", "watch", INTERNAL])?;
        ensure!(
            watched[0]["upstreaming"] == "auto" && watched[0]["theirsIsServed"] == false,
            "{watched}"
        );
        ensure!(!theirs().await?, "theirs is served though it is hidden");
        granary(&home, &["crate", "upstreaming", INTERNAL, "itoa", "allow"])?.well()?;
        let watched = json(&home, &["crate", "watch", INTERNAL])?;
        ensure!(watched[0]["theirsIsServed"] == true, "{watched}");
        ensure!(theirs().await?, "theirs is not served though it is allowed");

        // Then a crate may have both, each version its own origin.
        let versions = json(&home, &["crate", "versions", INTERNAL, "itoa"])?;
        let kind = |number: &str| row_of(&versions, number).map(|version| version["origin"]["kind"].clone());
        ensure!(
            kind("0.0.1")? == "ours" && kind("1.0.0")? == "cratesIo",
            "{versions}"
        );
        Ok(())
    });
}

fn row_of<'v>(versions: &'v Value, number: &str) -> Result<&'v Value> {
    let mut versions = versions.as_array().into_iter().flatten();
    versions
        .find(|version| version["version"] == number)
        .with_context(|| format!("no {number}"))
}

#[test]
fn a_version_through_another_feed_tells_the_way_it_came() {
    journey(async || {
        let (home, _serving) = world().await?;
        granary(
            &home,
            &["feed", "create", "local/main/team", "--upstream", UPSTREAM],
        )?
        .well()?;
        // Another feed sees what is saved, and no further.
        let folder = project(&home)?;
        home.granary(&folder, &["restore"])?.well()?;
        std::fs::remove_dir_all(folder.join(".cargo"))?;
        std::fs::remove_file(folder.join("Cargo.lock"))?;
        let manifest = "[package]\nname = \"desk\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n\
                        itoa = { version = \"1\", registry = \"team\" }\n";
        std::fs::write(folder.join("Cargo.toml"), manifest)?;
        home.granary(&folder, &["connect", "--feed", "local/main/team"])?
            .well()?;
        home.cargo(&folder, &["fetch"])?.well()?;
        let listed = json(&home, &["crate", "list", "local/main/team"])?;
        ensure!(
            listed[0]["origin"] == json!({"kind": "otherFeed", "feed": "upstream", "saved": true}),
            "{listed}"
        );
        let latest = listed[0]["latest"].as_str().context("no latest")?;
        let shown = json(
            &home,
            &["crate", "show", "local/main/team", &format!("itoa@{latest}")],
        )?;
        ensure!(
            shown["sourceChain"] == json!(["upstream@Local", "crates.io"]),
            "{shown}"
        );
        Ok(())
    });
}
