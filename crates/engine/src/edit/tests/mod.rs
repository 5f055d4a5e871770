//! Edits as a whole: on files as people write them, and on files nobody would.
//!
//! **Invariant**: plans only; what applying does is tested beside it.

mod fixtures;
mod properties;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::plan::{Originals, Plan, plan};
use super::{Change, Connect, ConnectMode, Error, RegistryEntry};
use crate::project::{Layer, Layers, Place};

/// Files by their paths from a folder.
type Files = BTreeMap<PathBuf, String>;

fn index_of(feed: &str) -> String {
    format!("sparse+http://127.0.0.1:8717/local/main/_packaging/{feed}/Cargo/index/")
}

fn connect(upstream: Option<&str>, internal: Option<&str>, mode: ConnectMode) -> Connect {
    let entry = |feed: &str| RegistryEntry {
        name: feed.to_owned(),
        index_url: index_of(feed),
        is_known: false,
    };
    let config = match mode {
        ConnectMode::Committed => ".cargo/config.toml",
        ConnectMode::Mine => "home/config.toml",
        ConnectMode::Ci => super::CI_CONFIG,
    };
    Connect {
        crates_io_through: upstream.map(entry),
        registries: internal.map(entry).into_iter().collect(),
        folder: PathBuf::new(),
        config: config.into(),
        mode,
        user_config: "home/config.toml".into(),
        provider: "/opt/granary home/bin/provider".into(),
    }
}

/// What cargo reads of these files.
fn layers(files: &Files) -> Layers {
    let configs = [".cargo/config.toml", "home/config.toml"];
    let layer = |path: &&str| {
        let text = files.get(Path::new(path))?;
        Some(Layer {
            path: PathBuf::from(path),
            place: Place::Repository,
            table: text.trim_start_matches('\u{feff}').parse().ok()?,
        })
    };
    configs.iter().filter_map(layer).collect()
}

fn planned(change: &Change, files: &Files) -> Result<Plan, Error> {
    plan(change, &Originals::of(files.clone()), &layers(files), None)
}

/// The files after a plan; one that would be empty and was not there is none.
fn applied(plan: &Plan, files: &Files) -> Files {
    let mut files = files.clone();
    for file in &plan.texts {
        match &file.after {
            Some(text) => files.insert(file.path.clone(), text.clone()),
            None => files.remove(&file.path),
        };
    }
    files
}
