//! What a restore leaves on the disk is what plain cargo leaves, for every toolchain that is here.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use journeys::replay::Manner;

use super::{Restored, World, crates};
use crate::journey;

/// Everything below a folder: for a file its bytes, its permissions and, where cargo sets it, its time.
fn tree(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).with_context(|| next.display().to_string())? {
            let path = entry?.path();
            let about = path.symlink_metadata()?;
            let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
            if about.is_dir() {
                folders.push(path);
                found.insert(name, format!("folder {}", mode(&about)));
                continue;
            }
            ensure!(about.is_file(), "`{name}` is neither a file nor a folder");
            let bytes = std::fs::read(&path)?;
            let is_unpacked = name.starts_with("src/") && !name.ends_with(".cargo-ok");
            let time = about.modified()?.duration_since(std::time::UNIX_EPOCH)?.as_secs();
            let time = if is_unpacked { time } else { 0 };
            let sum = super::Krate {
                name: String::new(),
                version: String::new(),
                file: bytes,
            }
            .checksum();
            found.insert(name, format!("file {} {time} {sum}", mode(&about)));
        }
    }
    Ok(found)
}

#[cfg(unix)]
fn mode(about: &std::fs::Metadata) -> String {
    use std::os::unix::fs::PermissionsExt;
    format!("{:o}", about.permissions().mode() & 0o7777)
}

#[cfg(not(unix))]
fn mode(_: &std::fs::Metadata) -> String {
    String::new()
}

pub(super) fn check_equal(expected: &Path, found: &Path) -> Result<()> {
    let (expected, found) = (tree(expected)?, tree(found)?);
    ensure!(expected.len() > 10, "plain cargo left nothing");
    let missing = expected
        .iter()
        .filter(|(name, what)| found.get(*name) != Some(what));
    let missing = missing.map(|(name, what)| format!("cargo: {name} {what}; here: {:?}", found.get(name)));
    let more = found
        .keys()
        .filter(|name| !expected.contains_key(*name))
        .map(|name| format!("only here: {name}"));
    let differences = missing.chain(more).collect::<Vec<_>>();
    ensure!(differences.is_empty(), "{}", differences.join("\n"));
    Ok(())
}

fn toolchains() -> Result<Vec<String>> {
    let listed = Command::new("rustup").args(["toolchain", "list"]).output();
    let Ok(listed) = listed else { return Ok(Vec::new()) };
    let text = String::from_utf8(listed.stdout)?;
    Ok(text
        .lines()
        .filter_map(|line| Some(line.split_whitespace().next()?.to_owned()))
        .collect())
}

#[test]
fn a_restore_leaves_what_plain_cargo_leaves_with_every_toolchain() {
    journey(async || {
        let mut toolchains = toolchains()?;
        if toolchains.is_empty() {
            // Without rustup there is one cargo, and it has no name.
            toolchains.push(String::new());
        }
        for toolchain in toolchains {
            let world = World::start(&crates(24)?).await?;
            let run = |program: &str, cargo_home: &Path, arguments: &[&str]| {
                let mut command = match program {
                    "cargo" => Command::new("cargo"),
                    product => world.home.product(product)?,
                };
                world.home.inhabit(&mut command);
                if !toolchain.is_empty() {
                    command.env("RUSTUP_TOOLCHAIN", &toolchain);
                }
                command
                    .env("CARGO_HOME", cargo_home)
                    .current_dir(&world.project)
                    .args(arguments);
                world.home.run(&mut command)
            };
            let ours = world.home.cargo_home();
            // By a file in one, by a variable in the other: it is the project's cargo that counts.
            let chosen = world.project.join("rust-toolchain.toml");
            if !toolchain.is_empty() {
                std::fs::write(&chosen, format!("[toolchain]\nchannel = \"{toolchain}\"\n"))?;
            }
            let mut granary = world.home.product("granary")?;
            granary.env("CARGO_HOME", &ours).current_dir(&world.project);
            granary.args(["restore", "--locked", "--json"]);
            let restored = Restored::of(world.home.run(&mut granary)?)?;
            restored
                .well()?
                .all_before_cargo_ran()
                .with_context(|| toolchain.clone())?;
            let plain = world.home.path().join("plain");
            std::fs::create_dir(&plain)?;
            world.point(&plain)?;
            run("cargo", &plain, &["fetch", "--locked"])?.well()?;
            check_equal(&plain.join("registry"), &ours.join("registry"))
                .with_context(|| toolchain.clone())?;
            run("cargo", &ours, &["fetch", "--locked", "--offline"])?.well()?;
        }
        Ok(())
    });
}

#[test]
fn over_http_2_with_an_authority_of_its_own_all_comes_before_cargo_runs() {
    journey(async || {
        let manner = Manner {
            secure: true,
            redirects: true,
            ..Manner::default()
        };
        let world = World::start_in(&crates(24)?, manner).await?;
        let restored = world.restore()?.well()?.all_before_cargo_ran()?;
        ensure!(
            restored.summary["cargoAloneSeconds"].is_null(),
            "{}",
            restored.summary
        );
        ensure!(restored.summary["downloaded"] == 24, "{}", restored.summary);
        world.check_offline()?;
        world.check_as_cargo_leaves_it()
    });
}
