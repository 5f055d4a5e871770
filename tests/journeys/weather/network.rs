//! What a registry and the way to it may do.

use std::time::Duration;

use anyhow::{Result, ensure};
use journeys::replay::{Manner, Trouble, Valid};
use serde_json::Value;

use super::{Restored, World, crates};
use crate::journey;

#[test]
fn a_registry_that_is_busy_is_asked_again() {
    journey(async || {
        let world = World::start(&crates(30)?).await?;
        world.weather(|asked| match (asked.before, asked.path.bytes().last()? % 3) {
            (0, 0) => Some(Trouble::Status(429, Some(1))),
            (0 | 1, 1) => Some(Trouble::Status(503, None)),
            _ => None,
        });
        let restored = world.restore()?.well()?.all_before_cargo_ran()?;
        let again = restored.said_of("retry");
        ensure!(
            again.len() > 5
                && restored.summary["retries"] == again.len()
                && again
                    .iter()
                    .any(|line| line.contains("429") && line.ends_with("trying again in 1.0 s, try 2")),
            "{}: {again:?}",
            restored.summary
        );
        ensure!(
            restored.said_of("verify") == ["30 crates match Cargo.lock"],
            "{}",
            restored.log
        );
        ensure!(
            restored.said_of("unpack") == ["30 crates are unpacked"],
            "{}",
            restored.log
        );
        world.check_offline()?;
        world.weather(|_| None);
        world.check_as_cargo_leaves_it()
    });
}

#[test]
fn a_file_that_is_never_had_is_left_to_cargo_and_nothing_else_is() {
    journey(async || {
        let world = World::start(&crates(40)?).await?;
        // As often as cargo's own patience and ours ask, and never after that.
        world.weather(|asked| {
            (asked.path.starts_with("krate005/") && asked.before < 4).then_some(Trouble::Status(500, None))
        });
        let restored = world.restore()?.well()?;
        let left = &restored.summary["leftToCargo"];
        ensure!(
            left.as_array().map(Vec::len) == Some(1)
                && left[0].as_str().is_some_and(|why| why.contains("krate005")),
            "{left}"
        );
        let by_cargo = restored
            .log
            .lines()
            .filter(|line| line.contains("Downloaded krate"));
        let by_cargo = by_cargo.collect::<Vec<_>>();
        ensure!(
            by_cargo.len() == 1 && by_cargo[0].contains("krate005"),
            "{by_cargo:?}"
        );
        world.check_offline()
    });
}

#[test]
fn a_server_that_answers_and_asks_for_time_is_left_alone() {
    journey(async || {
        let world = World::start(&crates(30)?).await?;
        world.weather(|asked| (asked.all_before == 3).then_some(Trouble::Slower(2)));
        let restored = world.restore()?.well()?.all_before_cargo_ran()?;
        let said = restored.said_of("retry");
        ensure!(
            said.len() == 1 && said[0].contains("asks for time: it is left alone for 2.0 s"),
            "{said:?}"
        );
        ensure!(restored.summary["retries"] == 0, "{}", restored.summary);
        let seconds = restored.summary["seconds"].as_f64();
        ensure!(seconds >= Some(2.0), "it went on after {seconds:?} s");
        world.check_offline()
    });
}

#[test]
fn connections_that_are_cut_anywhere_lose_no_byte() {
    journey(async || {
        let world = World::start(&crates(30)?).await?;
        world.weather(|asked| {
            let place = asked
                .path
                .bytes()
                .fold(7, |sum, byte| (sum * 31 + usize::from(byte)) % 4999);
            (asked.before < 2 && asked.all_before % 2 == 0).then_some(Trouble::Cut(place))
        });
        let restored = world.restore()?.well()?.all_before_cargo_ran()?;
        let again = restored.said_of("retry");
        ensure!(
            again.iter().any(|line| line.contains(" bytes; trying again in ")),
            "{again:?}"
        );
        ensure!(
            world.replay.parts_asked() > 0,
            "no file was gone on with from where it broke off"
        );
        world.check_offline()?;
        world.weather(|_| None);
        world.check_as_cargo_leaves_it()
    });
}

#[test]
fn a_file_that_is_not_the_locked_one_never_lies_in_the_cache() {
    journey(async || {
        let world = World::start(&crates(6)?).await?;
        world.weather(|asked| {
            let other = || Trouble::Instead("application/octet-stream", b"something else".as_slice().into());
            (asked.is_crate && asked.path.starts_with("krate003/")).then(other)
        });
        let restored = world
            .restore()?
            .badly()?
            .says("the file of `krate003 1.0.0` is not the one `Cargo.lock` names")?
            .says("failed to verify the checksum of `krate003 v1.0.0")?;
        let fetches = restored.fetches("fetched").into_iter();
        let refused = fetches
            .filter(|fetch| fetch["refused"] == true)
            .collect::<Vec<_>>();
        ensure!(
            refused.len() == 1 && refused[0]["name"] == "krate003" && refused[0]["bytes"] == 0.0,
            "{refused:?}"
        );
        let cache = std::fs::read_dir(world.home.cargo_home().join("registry/cache"))?;
        for registry in cache {
            let wrong = registry?.path().join("krate003-1.0.0.crate");
            let size = std::fs::metadata(&wrong).map_or(0, |about| about.len());
            ensure!(size == 0, "{} bytes of it lie in the cache", size);
        }
        world.check_no_leftovers()?;
        world.weather(|_| None);
        world.restore()?.well()?;
        world.check_offline()
    });
}

