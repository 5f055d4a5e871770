//! Filling a folder with many crates at once, for benchmarks and tests: rows alone, without the files they name.
//!
//! **Invariant:** out of reach over HTTP, and only of a folder that nobody serves.

use std::path::Path;

use rusqlite::Transaction;
use serde_json::json;

use crate::serving::{FolderLock, StartError};
use crate::storage::{
    FeedRecord, NewFeed, NewVersion, Origin, ProjectRecord, Publisher, Storage, StorageError,
};
use crate::{ORGANIZATION, PROJECT};

/// What a feed is filled with.
#[derive(Debug, Clone)]
pub struct Seed {
    /// The feed's name; it is made in the project `main`.
    pub feed: String,
    /// How many crates: `crate-000000` and so on.
    pub crates: u32,
    /// How many versions each has: `1.0.0`, `1.1.0` and so on.
    pub versions: u32,
}

/// Makes a feed and fills it, in one transaction. It blocks; the folder must be served by nobody.
pub fn seed(folder: &Path, seed: &Seed) -> Result<(), StartError> {
    let failed = |reason: String| StartError::Storage {
        folder: folder.to_owned(),
        reason,
    };
    let lock = FolderLock::try_take(folder)?
        .ok_or_else(|| failed("somebody serves it; stop them first".to_owned()))?;
    let storage = Storage::open(lock).map_err(|failure| failed(failure.to_string()))?;
    storage
        .write_blocking(|transaction| fill(transaction, seed))
        .map_err(|failure| failed(failure.to_string()))
}

fn fill(transaction: &Transaction<'_>, seed: &Seed) -> Result<(), StorageError> {
    let project = ProjectRecord::find(transaction, PROJECT)?.map(|project| project.id);
    let new = NewFeed {
        name: seed.feed.clone(),
        description: Some(format!("{} crates of {ORGANIZATION}", seed.crates)),
        upstream_enabled: false,
        hide_deleted: true,
        ..NewFeed::default()
    };
    // A feed of that name is filled further.
    let made = FeedRecord::create(transaction, project.as_deref(), new)?;
    let feed = match made {
        Some(feed) => Some(feed),
        None => FeedRecord::find(transaction, project.as_deref(), &seed.feed)?,
    };
    let Some(feed) = feed else { return Ok(()) };
    for number in 0..seed.crates {
        let name = format!("crate-{number:06}");
        for minor in 0..seed.versions {
            version(&name, number, minor).insert(transaction, &feed.id)?;
        }
    }
    Ok(())
}

fn version(name: &str, number: u32, minor: u32) -> NewVersion {
    let version = semver::Version::new(1, minor.into(), 0);
    let digest = format!("{:064x}", (u64::from(number) << 32) | u64::from(minor));
    let dependency = json!({ "name": "crate-000000", "req": "^1", "features": [], "optional": false,
        "default_features": true, "target": null, "kind": "normal", "registry": null, "package": null });
    let line = json!({ "name": name, "vers": version.to_string(), "deps": [dependency], "cksum": digest,
        "features": {}, "yanked": false, "links": null });
    NewVersion {
        name: name.to_owned(),
        version,
        digest,
        size: 1,
        line: line.to_string(),
        origin: Origin::Published(Publisher::default()),
        description: Some(format!("What the crate number {number} is for")),
        authors: Some("Somebody".to_owned()),
        keywords: Some("seeded".to_owned()),
    }
}
