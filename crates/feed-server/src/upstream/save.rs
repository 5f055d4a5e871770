//! Saving a version from upstream: received like a publish, checked against the index, kept, and only then served.
//!
//! **Invariant:** a version is saved once, however many ask for it, and not at all unless its checksum is right.

use std::sync::Arc;

use rusqlite::Transaction;
use url::Url;

use super::fetch::{Failed, bounded_piece};
use super::{Upstream, UpstreamError};
use crate::archive::{self, ManifestFacts};
use crate::index_line::{self, Glance};
use crate::storage::{
    CrateRecord, FeedRecord, NewVersion, Origin, Received, StorageError, VersionRecord, size_of,
};

/// A version to be saved into a feed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    pub(crate) feed: String,
    /// The feed's upstream it comes from.
    pub(crate) upstream: String,
    pub(crate) name: String,
    pub(crate) version: String,
}

/// A version that is saved.
#[derive(Debug, Clone)]
pub(crate) struct Saved {
    /// The version's id.
    pub(crate) id: String,
    pub(crate) digest: String,
    pub(crate) size: u64,
}

impl From<VersionRecord> for Saved {
    fn from(version: VersionRecord) -> Self {
        Self {
            id: version.id,
            digest: version.digest,
            size: version.size,
        }
    }
}

impl Upstream {
    /// Saves a version, or waits for whoever saves it already; `None` when upstream has no such version.
    pub(crate) async fn save(self: &Arc<Self>, wanted: Wanted) -> Result<Option<Saved>, UpstreamError> {
        let (upstream, key) = (Arc::clone(self), wanted.clone());
        let asking = async move {
            // A task of its own: who asked may leave, and the version is saved all the same.
            let saving = tokio::spawn(async move { upstream.save_once(wanted).await });
            saving
                .await
                .unwrap_or_else(|_| Err(StorageError::BrokenOff.into()))
        };
        self.saving.get(key, asking).await
    }

    async fn save_once(&self, wanted: Wanted) -> Result<Option<Saved>, UpstreamError> {
        // Whoever was first may have just finished.
        if let Some(saved) = self.saved(&wanted).await? {
            return Ok(Some(saved));
        }
        let Ok(number) = semver::Version::parse(&wanted.version) else {
            return Ok(None);
        };
        let Some((line, glance)) = self.line(&wanted).await? else {
            return Ok(None);
        };
        let digest = glance.cksum.to_ascii_lowercase();
        let new = |size, facts: Option<ManifestFacts>| {
            let facts = facts.unwrap_or_default();
            NewVersion {
                name: glance.name.clone(),
                version: number.clone(),
                digest: digest.clone(),
                size,
                line: line.clone(),
                origin: Origin::Upstream {
                    id: wanted.upstream.clone(),
                    yanked: glance.yanked,
                },
                description: facts.description.map(|text| text.trim().to_owned()),
                authors: (!facts.authors.is_empty()).then(|| facts.authors.join(", ")),
                keywords: (!facts.keywords.is_empty()).then(|| facts.keywords.join(" ")),
            }
        };
        if let Some(size) = self.held_elsewhere(&digest).await? {
            let facts = self.facts(self.storage.blob(&digest)).await;
            let (new, feed) = (new(size, facts), wanted.feed.clone());
            return settle(
                self.storage
                    .write(move |transaction| insert(transaction, &feed, new))
                    .await,
            );
        }
        let _permit = self.save_permits.acquire().await;
        let url = self.file_url(&glance.name, &glance.vers, &digest).await?;
        let received = self.fetch.patiently(None, || self.receive(&url)).await?;
        if received.digest() != digest {
            return Err(UpstreamError::BadChecksum {
                name: wanted.name,
                version: wanted.version,
            });
        }
        let facts = self.facts(received.path().to_owned()).await;
        let (new, feed) = (new(received.size(), facts), wanted.feed.clone());
        settle(
            self.storage
                .keep(received, move |transaction| insert(transaction, &feed, new))
                .await,
        )
    }

