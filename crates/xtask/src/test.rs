//! `cargo xtask test`: every test and check there is. `cargo xtask soak`: those that take long.
//!
//! **Invariant**: every runner prints its own summary; one that fails stops none of the others.

use std::path::PathBuf;
use std::process::Command;

use crate::step::{Done, Fault, cargo, npm, root, said, step, target};
use crate::{run, system, ui};

/// The spelling checker, from Python's registry, where it is a ready-made program.
const TYPOS: &str = "1.52.0";
/// The finder of unused dependencies, built from source once.
const MACHETE: &str = "0.9.2";
/// Azure's own client for Python, which is held against our feeds; only the journeys use it.
const AZURE_CLIENT: &str = "7.1.0b4";
/// The fuzzer's driver, built from source once; `soak` only.
const FUZZ: &str = "0.13.2";
/// The checker of licences and bans, built from source once.
const DENY: &str = "0.20.2";

/// Installs what the tests need and runs every test there is, each to its end, whatever the others say.
pub(crate) fn test() -> Done {
    system::packages(&[system::BUILD, system::DRIVE, system::TEST])?;
    run::build(&["--workspace"])?;
    let screens = root().join("tests").join("screens");
    ui::install(&screens)?;
    let (typos, machete) = (typos()?, machete()?);
    azure_client()?;
    let ui = root().join("ui");
    let in_ui = |script: &str| {
        let mut command = npm();
        command.args(["run", script]).current_dir(&ui);
        command
    };
    let mut faults = Vec::new();
    let mut check = |name: &str, command: &mut Command| faults.extend(step(name, command).err());
    check("formatting", cargo().args(["fmt", "--all", "--check"]));
    check("spelling", Command::new(typos).current_dir(root()));
    check("unused dependencies", Command::new(machete).current_dir(root()));
    check("types of the page", &mut in_ui("check"));
    check("lint of the page", &mut in_ui("lint"));
    check(
        "clippy",
        cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    );
    check("tests of the page", &mut in_ui("test"));
    check("tests", cargo().args(["test", "--workspace", "--no-fail-fast"]));
    // Last, and in few lines: what failed is told at the end, and the end is what a log is opened at.
    check("screens", npm().arg("test").current_dir(&screens));
    summary(&faults)
}

/// Large feeds, restores, the program cargo asks for a token, the window: measured in release, against a floor in the same run.
pub(crate) fn bench(parts: &[&str]) -> Done {
    system::packages(&[system::BUILD, system::DRIVE])?;
    crate::ui::build()?;
    let packages = ["granary", "credentials", "journeys", "granary-desktop"]
        .iter()
        .flat_map(|package| ["--package", package]);
    let programs = [
        "granary",
        "cargo-credential-granary",
        "bench",
        "browser",
        "granary-desktop",
    ]
    .iter()
    .flat_map(|program| ["--bin", program]);
    step(
        "build in release",
        cargo()
            .args(["build", "--release"])
            .args(packages)
            .args(programs)
            .args(["--example", "empty"]),
    )?;
    let program = target()
        .join("release")
        .join(format!("bench{}", std::env::consts::EXE_SUFFIX));
    step("bench", Command::new(program).args(parts).current_dir(root()))
}

/// Long storms, fuzzers, and the licences and bans of the tree.
pub(crate) fn soak() -> Done {
    run::build(&["--workspace"])?;
    let mut faults = Vec::new();
    let mut check = |name: &str, command: &mut Command| faults.extend(step(name, command).err());
    let storm = ["test", "--workspace", "--test", "server", "--", "storm"];
    check("storms", cargo().args(storm).env("GRANARY_STORM_ROUNDS", "200"));
    let kills = [
        "test",
        "--workspace",
        "--test",
        "journeys",
        "--",
        "weather::together::killed",
    ];
    check("kills", cargo().args(kills).env("GRANARY_STORM_ROUNDS", "100"));
    fuzz(&mut check)?;
    let deny = installed("cargo-deny", DENY)?;
    // Its advisory database lies on the internet and is not asked here.
    check(
        "licences and bans",
        Command::new(deny)
            .args(["check", "licenses", "bans", "sources"])
            .current_dir(root()),
    );
    summary(&faults)
}

