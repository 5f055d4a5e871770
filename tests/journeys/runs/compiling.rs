//! `granary restore --build` and `--check`: trust, what the compiler says, and what a build script is given.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use journeys::until;
use serde_json::Value;

use super::{all, events};
use crate::journey;
use crate::weather::{Restored, World, crates};

#[test]
fn what_the_compiler_says_comes_with_file_and_line_and_in_colour() {
    journey(async || {
        let world = World::start(&crates(2)?).await?;
        let source = "pub fn a() -> u32 {\n    // Not a number.\n    \"text\"\n}\n";
        std::fs::write(world.project.join("src/lib.rs"), source)?;
        let ran = world
            .home
            .granary(&world.project, &["restore", "--build", "--json"])?;
        ensure!(ran.stderr.contains("projectRunsPrograms"), "{ran:?}");
        let failed = world.restore_with(&["--build", "--trust"])?.badly()?;
        let events = events(&failed.ran)?;
        let said = all(&events, "diagnosed", "diagnostics");
        let error = said
            .iter()
            .find(|said| said["code"] == "E0308")
            .context("E0308")?;
        let place = (&error["file"], &error["line"], &error["column"]);
        ensure!(
            (place.0.as_str(), place.1.as_u64(), place.2.as_u64()) == (Some("src/lib.rs"), Some(3), Some(5)),
            "{error}"
        );
        let lines = all(&events, "lines", "lines");
        let row = usize::try_from(error["row"].as_u64().context("a row")?)?;
        let line = &lines[row];
        let text = line["text"].as_str().unwrap_or_default();
        ensure!(
            line["source"] == "compiler" && line["level"] == "error" && text.contains("\u{1b}["),
            "{line}"
        );
        ensure!(failed.summary["verb"] == "build", "{}", failed.summary);
        let compiled = |phase: &Value| phase["phase"] == "compile";
        let phases = failed.summary["phases"].as_array().context("phases")?;
        ensure!(phases.iter().any(compiled), "{phases:?}");
        // The code is at fault, not the way to a feed.
        ensure!(
            !failed.ran.stdout.contains("\"diagnosis\""),
            "{}",
            failed.ran.stdout
        );
        std::fs::write(
            world.project.join("src/lib.rs"),
            "pub fn a() { let unused = 1; }\n",
        )?;
        let checked = world.restore_with(&["--check"])?.well()?;
        ensure!(checked.summary["verb"] == "check", "{}", checked.summary);
        let said = all(&super::events(&checked.ran)?, "diagnosed", "diagnostics");
        let codes = said.iter().map(|said| said["code"].as_str().unwrap_or_default());
        ensure!(codes.eq(["unused_variables"]), "{said:?}");
        world.restore_with(&["--build", "--release"])?.well()?;
        ensure!(world.project.join("target/release").is_dir(), "nothing was built");
        Ok(())
    });
}

#[test]
fn nothing_of_a_project_runs_before_it_is_trusted_and_another_origin_is_asked_about() {
    journey(async || {
        let world = World::start(&crates(2)?).await?;
        // What a build script would be given is what it writes down.
        let script = "fn main() { let all = std::env::vars().map(|(n, v)| format!(\"{n}={v}\\n\")).collect::<String>(); \
                      std::fs::write(\"ran.txt\", all).unwrap(); }";
        std::fs::write(world.project.join("build.rs"), script)?;
        let ran = world.project.join("ran.txt");
        let check = |arguments: &[&str]| -> Result<journeys::Ran> {
            let mut command = world.home.product("granary")?;
            command.current_dir(&world.project).args(arguments);
            command
                .env("GRANARY_TOKEN", "canary-of-a-token")
                .env("OF_THE_USER", "kept");
            world.home.run(&mut command)
        };
        let refused = check(&["restore", "--check", "--json"])?;
        ensure!(
            refused.code == Some(1) && refused.stderr.contains("build.rs") && !ran.exists(),
            "{refused:?}"
        );
        // To fetch runs nothing of it, and needs no trust.
        Restored::of(check(&["restore", "--json"])?)?.well()?;
        ensure!(!ran.exists(), "fetching ran the build script");
        // To trust what a fetch does is not to trust what a build does.
        Restored::of(check(&["restore", "--json", "--trust"])?)?.well()?;
        ensure!(check(&["restore", "--build"])?.code == Some(1), "it was built");
        Restored::of(check(&["restore", "--check", "--json", "--trust"])?)?.well()?;
        let given = std::fs::read_to_string(&ran)?;
        ensure!(given.contains("OF_THE_USER=kept"), "{given}");
        ensure!(
            !given.contains("canary-of-a-token"),
            "a build script was given a token"
        );
        Restored::of(check(&["restore", "--build", "--json"])?)?.well()?;
        // One more place that things come from is asked about.
        let lockfile = world.project.join("Cargo.lock");
        let more = "\n[[package]]\nname = \"stranger\"\nversion = \"1.0.0\"\nsource = \"git+https://stranger.example/x#0123456789012345678901234567890123456789\"\n";
        std::fs::write(&lockfile, std::fs::read_to_string(&lockfile)? + more)?;
        let refused = check(&["restore", "--build"])?;
        ensure!(refused.stderr.contains("projectRunsPrograms"), "{refused:?}");
        ensure!(refused.stderr.contains("stranger.example"), "{refused:?}");
        Ok(())
    });
}

