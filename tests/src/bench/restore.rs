//! What a restore costs, as ratios against bare cargo in the same run, pairs of both in turns.
//!
//! The lock file is this repository's own; what a feed answered for it comes from memory, each answer after a while, as
//! over a network. `CARGO_HOME` is empty before each run, and lies in memory so that the disk's noise stays out.
//!
//! **Invariant**: both sides ask the same registry in the same manner.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use journeys::replay::{Manner, Recorded, Replay};
use journeys::{TestHome, require_crates_io};

/// How often each pair is measured; the median counts.
const PAIRS: usize = 5;

pub(crate) async fn measure() -> Result<()> {
    require_crates_io().await?;
    let home = TestHome::new()?;
    let project = project(&home)?;
    let recorded = recorded(&home, &project).await?;
    let bytes = recorded.size();
    println!(
        "{} crates and {} index files, {:.1} MB; `CARGO_HOME` in memory and empty each time; medians of {PAIRS} pairs in turns\n",
        recorded.paths().filter(|path| path.contains('.')).count(),
        recorded.paths().filter(|path| !path.contains('.')).count(),
        bytes as f64 / 1e6
    );
    println!("| case | bare cargo | Granary | ratio |\n| --- | --- | --- | --- |");
    let case = async |what: &str, manner: Manner| -> Result<()> {
        let replay = Replay::start(recorded.clone(), manner).await?;
        let measured = Case::of(&home, &project, &replay, Place::Memory)?;
        let (cargo, granary) = measured.pairs(Cache::Empty)?;
        row(what, cargo, granary);
        Ok(())
    };
    let plain = |milliseconds| Manner {
        delay: Duration::from_millis(milliseconds),
        redirects: true,
        ..Manner::default()
    };
    case("HTTP/1.1, 40 ms, redirect to a second host", plain(40)).await?;
    case("the same at 10 ms", plain(10)).await?;
    case("the same at 0 ms", plain(0)).await?;
    let secure = Manner {
        secure: true,
        ..plain(40)
    };
    case("HTTP/2 over TLS, a private authority, 40 ms", secure).await?;
    let replay = Replay::start(recorded.clone(), plain(40)).await?;
    let (cargo, granary) = Case::of(&home, &project, &replay, Place::Memory)?.pairs(Cache::Full)?;
    row("everything cached", cargo, granary);
    floor(&home, &project, &recorded).await
}

/// The same on the disk, for the record; and how right the time left is that is told.
pub(crate) async fn measure_more() -> Result<()> {
    require_crates_io().await?;
    let home = TestHome::new()?;
    let project = project(&home)?;
    let recorded = recorded(&home, &project).await?;
    time_left(&home, &project, &recorded).await?;
    println!("\n| case | bare cargo | Granary | ratio |\n| --- | --- | --- | --- |");
    let manner = Manner {
        delay: Duration::from_millis(10),
        redirects: true,
        ..Manner::default()
    };
    let replay = Replay::start(recorded, manner).await?;
    let (cargo, granary) = Case::of(&home, &project, &replay, Place::Disk)?.pairs(Cache::Empty)?;
    row("10 ms, `CARGO_HOME` on this disk", cargo, granary);
    Ok(())
}

fn row(what: &str, cargo: Duration, granary: Duration) {
    let (cargo, granary) = (cargo.as_secs_f64(), granary.as_secs_f64());
    println!(
        "| {what} | {cargo:.2} s | {granary:.2} s | {:.3} |",
        granary / cargo
    );
}

/// The prefetch alone against a plain downloader: the same bytes, over as many connections, and nothing done with them.
async fn floor(home: &TestHome, project: &Path, recorded: &Recorded) -> Result<()> {
    let manner = Manner {
        delay: Duration::from_millis(40),
        redirects: true,
        ..Manner::default()
    };
    let replay = Replay::start(recorded.clone(), manner).await?;
    let case = Case::of(home, project, &replay, Place::Memory)?;
    let (mut floors, mut phases) = (Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        let start = Instant::now();
        replay.fetched_plainly(64).await?;
        floors.push(start.elapsed());
        case.forget()?;
        phases.push(case.prefetched()?);
    }
    let (floor, phase) = (median(floors), median(phases));
    println!(
        "\n| 40 ms, 64 connections | plain downloader | Granary before cargo runs | ratio |\n| --- | --- | --- | --- |"
    );
    row("the same bytes", floor, phase);
    Ok(())
}