/// Looks for texts that break readers, from the corpus on; a reader has a minute.
fn fuzz(check: &mut dyn FnMut(&str, &mut Command)) -> Done {
    let fuzzer = installed("cargo-fuzz", FUZZ)?;
    for (target, seeds) in [("config", "config"), ("lockfile", "lock"), ("output", "output")] {
        let corpus = root().join("tests").join("fixtures").join("fuzz").join(seeds);
        let found = self::target().join("fuzz").join(target);
        std::fs::create_dir_all(&found)
            .map_err(|error| Fault(format!("`{}` cannot be made: {error}", found.display())))?;
        let mut command = Command::new(&fuzzer);
        command.args(["run", target]).args([&found, &corpus]);
        command.args(["--", "-max_total_time=60", "-timeout=10", "-max_len=8192"]);
        // The fuzzer asks for flags that are not stable yet.
        command.current_dir(root()).env("RUSTC_BOOTSTRAP", "1");
        check(&format!("fuzzing {target}"), &mut command);
    }
    Ok(())
}

/// Writes the window's types from the shell's commands.
pub(crate) fn bindings() -> Done {
    let test = [
        "test",
        "--workspace",
        "--bin",
        "granary-desktop",
        "--",
        "bindings",
    ];
    step("bindings", cargo().args(test).env("GRANARY_WRITE_BINDINGS", "1"))
}

fn summary(faults: &[Fault]) -> Done {
    match faults {
        [] => {
            println!("\nAll checks passed.");
            Ok(())
        }
        faults => Err(Fault(
            faults
                .iter()
                .map(|Fault(text)| text.as_str())
                .collect::<Vec<_>>()
                .join("\n       "),
        )),
    }
}

/// A spelling checker in a Python environment of its own.
fn typos() -> Done<PathBuf> {
    let bin = python_tool(&format!("typos-{TYPOS}"), &format!("typos=={TYPOS}"))?;
    Ok(bin.join(format!("typos{}", std::env::consts::EXE_SUFFIX)))
}

/// Azure's client for Python; the journeys find it by the folder's name, which therefore has no version.
fn azure_client() -> Done {
    python_tool("azure-devops", &format!("azure-devops=={AZURE_CLIENT}")).map(drop)
}

/// The programs' folder of a Python environment that has a package, made where it is missing or has another version.
fn python_tool(name: &str, wanted: &str) -> Done<PathBuf> {
    let folder = target().join("tools").join(name);
    let bin = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let noted = folder.join("installed");
    if std::fs::read_to_string(&noted).is_ok_and(|installed| installed == wanted) {
        return Ok(bin);
    }
    let python = if cfg!(windows) { "python" } else { "python3" };
    step(
        &format!("a Python environment for {wanted}"),
        Command::new(python).args(["-m", "venv"]).arg(&folder),
    )?;
    step(
        wanted,
        Command::new(bin.join("pip")).args(["install", "--quiet", wanted]),
    )?;
    // Written last: an environment that was only half made is made again.
    std::fs::write(&noted, wanted)
        .map_err(|error| Fault(format!("`{}` cannot be written: {error}", noted.display())))?;
    Ok(bin)
}

fn machete() -> Done<PathBuf> {
    installed("cargo-machete", MACHETE)
}

/// A cargo tool in a folder of our own, built if it is not there.
fn installed(name: &str, version: &str) -> Done<PathBuf> {
    let folder = target().join("tools").join(format!("{name}-{version}"));
    let program = folder
        .join("bin")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if said(Command::new(&program).arg("--version")).is_none() {
        let mut install = cargo();
        install
            .args([
                "install",
                name,
                "--version",
                version,
                "--locked",
                "--quiet",
                "--root",
            ])
            .arg(&folder);
        // Not into the workspace's own target folder, whose lock a waiting build may hold.
        step(
            name,
            install.env("CARGO_TARGET_DIR", target().join("tools").join("build")),
        )?;
    }
    Ok(program)
}
