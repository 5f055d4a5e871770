//! `granary restore --verify` and `--repair`: what lies in cargo's cache against what should.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::journey;
use crate::weather::{World, crates};

fn faults(summary: &Value) -> Result<Vec<(String, String, bool)>> {
    let faults = summary["verified"]["faults"].as_array().context("faults")?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut faults = faults
        .iter()
        .map(|fault| {
            let what = format!("{} {}", text(&fault["kind"]), text(&fault["file"]));
            (text(&fault["name"]), what, fault["repaired"] == true)
        })
        .collect::<Vec<_>>();
    faults.sort();
    Ok(faults)
}

/// The one folder in a part of cargo's cache.
fn only(world: &World, part: &str) -> Result<std::path::PathBuf> {
    let folder = world.home.cargo_home().join("registry").join(part);
    let entry = std::fs::read_dir(&folder)?
        .next()
        .context("a registry's folder")??;
    Ok(entry.path())
}

#[test]
fn what_was_tampered_with_is_named_and_put_right() {
    journey(async || {
        let world = World::start(&crates(6)?).await?;
        let early = world.restore_with(&["--verify"])?.well()?;
        ensure!(early.summary["verified"]["absent"] == 6, "{}", early.summary);
        world.restore()?.well()?;
        let sound = world.restore_with(&["--verify"])?.well()?;
        let verified = &sound.summary["verified"];
        ensure!(
            (verified["crates"].as_u64(), verified["files"].as_u64()) == (Some(6), Some(18)),
            "{verified}"
        );
        ensure!(verified["faults"] == json!([]), "{verified}");
        let (unpacked, archives) = (only(&world, "src")?, only(&world, "cache")?);
        std::fs::write(
            unpacked.join("krate001-1.0.0/src/lib.rs"),
            "//! Something else.\n",
        )?;
        std::fs::write(unpacked.join("krate001-1.0.0/more.rs"), "")?;
        std::fs::remove_file(unpacked.join("krate002-1.0.0/noise.bin"))?;
        std::fs::write(archives.join("krate003-1.0.0.crate"), "not an archive")?;
        let found = world
            .restore_with(&["--verify"])?
            .badly()?
            .says("`src/lib.rs` is not what")?;
        let named = |name: &str, what: &str, repaired| (name.to_owned(), what.to_owned(), repaired);
        let expected = |repaired| {
            [
                named("krate001", "fileAdded more.rs", repaired),
                named("krate001", "fileChanged src/lib.rs", repaired),
                named("krate002", "fileMissing noise.bin", repaired),
                named("krate003", "archiveChanged ", repaired),
            ]
        };
        ensure!(faults(&found.summary)? == expected(false), "{}", found.summary);
        let changed = std::fs::read_to_string(unpacked.join("krate001-1.0.0/src/lib.rs"))?;
        ensure!(changed.contains("Something else"), "verifying changed a file");
        let repaired = world.restore_with(&["--repair"])?.well()?;
        let of_one = |fetch: &&&Value| fetch["name"] == "krate001" && fetch["version"].is_null();
        let asked = repaired.fetches("fetched").iter().filter(of_one).count();
        ensure!(asked == 1, "its feed was asked {asked} times what it names");
        ensure!(
            faults(&repaired.summary)? == expected(true),
            "{}",
            repaired.summary
        );
        ensure!(
            !unpacked.join("krate001-1.0.0/more.rs").exists(),
            "it is still there"
        );
        world.restore_with(&["--verify"])?.well()?;
        world.check_offline()?;
        world.check_as_cargo_leaves_it()
    });
}

