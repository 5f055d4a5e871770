//! What reading a large project costs: a workspace of 200 members with 1,000 locked packages and config in three places.
//!
//! The floor is the program's start. Both are asked in turn, so that other load falls on both alike.
//!
//! **Invariant**: every answer is looked at, so that no failure is ever measured.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use journeys::TestHome;
use serde_json::Value;

const MEMBERS: usize = 200;
const PACKAGES: usize = 1000;
const ROUNDS: usize = 30;
/// How often before the figures begin, so that program and files are in the computer's memory.
const WARMING: usize = 3;
/// What a dropped folder may take until it is on screen.
const WANTED: Duration = Duration::from_millis(300);

pub(crate) async fn measure() -> Result<()> {
    let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
    let folder = workspace(&home)?;
    let floor = || -> Result<Duration> {
        let start = Instant::now();
        home.granary(&folder, &["--version"])?.well()?;
        Ok(start.elapsed())
    };
    let (mut floors, mut shows) = (Vec::new(), Vec::new());
    for round in 0..WARMING + ROUNDS {
        let (floor, show) = (floor()?, show(&home, &folder)?);
        if round >= WARMING {
            floors.push(floor);
            shows.push(show);
        }
    }
    let (floor, _) = middle_and_most(&mut floors)?;
    println!(
        "A workspace of {MEMBERS} members, {PACKAGES} locked packages, {ROUNDS} rounds; wanted is less than {WANTED:?}\n"
    );
    println!("| what | median | most | against the floor |");
    println!("| --- | --- | --- | --- |");
    for (what, times) in [
        ("the floor: `granary --version`", &mut floors),
        ("`granary show --json`", &mut shows),
    ] {
        let (median, most) = middle_and_most(times)?;
        let ratio = median.as_secs_f64() / floor.as_secs_f64();
        println!(
            "| {what} | {} | {} | {ratio:.2} |",
            milliseconds(median),
            milliseconds(most)
        );
    }
    Ok(())
}

fn show(home: &TestHome, folder: &Path) -> Result<Duration> {
    let start = Instant::now();
    let ran = home.granary(folder, &["show", "--json"])?;
    let took = start.elapsed();
    let shown: Value = serde_json::from_str(&ran.well()?.stdout)?;
    let number = |key: &str| shown[key].as_array().map_or(0, Vec::len);
    ensure!(
        number("members") == MEMBERS,
        "{} members were found",
        number("members")
    );
    ensure!(
        number("locked") == PACKAGES,
        "{} packages were found",
        number("locked")
    );
    ensure!(
        number("settings") > 50,
        "{} settings were found",
        number("settings")
    );
    Ok(took)
}

/// Each member needs the one before it; the lock file has them all, and as many others as it takes.
fn workspace(home: &TestHome) -> Result<PathBuf> {
    let folder = home.user().join("src/large");
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        std::fs::write(path, text).context("a file of the workspace")
    };
    write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n[workspace.package]\nversion = \"1.0.0\"\nrust-version = \"1.85\"\n",
    )?;
    let mut lock = "version = 4\n".to_owned();
    for number in 0..MEMBERS {
        let needs = match number {
            0 => String::new(),
            _ => format!(
                "before = {{ package = \"member-{0}\", path = \"../member-{0}\" }}\n",
                number - 1
            ),
        };
        let manifest = format!(
            "[package]\nname = \"member-{number}\"\nversion.workspace = true\nrust-version.workspace = true\nedition = \"2024\"\n\n\
             [dependencies]\nserde = {{ version = \"1\", features = [\"derive\"] }}\ntokio = \"1\"\n{needs}"
        );
        write(&format!("crates/member-{number}/Cargo.toml"), &manifest)?;
        write(&format!("crates/member-{number}/src/lib.rs"), "")?;
        lock += &format!("\n[[package]]\nname = \"member-{number}\"\nversion = \"1.0.0\"\n");
    }
    for number in MEMBERS..PACKAGES {
        lock += &format!(
            "\n[[package]]\nname = \"other-{number}\"\nversion = \"1.0.{number}\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{}\"\n\
             dependencies = [\n \"member-0\",\n \"member-1\",\n \"member-2\",\n]\n",
            "a".repeat(64)
        );
    }
    write("Cargo.lock", &lock)?;
    for (number, config) in [
        folder.join(".cargo"),
        home.user().join("src/.cargo"),
        home.cargo_home(),
    ]
    .iter()
    .enumerate()
    {
        std::fs::create_dir_all(config)?;
        let entry = |name: usize| {
            format!(
                "[registries.feed-{name}]\nindex = \"sparse+https://pkgs.dev.azure.com/contoso/_packaging/feed-{name}/Cargo/index/\"\n"
            )
        };
        let names = number * 10..number * 10 + 30;
        let text = format!(
            "[build]\nrustflags = [\"--cfg\", \"at_{number}\"]\n\n{}",
            names.map(entry).collect::<String>()
        );
        std::fs::write(config.join("config.toml"), text)?;
    }
    Ok(folder)
}

fn middle_and_most(times: &mut [Duration]) -> Result<(Duration, Duration)> {
    times.sort_unstable();
    let median = times.get(times.len() / 2).context("no rounds")?;
    Ok((*median, *times.last().context("no rounds")?))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
