//! Several programs at once, and programs that are killed.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use journeys::replay::{Manner, Trouble};

use super::{Restored, World, crates};
use crate::journey;

/// Kills in the tests; `cargo xtask soak` asks for more.
fn rounds() -> usize {
    let asked = std::env::var("GRANARY_STORM_ROUNDS").ok();
    asked.and_then(|rounds| rounds.parse().ok()).unwrap_or(10)
}

fn slow() -> Manner {
    Manner {
        delay: Duration::from_millis(15),
        ..Manner::default()
    }
}

#[test]
fn two_granarys_and_a_cargo_at_once_get_along() {
    journey(async || {
        let world = World::start_in(&crates(60)?, slow()).await?;
        let start = |program: &str, arguments: &[&str]| -> Result<std::process::Child> {
            let mut command = match program {
                "cargo" => std::process::Command::new("cargo"),
                product => world.home.product(product)?,
            };
            world.home.inhabit(&mut command);
            command.current_dir(&world.project).args(arguments);
            Ok(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?)
        };
        let granary = ["restore", "--locked", "--json"];
        let children = [
            start("granary", &granary)?,
            start("granary", &granary)?,
            start("cargo", &["fetch", "--locked"])?,
        ];
        for child in children {
            let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await??;
            ensure!(output.status.success(), "{output:?}");
        }
        world.check_offline()?;
        world.check_as_cargo_leaves_it()
    });
}

#[cfg(target_os = "linux")]
#[test]
fn who_holds_cargos_lock_is_named() {
    journey(async || {
        let world = World::start(&crates(3)?).await?;
        let lock = std::fs::File::create(world.home.cargo_home().join(".package-cache"))?;
        // First we wait ourselves; with all of it here cargo does.
        for _ in 0..2 {
            let asked = world.replay.asked();
            lock.lock()?;
            let mut command = world.home.product("granary")?;
            command
                .args(["restore", "--locked", "--json"])
                .current_dir(&world.project);
            let mut child = command.stdout(Stdio::piped()).spawn()?;
            let mut lines = BufReader::new(child.stdout.take().context("its events")?).lines();
            let named = format!(", process {}, holds", std::process::id());
            let mut said = String::new();
            while !(said.contains("Waiting for the lock on cargo's cache, which ") && said.contains(&named)) {
                said = lines.next().context("it ended without waiting")??;
            }
            ensure!(world.replay.asked() == asked, "it did not wait");
            lock.unlock()?;
            tokio::task::spawn_blocking(move || lines.count()).await?;
            ensure!(child.wait()?.success(), "it did not end well");
        }
        world.check_offline()
    });
}

fn begin(world: &World, more: &[&str]) -> Result<std::process::Child> {
    let mut command = world.home.product("granary")?;
    command.args(["restore", "--locked", "--json"]).args(more);
    command.current_dir(&world.project).stdout(Stdio::null());
    Ok(command.stderr(Stdio::null()).spawn()?)
}