/// As a terminal's `cargo build` holds it.
#[test]
fn a_repair_that_waits_for_a_build_keeps_no_other_cargo_waiting() {
    journey(async || {
        let world = World::start(&crates(3)?).await?;
        world.restore()?.well()?;
        let file = only(&world, "src")?.join("krate001-1.0.0/src/lib.rs");
        std::fs::write(&file, "//! Something else.\n")?;
        let building = std::fs::File::create(world.home.cargo_home().join(".package-cache-mutate"))?;
        building.lock_shared()?;
        let mut command = world.home.product("granary")?;
        command
            .args(["restore", "--repair", "--json"])
            .current_dir(&world.project)
            .stdout(Stdio::piped());
        let mut repair = command.spawn()?;
        let mut lines = BufReader::new(repair.stdout.take().context("its events")?).lines();
        let mut said = String::new();
        while !said.contains("Waiting for the lock on cargo's cache") {
            said = lines.next().context("it ended without waiting")??;
        }
        world.home.cargo(&world.project, &["fetch", "--locked"])?.well()?;
        ensure!(
            std::fs::read_to_string(&file)?.contains("Something else"),
            "it was taken away while it was in use"
        );
        drop(building);
        let rest = tokio::task::spawn_blocking(move || lines.count()).await?;
        ensure!(repair.wait()?.success() && rest > 0, "it was not repaired");
        world.restore_with(&["--verify"])?.well()?;
        world.check_offline()
    });
}

#[test]
fn nothing_is_taken_away_where_only_cargo_could_bring_it_back() {
    journey(async || {
        let world = World::start(&crates(3)?).await?;
        world.restore()?.well()?;
        let file = only(&world, "src")?.join("krate001-1.0.0/src/lib.rs");
        std::fs::write(&file, "//! Something else.\n")?;
        std::fs::create_dir_all(world.project.join(".cargo"))?;
        std::fs::write(
            world.project.join(".cargo/config.toml"),
            "[http]\nssl-version = \"tlsv1.3\"\n",
        )?;
        let refused = world
            .home
            .granary(&world.project, &["restore", "--repair", "--trust"])?;
        ensure!(
            refused.code == Some(1) && refused.stderr.contains("`http.ssl-version` is set"),
            "{refused:?}"
        );
        let there = std::fs::read_to_string(&file)?;
        ensure!(there.contains("Something else"), "it was taken away");
        Ok(())
    });
}

#[test]
fn what_cannot_be_had_anew_is_not_called_repaired() {
    journey(async || {
        let world = World::start(&crates(3)?).await?;
        world.restore()?.well()?;
        let archive = only(&world, "cache")?.join("krate001-1.0.0.crate");
        std::fs::write(&archive, "not an archive")?;
        world.weather(|asked| {
            asked
                .path
                .contains("krate001/")
                .then_some(journeys::replay::Trouble::Status(404, None))
        });
        let left = world.restore_with(&["--repair"])?.badly()?;
        let left = faults(&left.summary)?;
        ensure!(
            left.iter().all(|(_, _, repaired)| !repaired) && left.len() == 1,
            "{left:?}"
        );
        ensure!(!archive.exists(), "a wrong archive stays in cargo's sight");
        Ok(())
    });
}

#[test]
fn a_feed_that_names_another_file_is_told() {
    journey(async || {
        let mut all = crates(2)?;
        let world = World::start(&all).await?;
        world.restore()?.well()?;
        // The lock file, the archive and what is unpacked agree on something that the feed never had.
        let archive = only(&world, "cache")?.join("krate001-1.0.0.crate");
        let other = crate::weather::packed(&[("krate001-1.0.0/Cargo.toml", b"[package]")])?;
        std::fs::write(&archive, &other)?;
        std::fs::remove_dir_all(only(&world, "src")?.join("krate001-1.0.0"))?;
        all[1].file = other;
        world.write_lockfile(&all)?;
        let found = world.restore_with(&["--verify"])?.badly()?;
        let found = faults(&found.summary)?;
        ensure!(
            found == [("krate001".to_owned(), "feedDiffers ".to_owned(), false)],
            "{found:?}"
        );
        // A registry that tells nothing proves nothing, and which crates that leaves open is said.
        let silent = Some(journeys::replay::Trouble::Status(404, None));
        world.weather(move |asked| silent.clone().filter(|_| asked.path.ends_with("krate000")));
        let open = world.restore_with(&["--verify"])?.badly()?;
        open.says("krate000 1.0.0: its registry did not tell")?;
        // Offline nobody is asked, and that is said.
        world
            .restore_with(&["--verify", "--offline"])?
            .well()?
            .says("feeds are not asked")?;
        Ok(())
    });
}
