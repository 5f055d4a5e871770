//! What a restore costs, as ratios against plain cargo in the same run.
//!
//! **Invariant**: cargo's cache is empty before each measured fetch.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use journeys::{TestHome, require_crates_io};

/// How often each is measured; the median counts.
const ROUNDS: usize = 5;

const MANIFEST: &str = r#"[package]
name = "bench"
version = "0.1.0"
edition = "2021"
[dependencies]
chrono = "0.4"
serde = { version = "1", features = ["derive"] }
serde_json = "1"
tempfile = "3"
tokio = { version = "1", features = ["full"] }
url = "2"
"#;

pub(crate) async fn measure() -> Result<()> {
    require_crates_io().await?;
    let home = TestHome::new()?;
    home.granary(
        home.path(),
        &["feed", "create", "local/main/upstream", "--upstream", "crates.io"],
    )?
    .well()?;
    let direct = package(&home, "direct")?;
    home.cargo(&direct, &["generate-lockfile"])?.well()?;
    let through = package(&home, "through")?;
    std::fs::copy(direct.join("Cargo.lock"), through.join("Cargo.lock"))?;
    home.granary(&through, &["connect", "--feed", "local/main/upstream"])?
        .well()?;
    let _serving = home.serve()?;

    let crates = std::fs::read_to_string(direct.join("Cargo.lock"))?
        .matches("\nchecksum = ")
        .count();
    let plain = median(&home, || {
        home.cargo(&direct, &["fetch", "--locked"])?.well().map(drop)
    })?;
    let first = once(&home, || {
        home.cargo(&through, &["fetch", "--locked"])?.well().map(drop)
    })?;
    let warm = median(&home, || {
        home.cargo(&through, &["fetch", "--locked"])?.well().map(drop)
    })?;
    let restore = median(&home, || {
        home.granary(&through, &["restore", "--locked"])?.well().map(drop)
    })?;

    let ratio = |time: Duration| time.as_secs_f64() / plain.as_secs_f64();
    let row = |what: &str, time: Duration| {
        println!("| {what} | {:.2} s | {:.2} |", time.as_secs_f64(), ratio(time))
    };
    println!("{crates} crates, an empty cargo cache each time, median of {ROUNDS}\n");
    println!("| what | time | against plain cargo |\n| --- | --- | --- |");
    row("plain `cargo fetch`, straight from crates.io", plain);
    row("`cargo fetch` through a feed that has nothing yet (once)", first);
    row("`cargo fetch` through a feed that has all", warm);
    row("`granary restore` through a feed that has all", restore);
    Ok(())
}

fn package(home: &TestHome, name: &str) -> Result<PathBuf> {
    let folder = home.user().join(name);
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/lib.rs"), "")?;
    std::fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    Ok(folder)
}

fn once(home: &TestHome, run: impl Fn() -> Result<()>) -> Result<Duration> {
    forget(&home.cargo_home().join("registry"))?;
    let start = Instant::now();
    run()?;
    Ok(start.elapsed())
}

fn median(home: &TestHome, run: impl Fn() -> Result<()>) -> Result<Duration> {
    let mut times = (0..ROUNDS)
        .map(|_| once(home, &run))
        .collect::<Result<Vec<_>>>()?;
    times.sort_unstable();
    Ok(times[ROUNDS / 2])
}

fn forget(folder: &Path) -> Result<()> {
    if folder.exists() {
        Ok(std::fs::remove_dir_all(folder)?)
    } else {
        Ok(())
    }
}