/// Sends a signal to a process that this test started, itself or through what it started.
#[cfg(target_os = "linux")]
fn signal(name: &str, process: &str) -> Result<()> {
    let sent = std::process::Command::new("kill")
        .args([name, process])
        .status()?;
    ensure!(sent.success(), "there was nobody to tell");
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn killed_at_any_moment_cargo_leaves_what_the_next_restore_goes_on_with() {
    journey(async || {
        let world = World::start_in(&crates(40)?, slow()).await?;
        let mut in_the_middle = 0;
        for round in 0..rounds() {
            let _ = std::fs::remove_dir_all(world.home.cargo_home().join("registry"));
            // Alone it fetches and unpacks itself; after us it makes sure, and unpacks nothing.
            let more: &[&str] = if round % 4 == 3 { &[] } else { &["--no-prefetch"] };
            let mut child = begin(&world, more)?;
            let cargos = journeys::until("cargo", async || {
                let cargos = crate::restore::running_in(&world.project)?;
                Ok((!cargos.is_empty() || child.try_wait()?.is_some()).then_some(cargos))
            })
            .await?;
            tokio::time::sleep(Duration::from_millis((round as u64 * 67) % 400)).await;
            let killed = cargos.iter().filter(|cargo| signal("-KILL", cargo).is_ok());
            let killed = killed.count() > 0;
            let ended = tokio::task::spawn_blocking(move || child.wait()).await??;
            in_the_middle += usize::from(killed && !ended.success());
            if round % 2 == 0 {
                world.home.cargo(&world.project, &["fetch", "--locked"])?.well()?;
            }
            let restored = world.restore().with_context(|| format!("round {round}"))?;
            restored.well().with_context(|| format!("round {round}"))?;
            world.check_offline()?;
        }
        ensure!(in_the_middle > 0, "cargo was never killed while it was at work");
        world.check_as_cargo_leaves_it()
    });
}

#[cfg(target_os = "linux")]
#[test]
fn cancelled_while_it_fetches_a_restore_leaves_no_lock_and_no_part_of_a_file() {
    journey(async || {
        let world = World::start_in(&crates(60)?, slow()).await?;
        // Crates that never end: whoever cancels does not wait for them.
        world.weather(|asked| {
            let is_endless = asked.is_crate && asked.all_before > 80;
            is_endless.then_some(Trouble::Late(Duration::from_secs(3600)))
        });
        let mut child = begin(&world, &[])?;
        let work = world.home.cargo_home().join("registry/.granary");
        journeys::until("crates that do not come", async || {
            let is_under_way = world.replay.asked() > 90 && work.exists();
            ensure!(child.try_wait()?.is_none(), "it ended by itself");
            Ok(is_under_way.then_some(()))
        })
        .await?;
        signal("-INT", &child.id().to_string())?;
        let ended = tokio::task::spawn_blocking(move || child.wait()).await??;
        ensure!(ended.code() == Some(130), "{ended:?}");
        world.check_no_leftovers()?;
        let lock = std::fs::File::open(world.home.cargo_home().join(".package-cache"))?;
        lock.try_lock().context("cargo's lock is still held")?;
        drop(lock);
        world.weather(|_| None);
        world.restore()?.well()?;
        world.check_offline()?;
        world.check_as_cargo_leaves_it()
    });
}

#[cfg(target_os = "linux")]
#[test]
fn killed_at_any_moment_a_restore_leaves_what_the_next_one_goes_on_with() {
    journey(async || {
        let manner = Manner {
            delay: Duration::from_millis(60),
            ..Manner::default()
        };
        let world = World::start_in(&crates(40)?, manner).await?;
        // From a start that is only just one to an end that is nearly there.
        let (rounds, mut in_the_middle) = (rounds(), 0);
        for round in 0..rounds {
            let _ = std::fs::remove_dir_all(world.home.cargo_home().join("registry"));
            let mut child = begin(&world, &[])?;
            let work = world.home.cargo_home().join("registry/.granary");
            // Every other one is killed once it fetches, however long it took to get there.
            if round % 2 == 1 {
                journeys::until("the beginning of a fetch", async || {
                    Ok((work.exists() || child.try_wait()?.is_some()).then_some(()))
                })
                .await?;
            }
            let after = (round * 97) % 500;
            tokio::time::sleep(Duration::from_millis(after as u64 / (1 + round as u64 % 2 * 4))).await;
            in_the_middle += usize::from(child.try_wait()?.is_none() && work.exists());
            child.kill()?;
            child.wait()?;
            journeys::until("the end of what was killed", async || {
                let left = crate::restore::running_in(&world.project)?;
                Ok(left.is_empty().then_some(()))
            })
            .await?;
            // Plain cargo finds nothing that is half done, and goes on.
            if round % 2 == 0 {
                world.home.cargo(&world.project, &["fetch", "--locked"])?.well()?;
            }
            Restored::of(
                world
                    .home
                    .granary(&world.project, &["restore", "--locked", "--json"])?,
            )?
            .well()
            .with_context(|| format!("killed after {after} ms"))?;
            world.check_offline()?;
        }
        ensure!(in_the_middle > 0, "none of {rounds} was killed while it fetched");
        world.check_as_cargo_leaves_it()
    });
}