    async fn saved(&self, wanted: &Wanted) -> Result<Option<Saved>, UpstreamError> {
        let (feed, name, version) = (wanted.feed.clone(), wanted.name.clone(), wanted.version.clone());
        let saved = self
            .storage
            .read(move |connection| {
                let held = CrateRecord::find(connection, &feed, &name)?;
                Ok(held.and_then(|held| find_version(held, &version)))
            })
            .await?;
        Ok(saved)
    }

    /// The version's line; what is kept may be too old to have it.
    async fn line(&self, wanted: &Wanted) -> Result<Option<(String, Glance)>, UpstreamError> {
        if let Some(found) = pick(self.entry(&wanted.name).await?.as_deref(), wanted) {
            return Ok(Some(found));
        }
        Ok(pick(self.entry_now(&wanted.name).await?.as_deref(), wanted))
    }

    async fn held_elsewhere(&self, digest: &str) -> Result<Option<u64>, UpstreamError> {
        let digest = digest.to_owned();
        Ok(self
            .storage
            .read(move |connection| size_of(connection, &digest))
            .await?)
    }

    async fn receive(&self, url: &Url) -> Result<Received, Failed> {
        let kept = |failure: StorageError| Failed::for_good(failure.into());
        let mut response = self.fetch.file(url).await?;
        let mut incoming = self.storage.incoming().await.map_err(kept)?;
        let most = self.limits.upstream_crate_bytes;
        while let Some(piece) = bounded_piece(&mut response, url, incoming.size(), most).await? {
            incoming.write(&piece).await.map_err(kept)?;
        }
        incoming.finish().await.map_err(kept)
    }

    async fn facts(&self, path: std::path::PathBuf) -> Option<ManifestFacts> {
        let most = self.limits.unpacked_bytes;
        tokio::task::spawn_blocking(move || archive::facts(&path, most))
            .await
            .ok()
            .flatten()
    }
}

fn pick(entry: Option<&str>, wanted: &Wanted) -> Option<(String, Glance)> {
    index_line::glance(entry?)
        .find(|(_, glance)| glance.vers == wanted.version && glance.name.eq_ignore_ascii_case(&wanted.name))
        .map(|(line, glance)| (line.to_owned(), glance))
}

fn find_version(held: CrateRecord, version: &str) -> Option<Saved> {
    let mut versions = held.versions.into_iter();
    versions.find(|held| held.version == version).map(Saved::from)
}

/// Why no row was written; then no file is kept either.
pub(super) enum NoRow {
    /// The version is there by now.
    Saved(Saved),
    /// The crate became private, the version was deleted here, or the feed went away.
    Unwanted,
    Failed(StorageError),
}

impl From<StorageError> for NoRow {
    fn from(failure: StorageError) -> Self {
        Self::Failed(failure)
    }
}

pub(super) fn settle(outcome: Result<Saved, NoRow>) -> Result<Option<Saved>, UpstreamError> {
    match outcome {
        Ok(saved) | Err(NoRow::Saved(saved)) => Ok(Some(saved)),
        Err(NoRow::Unwanted) => Ok(None),
        Err(NoRow::Failed(failure)) => Err(failure.into()),
    }
}

pub(super) fn insert(transaction: &Transaction<'_>, feed: &str, new: NewVersion) -> Result<Saved, NoRow> {
    let Some(into) = FeedRecord::by_id(transaction, feed)? else {
        return Err(NoRow::Unwanted);
    };
    if let Some(held) = CrateRecord::find(transaction, feed, &new.name)? {
        // What was deleted here is not fetched again, whoever asks.
        let is_public = matches!(new.origin, Origin::Upstream { .. });
        let unwanted =
            (is_public && held.hides_upstream(&into)) || held.has_deleted(&new.version.to_string());
        if let Some(saved) = find_version(held, &new.version.to_string()) {
            return Err(NoRow::Saved(saved));
        }
        if unwanted {
            return Err(NoRow::Unwanted);
        }
    }
    let (digest, size) = (new.digest.clone(), new.size);
    let id = new.insert(transaction, feed)?;
    Ok(Saved { id, digest, size })
}
