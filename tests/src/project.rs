//! The sample projects, copied out of the repository before use: inside it they would join its workspace.
//!
//! **Invariant**: a copy differs from the fixture only where it must: the port of the private feeds, and the checksum
//! of the private crate, which depends on the cargo that packages it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::home::TestHome;

/// The port that stands in the fixture's lock file.
const FIXTURE_PORT: &str = "127.0.0.1:8717";
/// The checksum that stands there.
const FIXTURE_CHECKSUM: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// `contoso-greeting`: a private crate.
#[derive(Debug)]
pub struct SampleCrate {
    /// Its folder.
    pub folder: PathBuf,
}

/// `telemetry-relay`: a workspace of two that locks more than a hundred crates, one of them private.
#[derive(Debug)]
pub struct SampleProject {
    /// Its folder.
    pub folder: PathBuf,
}

impl SampleCrate {
    /// A copy in the user's `src`, committed to git.
    pub fn copy_to(home: &TestHome) -> Result<Self> {
        let folder = copy(home, "contoso-greeting")?;
        commit(home, &folder)?;
        Ok(Self { folder })
    }

    /// Publishes it to `internal` with plain cargo; answers the checksum the feed's index gives it.
    pub async fn publish(&self, home: &TestHome) -> Result<String> {
        home.cargo(&self.folder, &["publish", "--allow-dirty"])?.well()?;
        let entry = home.ask_feed("internal", "co/nt/contoso-greeting").await?;
        let entry: serde_json::Value =
            serde_json::from_str(entry.trim()).context("one version was published")?;
        Ok(entry["cksum"].as_str().context("a checksum")?.to_owned())
    }
}

impl SampleProject {
    /// A copy in the user's `src`, as a colleague committed it once `contoso-greeting` was published.
    pub fn copy_to(home: &TestHome, checksum: &str) -> Result<Self> {
        let folder = copy(home, "telemetry-relay")?;
        let lock = std::fs::read_to_string(folder.join("Cargo.lock")).context("the sample's lock file")?;
        let lock = lock.replace(FIXTURE_PORT, &format!("127.0.0.1:{}", home.port()));
        std::fs::write(
            folder.join("Cargo.lock"),
            lock.replace(FIXTURE_CHECKSUM, checksum),
        )?;
        commit(home, &folder)?;
        Ok(Self { folder })
    }

    /// The lines of the lock file that name a source, without repetition, sorted.
    pub fn locked_sources(&self) -> Result<Vec<String>> {
        let lock = std::fs::read_to_string(self.folder.join("Cargo.lock"))?;
        let mut sources = lock
            .lines()
            .filter_map(|line| line.strip_prefix("source = "))
            .collect::<Vec<_>>();
        sources.sort_unstable();
        sources.dedup();
        Ok(sources
            .into_iter()
            .map(|source| source.trim_matches('"').to_owned())
            .collect())
    }

    /// What git says has changed, file by file: the added and removed lines.
    pub fn changed_lines(&self, home: &TestHome) -> Result<Vec<String>> {
        home.git(&self.folder, &["add", "--intent-to-add", "."])?;
        let diff = home.git(&self.folder, &["diff", "--unified=0"])?.stdout;
        let is_change = |line: &&str| {
            (line.starts_with('+') || line.starts_with('-'))
                && !line.starts_with("+++")
                && !line.starts_with("---")
        };
        Ok(diff.lines().filter(is_change).map(str::to_owned).collect())
    }
}

fn copy(home: &TestHome, name: &str) -> Result<PathBuf> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join("projects")
        .join(name);
    let to = home.user().join("src").join(name);
    copy_folder(&from, &to).with_context(|| format!("copying the sample `{name}`"))?;
    Ok(to)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match entry.file_type()?.is_dir() {
            true => copy_folder(&from, &to)?,
            false => drop(std::fs::copy(from, to)?),
        }
    }
    Ok(())
}

fn commit(home: &TestHome, folder: &Path) -> Result<()> {
    home.git(folder, &["init", "--quiet"])?;
    home.git(folder, &["add", "--all"])?;
    home.git(folder, &["commit", "--quiet", "--message", "As it was"])?;
    Ok(())
}
