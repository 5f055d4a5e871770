//! Runs as they are kept: listed, found, shown, told apart while they go on and where they were broken off.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use journeys::replay::Manner;
use journeys::until;
use serde_json::Value;

use crate::journey;
use crate::weather::{World, crates};

fn listed(world: &World, more: &[&str]) -> Result<Vec<Value>> {
    let arguments = [&["run", "list"], more].concat();
    let runs = world.home.granary_json(world.home.path(), &arguments)?;
    Ok(runs.as_array().context("a list")?.clone())
}

#[test]
fn runs_are_kept_found_and_shown() {
    journey(async || {
        let world = World::start(&crates(5)?).await?;
        world.restore()?.well()?;
        std::fs::remove_file(world.project.join("Cargo.toml"))?;
        std::fs::write(
            world.project.join("Cargo.toml"),
            "[package]\nname = \"weathered\"\nversion = \"0.2.0\"\nedition = \"2021\"\n[dependencies]\nkrate000 = \"2\"\n",
        )?;
        world.restore()?.badly()?;
        let runs = listed(&world, &[])?;
        let states = runs.iter().map(|run| run["state"].as_str().unwrap_or_default());
        ensure!(states.collect::<Vec<_>>() == ["failed", "done"], "{runs:?}");
        let check = |query: &str, expected: usize| -> Result<()> {
            let found = listed(&world, &["--search", query])?.len();
            ensure!(found == expected, "{found} runs for {query}");
            Ok(())
        };
        check("WEATHERED", 2)?;
        check("krate000", 1)?;
        check("no such thing", 0)?;
        let project = world.project.to_string_lossy().into_owned();
        ensure!(listed(&world, &[&project])?.len() == 2, "not of the project");
        let id = runs[1]["id"].as_str().context("an id")?;
        let kept = world.home.granary_json(world.home.path(), &["run", "show", id])?;
        // Five index files, the registry's own, and five crates.
        ensure!(kept["fetches"].as_array().map(Vec::len) == Some(11), "{kept}");
        ensure!(kept["entry"]["summary"]["downloaded"] == 5, "{kept}");
        ensure!(kept["entry"]["request"]["locked"] == true, "{kept}");
        let shown = world
            .home
            .granary(world.home.path(), &["run", "show", id])?
            .well()?;
        ensure!(
            shown.stdout.contains("Fetched krate004 1.0.0") && shown.stdout.contains("Restored in"),
            "{}",
            shown.stdout
        );
        let none = world.home.granary(world.home.path(), &["run", "show", "../1"])?;
        ensure!(
            none.code == Some(1) && none.stderr.contains("error[notFound]"),
            "{none:?}"
        );
        Ok(())
    });
}

#[cfg(unix)]
#[test]
fn a_run_that_goes_on_elsewhere_is_told_from_one_that_was_killed() {
    journey(async || {
        let manner = Manner {
            delay: Duration::from_millis(400),
            ..Manner::default()
        };
        let world = World::start_in(&crates(60)?, manner).await?;
        let mut command = world.home.product("granary")?;
        command
            .args(["restore", "--locked"])
            .current_dir(&world.project)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn()?;
        let going = until("a run that goes on", async || {
            Ok(listed(&world, &[])?.into_iter().next())
        })
        .await?;
        ensure!(going["state"].is_null(), "{going}");
        let id = going["id"].as_str().context("an id")?;
        until("lines of its log", async || {
            let kept = world.home.granary_json(world.home.path(), &["run", "show", id])?;
            Ok((kept["entry"]["log"]["lines"].as_u64() > Some(0)).then_some(()))
        })
        .await?;
        child.kill()?;
        child.wait()?;
        let broken = listed(&world, &[])?.into_iter().next().context("a run")?;
        ensure!(broken["state"] == "brokenOff", "{broken}");
        Ok(())
    });
}
