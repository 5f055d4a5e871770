//! The main job by the command: feeds, a published crate, a connected project, a restore, plain cargo.

use anyhow::{Context, Result, ensure};
use journeys::tour::check_afterwards;
use journeys::{SampleCrate, SampleProject, TestHome, require_crates_io};
use serde_json::{Value, json};

use crate::journey;

const FEEDS: [&str; 4] = [
    "--feed",
    "local/main/upstream",
    "--publish-to",
    "local/main/internal",
];

/// Feeds that exist, a crate that is published, and a project that is not connected yet.
async fn prepared(home: &TestHome) -> Result<SampleProject> {
    home.granary(home.path(), &["feed", "create", "local/main", "--pair"])?
        .well()?;
    let private = SampleCrate::copy_to(home)?;
    home.granary(&private.folder, &[&["connect"], FEEDS.as_slice()].concat())?
        .well()?;
    let serving = home.serve()?;
    let checksum = private.publish(home).await?;
    drop(serving);
    SampleProject::copy_to(home, &checksum)
}

/// The lines of the repository's files that a plan adds and removes.
fn previewed_lines(plan: &Value) -> Vec<String> {
    let files = plan["files"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|file| file["place"] == "repository");
    let hunks = files.flat_map(|file| file["hunks"].as_array().into_iter().flatten());
    let lines = hunks.flat_map(|hunk| hunk["lines"].as_array().into_iter().flatten());
    let sign = |line: &Value| match line["kind"].as_str() {
        Some("added") => Some(format!("+{}", line["text"].as_str()?)),
        Some("removed") => Some(format!("-{}", line["text"].as_str()?)),
        _ => None,
    };
    lines.filter_map(sign).collect()
}

#[test]
fn the_main_job_by_the_command() {
    journey(async || {
        require_crates_io().await?;
        let home = TestHome::new()?;
        let project = prepared(&home).await?;
        let folder = project.folder.as_path();

        let connect = [&["connect"], FEEDS.as_slice()].concat();
        let planned = home.granary_json(folder, &[connect.as_slice(), &["--dry-run"]].concat())?;
        ensure!(planned["applied"].is_null(), "a dry run wrote: {planned}");
        ensure!(
            project.changed_lines(&home)?.is_empty(),
            "a dry run changed files"
        );
        let connected = home.granary_json(folder, &connect)?;
        ensure!(
            connected["plan"]["fingerprint"] == planned["plan"]["fingerprint"],
            "another plan was applied"
        );
        let previewed = previewed_lines(&connected["plan"]);
        ensure!(previewed.len() == 7, "{previewed:?}");

        let restored = home.granary(folder, &["restore", "--locked", "--json"])?.well()?;
        let events = restored
            .stdout
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<Vec<Value>, _>>()?;
        let (first, last) = (
            events.first().context("no event")?,
            events.last().context("no event")?,
        );
        // `itoa` is here already: publishing built the private crate.
        ensure!(
            first["type"] == "started" && first["toFetch"] == 119 && first["alreadyHere"] == 1,
            "{first}"
        );
        let summary = &last["summary"];
        ensure!(
            last["type"] == "ended" && summary["state"] == "done" && summary["locked"] == 120,
            "{last}"
        );
        ensure!(
            summary["downloaded"] == 119 && summary["alreadyHere"] == 1,
            "{summary}"
        );
        let feeds = summary["feeds"].as_array().context("no feeds")?;
        let titles = feeds.iter().map(|feed| &feed["title"]).collect::<Vec<_>>();
        ensure!(
            titles == ["local/main/internal", "local/main/upstream"],
            "{titles:?}"
        );
        for feed in feeds {
            let cache = feed["cacheFolder"]
                .as_str()
                .map(std::path::Path::new)
                .context("no folder")?;
            ensure!(
                cache.is_dir(),
                "cargo does not keep crates in `{}`",
                cache.display()
            );
        }

        check_afterwards(&home, &project, &previewed)?;
        let crates = home.granary_json(folder, &["crate", "list", "local/main/internal"])?;
        ensure!(
            crates[0]["name"] == "contoso-greeting" && crates[0]["origin"] == json!({"kind": "ours"}),
            "{crates}"
        );
        let crates = home.granary_json(
            folder,
            &["crate", "list", "local/main/upstream", "--query", "serde_json"],
        )?;
        ensure!(
            crates[0]["origin"] == json!({"kind": "cratesIo", "saved": true}),
            "{crates}"
        );
        home.check_canary()
    });
}