/// How right the time left is that a restore tells, after its first quarter: each time it is told, against the time it took.
async fn time_left(home: &TestHome, project: &Path, recorded: &Recorded) -> Result<()> {
    println!(
        "| time left, told after the first quarter | took | times told | off by, median | 95 of 100 within | most |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for (what, milliseconds) in [("40 ms", 40), ("400 ms", 400), ("1,500 ms", 1500)] {
        let manner = Manner {
            delay: Duration::from_millis(milliseconds),
            redirects: true,
            ..Manner::default()
        };
        let replay = Replay::start(recorded.clone(), manner).await?;
        let case = Case::of(home, project, &replay, Place::Memory)?;
        let (took, told) = case.told()?;
        let after = told.iter().filter(|(at, _)| *at >= took / 4.0);
        // Of the whole time, as one looks at a bar: of what is left, the last tenth of a second would weigh as much as all else.
        let mut off = after
            .map(|(at, left)| 100.0 * ((took - at) - left).abs() / took)
            .collect::<Vec<_>>();
        off.sort_by(f64::total_cmp);
        let at = |share: usize| off.get((off.len() * share / 100).min(off.len().saturating_sub(1)));
        let shown = |share| at(share).map_or("-".to_owned(), |off| format!("{off:.0} %"));
        println!(
            "| {what} | {took:.1} s | {} | {} | {} | {} |",
            off.len(),
            shown(50),
            shown(95),
            shown(100)
        );
    }
    Ok(())
}

/// The repository's own manifests and lock file, with nothing in them to build.
fn project(home: &TestHome) -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the root")?;
    let folder = home.user().join("workspace");
    let copy = |path: &str| -> Result<()> {
        let to = folder.join(path);
        std::fs::create_dir_all(to.parent().context("a folder")?)?;
        std::fs::copy(root.join(path), to)
            .map(drop)
            .context(path.to_owned())
    };
    copy("Cargo.toml")?;
    copy("Cargo.lock")?;
    let manifest: toml::Table = std::fs::read_to_string(root.join("Cargo.toml"))?.parse()?;
    for member in manifest["workspace"]["members"].as_array().context("members")? {
        let member = member.as_str().context("a member")?;
        copy(&format!("{member}/Cargo.toml"))?;
        // Targets that the manifest names must be there, and one that needs no name.
        let own: toml::Table = std::fs::read_to_string(root.join(member).join("Cargo.toml"))?.parse()?;
        let targets = ["lib", "bin", "test", "bench", "example"]
            .iter()
            .filter_map(|kind| own.get(*kind));
        let lists = targets.flat_map(|targets| match targets {
            toml::Value::Array(targets) => targets.clone(),
            target => vec![target.clone()],
        });
        let mut paths = lists
            .filter_map(|target| Some(target.get("path")?.as_str()?.to_owned()))
            .collect::<Vec<_>>();
        paths.extend(["src/lib.rs", "src/main.rs"].map(str::to_owned));
        let examples = std::fs::read_dir(root.join(member).join("src/bin"))
            .into_iter()
            .flatten()
            .flatten();
        paths.extend(examples.map(|entry| format!("src/bin/{}", entry.file_name().to_string_lossy())));
        for path in paths {
            let to = folder.join(member).join(path);
            std::fs::create_dir_all(to.parent().context("a folder")?)?;
            std::fs::write(to, "")?;
        }
    }
    Ok(folder)
}

async fn recorded(home: &TestHome, project: &Path) -> Result<Recorded> {
    home.granary(
        home.path(),
        &["feed", "create", "local/main/upstream", "--upstream", "crates.io"],
    )?
    .well()?;
    let _serving = home.serve()?;
    Recorded::of(home, "upstream", &project.join("Cargo.lock")).await
}

/// What cargo's cache holds before a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cache {
    Empty,
    Full,
}

/// Where `CARGO_HOME` lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Memory,
    Disk,
}

/// One registry, and a `CARGO_HOME` that names it.
struct Case<'a> {
    home: &'a TestHome,
    project: &'a Path,
    cargo_home: tempfile::TempDir,
}