/// A build script that leaves a mark beside itself.
fn marking(folder: &std::path::Path) -> Result<std::path::PathBuf> {
    let script = "fn main() { std::fs::write(\"ran.txt\", \"\").unwrap(); }";
    std::fs::write(folder.join("build.rs"), script)?;
    Ok(folder.join("ran.txt"))
}

#[test]
fn what_a_lock_file_does_not_tell_is_asked_about_before_it_is_compiled() {
    journey(async || {
        let world = World::start(&crates(1)?).await?;
        // A lock file that tells of nothing: cargo would add what is missing, and compile it.
        std::fs::write(world.project.join("Cargo.lock"), "version = 4\n")?;
        let ran = world.home.granary(&world.project, &["restore", "--build"])?;
        ensure!(
            ran.code == Some(1) && ran.stderr.contains("build scripts and macros of 1 crate"),
            "{ran:?}"
        );
        ensure!(!world.project.join("target").exists(), "it was built");
        // A package beside the workspace is no member, and has a build script nevertheless.
        let beside = world.project.with_file_name("beside");
        std::fs::create_dir_all(beside.join("src"))?;
        std::fs::write(beside.join("src/lib.rs"), "")?;
        let mark = marking(&beside)?;
        let manifest = "[package]\nname = \"beside\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n";
        std::fs::write(beside.join("Cargo.toml"), manifest)?;
        let manifest = world.project.join("Cargo.toml");
        let needs = std::fs::read_to_string(&manifest)? + "beside = { path = \"../beside\" }\n";
        std::fs::write(&manifest, needs)?;
        let ran = world.home.granary(&world.project, &["restore", "--build"])?;
        ensure!(ran.code == Some(1) && !mark.exists(), "{ran:?}");
        // Whoever trusts it all is not asked twice.
        world
            .home
            .granary(&world.project, &["restore", "--build", "--trust"])?
            .well()?;
        let shown = world.home.granary(&world.project, &["show"])?.well()?;
        ensure!(
            shown.stdout.contains("beside, which is used by its path"),
            "{}",
            shown.stdout
        );
        ensure!(mark.exists(), "it was not built");
        Ok(())
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_granary_that_is_killed_leaves_no_build_behind() {
    journey(async || {
        let world = World::start(&crates(1)?).await?;
        let script =
            "fn main() { std::fs::write(\"ran.txt\", \"\").unwrap(); loop { std::thread::park(); } }";
        std::fs::write(world.project.join("build.rs"), script)?;
        let mut command = world.home.product("granary")?;
        command
            .args(["restore", "--build", "--trust"])
            .current_dir(&world.project);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        until("the build script", async || {
            Ok(world.project.join("ran.txt").exists().then_some(()))
        })
        .await?;
        let all = || processes_in(&world.project);
        ensure!(
            all()?.len() >= 2,
            "cargo and its build script do not run: {:?}",
            all()?
        );
        child.kill()?;
        child.wait()?;
        until("the end of all of it", async || {
            Ok(all()?.is_empty().then_some(()))
        })
        .await
    });
}

/// The names of processes that stand in a folder.
#[cfg(target_os = "linux")]
fn processes_in(folder: &std::path::Path) -> Result<Vec<String>> {
    let here = folder.canonicalize()?;
    let processes = std::fs::read_dir("/proc")?.flatten();
    let in_folder = processes
        .filter(|process| std::fs::read_link(process.path().join("cwd")).is_ok_and(|stands| stands == here));
    Ok(in_folder
        .filter_map(|process| std::fs::read_to_string(process.path().join("comm")).ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| name != "granary")
        .collect())
}
