//! Reading projects: what `granary show` says of a folder is what real cargo says of it, and no folder harms it.

mod config;
#[cfg(target_os = "linux")]
mod hostile;
mod members;
mod picture;
#[cfg(unix)]
mod providers;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use journeys::TestHome;
use serde_json::Value;

/// A home in which nobody listens: reading a project asks no network.
fn home() -> Result<TestHome> {
    TestHome::with_crates_io("sparse+http://127.0.0.1:9/")
}

/// Says what was not looked at, and why: on standard error itself, since what a test that passes prints is not shown.
pub(crate) fn skip(what: &str) -> Result<()> {
    writeln!(std::io::stderr(), "skipped: {what}").context("standard error")
}

/// A folder of the samples.
fn samples(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    fixtures.join("projects").join(name)
}

/// A copy of a folder, at a place that is not there yet.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &to)?,
            false => drop(std::fs::copy(entry.path(), to)?),
        }
    }
    Ok(())
}

/// The names of what is in a folder, sorted.
fn entries(folder: &Path) -> Result<Vec<String>> {
    let entries =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut entries = entries.collect::<Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::create_dir_all(path.parent().context("a folder")?)?;
    std::fs::write(path, text).with_context(|| path.display().to_string())
}

/// An array of an answer; empty where there is none.
fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}