#[test]
fn with_crates_io_out_of_reach_a_second_restore_comes_from_the_feed_alone() {
    journey(async || {
        require_crates_io().await?;
        let mut home = TestHome::new()?;
        let project = prepared(&home).await?;
        let folder = project.folder.as_path();
        home.granary(folder, &[&["connect"], FEEDS.as_slice()].concat())?
            .well()?;
        home.granary(folder, &["restore", "--locked"])?.well()?;

        // Nobody listens there, so every question to crates.io fails at once.
        let nobody = format!("sparse+http://127.0.0.1:{}/", journeys::free_port()?);
        home.reach_crates_io_at(&nobody)?;
        std::fs::remove_dir_all(home.cargo_home().join("registry"))?;
        let restored = home.granary(folder, &["restore", "--locked", "--json"])?.well()?;
        let last: Value = serde_json::from_str(restored.stdout.lines().last().context("no event")?)?;
        ensure!(
            last["summary"]["downloaded"] == 120 && last["summary"]["alreadyHere"] == 0,
            "{last}"
        );
        home.cargo(folder, &["build", "--offline"])?.well()?;
        Ok(())
    });
}

#[test]
fn a_feed_that_is_there_is_refused_and_the_other_still_made() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        home.granary(
            home.path(),
            &["feed", "create", "local/main/upstream", "--upstream", "crates.io"],
        )?
        .well()?;
        let pair = home.granary(home.path(), &["feed", "create", "local/main", "--pair", "--json"])?;
        let outcome: Value = serde_json::from_str(&pair.stdout)?;
        ensure!(pair.code == Some(1), "{pair:?}");
        ensure!(outcome["upstream"]["state"] == "refused", "{outcome}");
        ensure!(
            outcome["upstream"]["error"]["code"] == "alreadyExists",
            "{outcome}"
        );
        ensure!(
            outcome["internal"]["feed"]["reference"] == "local/main/internal",
            "{outcome}"
        );
        Ok(())
    });
}

#[test]
fn what_is_wrong_is_said_with_a_code_and_a_hint() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let check = |arguments: &[&str], code: i32, words: &[&str]| -> Result<()> {
            let ran = home.granary(home.path(), arguments)?;
            ensure!(ran.code == Some(code), "{arguments:?}: {ran:?}");
            let all = words.iter().all(|word| ran.stderr.contains(word));
            ensure!(all, "{arguments:?} said: {}", ran.stderr);
            Ok(())
        };
        check(
            &["feed", "show", "local/main/none"],
            1,
            &["error[notFound]: there is no feed `local/main/none`", "hint: "],
        )?;
        check(
            &["feed", "show", "none"],
            1,
            &["error[invalidInput]", "ACCOUNT/PROJECT/FEED"],
        )?;
        check(
            &["feed", "list", "contoso"],
            1,
            &["error[notFound]: there is no account `contoso`"],
        )?;
        check(
            &["feed", "create", "local/main/my feed"],
            1,
            &["error[invalidInput]", "it has blanks", "hint: Try `my-feed`."],
        )?;
        check(&["show", "."], 1, &["error[notAProject]", "hint: "])?;
        check(
            &["show", "./nothing"],
            1,
            &["error[notFound]", "there is nothing at"],
        )?;
        check(&["nonsense"], 2, &["unrecognized subcommand"])?;
        let ran = home.granary(home.path(), &["show", ".", "--json"])?;
        let error: Value = serde_json::from_str(&ran.stderr)?;
        ensure!(
            error["error"]["code"] == "notAProject" && error["error"]["hints"].is_array(),
            "{error}"
        );
        Ok(())
    });
}