impl<'a> Case<'a> {
    fn of(home: &'a TestHome, project: &'a Path, replay: &Replay, place: Place) -> Result<Self> {
        let memory = Path::new("/dev/shm");
        let cargo_home = match memory.is_dir() && place == Place::Memory {
            true => tempfile::tempdir_in(memory)?,
            false => tempfile::tempdir()?,
        };
        let mut config = format!(
            "[source.crates-io]\nreplace-with = \"replay\"\n[source.replay]\nregistry = \"{}\"\n",
            replay.index_url()
        );
        if let Some(authority) = replay.authority() {
            std::fs::write(cargo_home.path().join("authority.pem"), authority)?;
            let file = cargo_home.path().join("authority.pem");
            config += &format!("[http]\ncainfo = '{}'\n", file.display());
        }
        std::fs::write(cargo_home.path().join("config.toml"), config)?;
        Ok(Self {
            home,
            project,
            cargo_home,
        })
    }

    fn forget(&self) -> Result<()> {
        for name in ["registry", ".global-cache"] {
            let path = self.cargo_home.path().join(name);
            match path.is_dir() {
                true => std::fs::remove_dir_all(path)?,
                false if path.exists() => std::fs::remove_file(path)?,
                false => {}
            }
        }
        Ok(())
    }

    fn ran(&self, mut command: std::process::Command, arguments: &[&str]) -> Result<(Duration, String)> {
        command.env("CARGO_HOME", self.cargo_home.path());
        command.current_dir(self.project).args(arguments);
        let start = Instant::now();
        let ran = self.home.run(&mut command)?.well()?;
        Ok((start.elapsed(), ran.stdout))
    }

    fn cargo(&self) -> Result<Duration> {
        let mut command = std::process::Command::new("cargo");
        self.home.inhabit(&mut command);
        Ok(self.ran(command, &["fetch", "--locked"])?.0)
    }

    fn granary(&self) -> Result<Duration> {
        Ok(self
            .ran(self.home.product("granary")?, &["restore", "--locked"])?
            .0)
    }

    /// How long a restore took until cargo ran.
    fn prefetched(&self) -> Result<Duration> {
        let (_, told) = self.ran(self.home.product("granary")?, &["restore", "--locked", "--json"])?;
        let last = told.lines().last().context("a summary")?;
        let last: serde_json::Value = serde_json::from_str(last)?;
        let phases = last["summary"]["phases"].as_array().context("phases")?;
        let fetching = phases
            .iter()
            .filter(|each| each["phase"] == "index" || each["phase"] == "download");
        let seconds = fetching.filter_map(|each| each["seconds"].as_f64()).sum::<f64>();
        ensure!(seconds > 0.0, "{last}");
        Ok(Duration::from_secs_f64(seconds))
    }

    /// How long a restore took, and when it told which time was left, all in seconds.
    fn told(&self) -> Result<(f64, Vec<(f64, f64)>)> {
        let mut command = self.home.product("granary")?;
        command.env("CARGO_HOME", self.cargo_home.path());
        command
            .current_dir(self.project)
            .args(["restore", "--locked", "--json"])
            .stdout(std::process::Stdio::piped());
        let mut child = command.spawn()?;
        let out = child.stdout.take().context("its output")?;
        let (mut start, mut told) = (Instant::now(), Vec::new());
        for line in std::io::BufRead::lines(std::io::BufReader::new(out)) {
            let event: serde_json::Value = serde_json::from_str(&line?)?;
            if event["type"] == "started" {
                start = Instant::now();
            }
            if let Some(left) = event["progress"]["secondsLeft"].as_f64() {
                told.push((start.elapsed().as_secs_f64(), left));
            }
        }
        let took = start.elapsed().as_secs_f64();
        ensure!(child.wait()?.success(), "the restore failed");
        Ok((took, told))
    }

    fn pairs(&self, cache: Cache) -> Result<(Duration, Duration)> {
        let (mut cargo, mut granary) = (Vec::new(), Vec::new());
        self.cargo()?;
        for _ in 0..PAIRS {
            if cache == Cache::Empty {
                self.forget()?;
            }
            cargo.push(self.cargo()?);
            if cache == Cache::Empty {
                self.forget()?;
            }
            granary.push(self.granary()?);
        }
        Ok((median(cargo), median(granary)))
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
