//! Changes to a project's files by the command, and what plain cargo makes of them.
//!
//! **Invariant**: needs no crates.io: the crate that is used has no dependencies.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use journeys::TestHome;

use crate::journey;

const FEEDS: [&str; 4] = [
    "--feed",
    "local/main/upstream",
    "--publish-to",
    "local/main/internal",
];
const CI: &str = ".cargo/granary-ci.toml";

fn package(home: &TestHome, name: &str, more: &str) -> Result<PathBuf> {
    let folder = home.user().join("src").join(name);
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/lib.rs"), "//! A crate.\n")?;
    let manifest = format!("[package]\nname = \"{name}\"\nversion = \"0.1.3\"\nedition = \"2021\"\n{more}");
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    Ok(folder)
}

/// Feeds, and `ours` in one of them.
fn published(home: &TestHome) -> Result<()> {
    home.granary(home.path(), &["feed", "create", "local/main", "--pair"])?
        .well()?;
    let about = "license = \"MIT\"\ndescription = \"ours\"\n";
    let ours = package(home, "ours", about)?;
    home.granary(&ours, &[&["connect"], FEEDS.as_slice()].concat())?
        .well()?;
    home.granary(&ours, &["publish-to", "local/main/internal"])?
        .well()?;
    let _serving = home.serve()?;
    // Without `--registry`: the manifest says where.
    home.cargo(&ours, &["publish", "--allow-dirty"])?.well()?;
    Ok(())
}

fn text(folder: &Path, file: &str) -> Result<String> {
    std::fs::read_to_string(folder.join(file)).with_context(|| file.to_owned())
}

#[test]
fn a_crate_comes_from_a_feed_and_everything_goes_again() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        published(&home)?;
        let user = package(&home, "user", "\n[features]\n# none yet\n")?;
        let manifest = text(&user, "Cargo.toml")?;
        let refused = home.granary(&user, &["add", "ours", "--feed", "local/main/internal"])?;
        ensure!(
            refused.code == Some(1) && refused.stderr.contains("error[precondition]"),
            "{refused:?}"
        );

        home.granary(&user, &[&["connect"], FEEDS.as_slice()].concat())?
            .well()?;
        let shown = home.granary_json(
            &user,
            &["add", "ours", "--feed", "local/main/internal", "--dry-run"],
        )?;
        ensure!(
            shown["applied"].is_null() && shown["plan"]["added"] == 3,
            "{shown}"
        );
        ensure!(text(&user, "Cargo.toml")? == manifest, "a dry run wrote");
        home.granary(&user, &["add", "ours", "--feed", "local/main/internal"])?
            .well()?;
        let added = "\n[dependencies]\nours = { version = \"0.1.3\", registry = \"internal\" }\n";
        ensure!(
            text(&user, "Cargo.toml")? == format!("{manifest}{added}"),
            "{}",
            text(&user, "Cargo.toml")?
        );
        let serving = home.serve()?;
        home.cargo(&user, &["fetch"])?.well()?;
        home.cargo(&user, &["build", "--offline"])?.well()?;
        drop(serving);

        home.granary(&user, &["update", "ours@0.1"])?.well()?;
        ensure!(
            text(&user, "Cargo.toml")?.contains("version = \"0.1\", registry"),
            "not updated"
        );
        let refused = home.granary(&user, &["disconnect"])?;
        ensure!(
            refused.code == Some(1)
                && refused
                    .stderr
                    .contains("still named by `dependencies.ours` in `Cargo.toml`"),
            "{refused:?}"
        );
        home.granary(&user, &["remove", "ours"])?.well()?;
        ensure!(
            text(&user, "Cargo.toml")? == manifest,
            "{}",
            text(&user, "Cargo.toml")?
        );
        let gone = home.granary_json(&user, &["disconnect"])?;
        ensure!(gone["plan"]["notes"][0].is_string(), "{gone}");
        let left = std::fs::read_to_string(user.join(".cargo/config.toml")).unwrap_or_default();
        ensure!(left.is_empty(), "{left}");
        let again = home.granary_json(&user, &["disconnect"])?;
        ensure!(again["plan"]["files"] == serde_json::json!([]), "{again}");
        home.check_canary()
    });
}

#[test]
fn only_who_names_the_file_for_pipelines_is_connected() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        published(&home)?;
        let user = package(&home, "user", "")?;
        home.granary(&user, &[&["connect", "--mode", "ci"], FEEDS.as_slice()].concat())?
            .well()?;
        ensure!(
            !user.join(".cargo/config.toml").exists(),
            "others would be connected too"
        );
        ensure!(
            text(&user, CI)?.contains("global-credential-providers = [\"cargo:token\"]"),
            "no provider"
        );
        // A project without such a crate builds for everybody.
        home.cargo(&user, &["build", "--offline"])?.well()?;

        home.granary(&user, &["add", "ours@0.1", "--feed", "local/main/internal"])?
            .well()?;
        let _serving = home.serve()?;
        let alone = home.cargo(&user, &["fetch"])?;
        ensure!(
            alone.code != Some(0) && alone.stderr.contains("`internal`"),
            "{alone:?}"
        );
        home.cargo(&user, &["--config", CI, "fetch"])?.well()?;
        home.cargo(&user, &["--config", CI, "build", "--offline"])?
            .well()?;
        Ok(())
    });
}

#[test]
fn what_is_mine_counts_in_every_project_and_tokens_in_clear_go_unseen() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        published(&home)?;
        let user = package(&home, "user", "")?;
        home.granary(
            &user,
            &[&["connect", "--mode", "mine"], FEEDS.as_slice()].concat(),
        )?
        .well()?;
        ensure!(!user.join(".cargo").exists(), "mine is in the project");
        let credentials = home.cargo_home().join("credentials.toml");
        std::fs::write(
            &credentials,
            "[registries.internal]\ntoken = \"Basic d3Jvbmc=\"\n\n[other]\nx = 1\n",
        )?;
        let cleared = home.granary(&user, &["clear-tokens", "--json"])?.well()?;
        ensure!(!cleared.stdout.contains("d3Jvbmc="), "{}", cleared.stdout);
        ensure!(
            text(&home.cargo_home(), "credentials.toml")? == "[other]\nx = 1\n",
            "not cleared"
        );

        home.granary(&user, &["add", "ours", "--feed", "local/main/internal"])?
            .well()?;
        let serving = home.serve()?;
        home.cargo(&user, &["fetch"])?.well()?;
        drop(serving);
        home.granary(&user, &["disconnect", "--mode", "mine", "--force"])?
            .well()?;
        let config = text(&home.cargo_home(), "config.toml")?;
        ensure!(
            !config.contains("[registries]") && config.contains("granary"),
            "{config}"
        );
        Ok(())
    });
}