#[test]
fn a_page_in_place_of_files_is_not_taken_for_them() {
    journey(async || {
        let world = World::start(&crates(6)?).await?;
        world.weather(|_| Some(Trouble::Instead("text/html", "<html>Sign in</html>".into())));
        world.restore()?.badly()?.says("Left to cargo")?;
        world.check_no_leftovers()?;
        world.weather(|_| None);
        world.restore()?.well()?;
        world.check_offline()
    });
}

#[test]
fn a_registry_that_answers_nothing_more_is_left_to_cargo_after_a_few_files() {
    journey(async || {
        let world = World::start(&crates(20)?).await?;
        world.weather(|asked| (asked.all_before > 8).then_some(Trouble::Status(503, Some(0))));
        let restored = world.restore()?.badly()?.says("Left to cargo: all of")?;
        let left = restored.summary["leftToCargo"].as_array().map_or(0, Vec::len);
        ensure!(left == 5, "{}", restored.summary);
        ensure!(restored.said_of("refused").len() == 5, "{}", restored.log);
        world.weather(|_| None);
        world.restore()?.well()?;
        world.check_offline()?;
        world.check_as_cargo_leaves_it()
    });
}

#[test]
fn slow_answers_are_waited_for() {
    journey(async || {
        let manner = Manner {
            redirects: true,
            ..Manner::default()
        };
        let world = World::start_in(&crates(20)?, manner).await?;
        world.weather(|asked| {
            (asked.all_before % 5 == 0).then_some(Trouble::Late(Duration::from_millis(900)))
        });
        let restored = world.restore()?.well()?.all_before_cargo_ran()?;
        // What takes long is told while it is under way, and again once it is here.
        let (under_way, fetched) = (restored.fetches("fetching"), restored.fetches("fetched"));
        let is_same = |one: &Value, other: &Value| ["lane", "began"].iter().all(|key| one[key] == other[key]);
        let ended = |going: &&Value| {
            fetched
                .iter()
                .any(|fetch| is_same(fetch, going) && fetch["refused"] == false)
        };
        ensure!(
            under_way.iter().any(|fetch| !fetch["version"].is_null()) && under_way.iter().all(ended),
            "{under_way:?}\n{fetched:?}"
        );
        world.check_offline()
    });
}

#[test]
fn what_cargo_alone_can_see_to_is_left_to_it_and_said() {
    journey(async || {
        let world = World::start(&crates(4)?).await?;
        let check = |config: &str, why: &str| -> Result<()> {
            let file = world.project.join(".cargo/config.toml");
            std::fs::create_dir_all(world.project.join(".cargo"))?;
            std::fs::write(&file, config)?;
            let restored = world.restore()?.well()?.says(why)?;
            ensure!(
                restored.log.contains("Downloaded krate000"),
                "cargo did not fetch:\n{}",
                restored.log
            );
            std::fs::remove_file(file)?;
            Ok(std::fs::remove_dir_all(world.home.cargo_home().join("registry"))?)
        };
        check(
            "[http]\nssl-version = \"tlsv1.2\"\n",
            "`http.ssl-version` is set, which only cargo follows",
        )?;
        let restored = world.restore_with(&["--no-prefetch"])?.well()?;
        ensure!(restored.log.contains("Downloaded krate000"), "{}", restored.log);
        Ok(())
    });
}

#[test]
fn without_a_lock_file_cargo_makes_it_and_the_crates_come_before_it_fetches() {
    journey(async || {
        let world = World::start(&crates(12)?).await?;
        std::fs::remove_file(world.project.join("Cargo.lock"))?;
        let ran = world.home.granary(&world.project, &["restore", "--json"])?;
        let restored = Restored::of(ran)?.well()?.says("cargo generate-lockfile")?;
        ensure!(
            !restored.log.contains("Downloaded "),
            "cargo fetched:\n{}",
            restored.log
        );
        ensure!(restored.summary["downloaded"] == 12, "{}", restored.summary);
        world.check_offline()?;
        world.check_as_cargo_leaves_it()
    });
}

#[test]
fn a_wrong_clock_is_named_where_certificates_seem_to_have_ended_or_not_begun() {
    journey(async || {
        for valid in [Valid::Until(2020), Valid::From(2090)] {
            let manner = Manner {
                secure: true,
                valid: Some(valid),
                ..Manner::default()
            };
            let world = World::start_in(&crates(2)?, manner).await?;
            let failed = world.restore()?.badly()?.says("Left to cargo: all of")?;
            let said = failed.ran.stdout.lines().last().unwrap_or_default();
            let said: serde_json::Value = serde_json::from_str(said)?;
            let cause = &said["diagnosis"]["cause"];
            ensure!(cause["id"] == "clock", "{valid:?}: {cause}\n{}", failed.log);
        }
        Ok(())
    });
}

/// A clock that is years off; what was fetched by it is what plain cargo finds.
#[cfg(target_os = "linux")]
#[test]
fn restores_do_not_mind_a_clock_that_is_years_off() {
    journey(async || {
        for offset in ["-3000d", "+3000d"] {
            let world = World::start(&crates(5)?).await?;
            let granary = world.home.product("granary")?;
            let mut command = std::process::Command::new("faketime");
            world.home.inhabit(&mut command);
            command.arg("-f").arg(offset).arg(granary.get_program());
            command
                .args(["restore", "--locked", "--json"])
                .current_dir(&world.project);
            Restored::of(world.home.run(&mut command)?)?
                .well()?
                .all_before_cargo_ran()?;
            world.check_offline()?;
        }
        Ok(())
    });
}
