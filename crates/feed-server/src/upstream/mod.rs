//! What is behind a feed: crates.io, its index files kept and its crates saved when first downloaded, and other feeds.
//!
//! **Invariant:** nothing from upstream is trusted further than its digest; upstream is never told of private crates
//! beyond the one question a first publish has to ask.

mod coalesce;
mod entries;
mod fetch;
mod internal;
mod save;

use std::sync::{Arc, Once};

use axum::http::StatusCode;
use tame_index::index::sparse::CRATES_IO_HTTP_INDEX;
use tokio::sync::Semaphore;
use url::Url;

use crate::refusal::Refusal;
use crate::serving::StartError;
use crate::storage::{EntryCache, Storage, StorageError};
use crate::{Config, Limits};
use coalesce::Coalesce;
use entries::Pause;
use fetch::Fetch;
pub(crate) use internal::{Offered, offered_by_feed};
pub(crate) use save::{Saved, Wanted};

/// Why upstream could not help. It is cloned to everybody who waited for the same answer.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum UpstreamError {
    #[error("upstream could not be reached at `{url}`: {reason}")]
    OutOfReach { url: String, reason: String },
    #[error("upstream refused `{url}` with status {status}")]
    Refused { url: String, status: u16 },
    #[error("upstream's answer at `{url}` is longer than {most} bytes")]
    TooLarge { url: String, most: u64 },
    #[error("upstream's answer at `{url}` is not what a registry says: {reason}")]
    Nonsense { url: String, reason: String },
    #[error(
        "upstream's file for `{name} {version}` does not have the checksum its index names, so it was not saved"
    )]
    BadChecksum { name: String, version: String },
    #[error("{0}")]
    Storage(String),
}

impl From<StorageError> for UpstreamError {
    fn from(failure: StorageError) -> Self {
        Self::Storage(failure.to_string())
    }
}

impl From<UpstreamError> for Refusal {
    fn from(failure: UpstreamError) -> Self {
        let status = match failure {
            UpstreamError::OutOfReach { .. } => StatusCode::SERVICE_UNAVAILABLE,
            UpstreamError::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_GATEWAY,
        };
        tracing::warn!(error = &failure as &dyn std::error::Error, "upstream failed");
        Self::new(
            status,
            "UpstreamUnavailableException",
            format!("The feed cannot answer now: {failure}."),
        )
    }
}

/// The upstream crates.io of all feeds of this server.
#[derive(Debug)]
pub(crate) struct Upstream {
    storage: Arc<Storage>,
    cache: Arc<EntryCache>,
    fetch: Fetch,
    /// The index, with a slash at the end.
    index: Url,
    limits: Limits,
    pause: Pause,
    entry_permits: Semaphore,
    save_permits: Semaphore,
    asking: Coalesce<String, Result<Option<Arc<str>>, UpstreamError>>,
    saving: Coalesce<Wanted, Result<Option<Saved>, UpstreamError>>,
}

impl Upstream {
    pub(crate) async fn open(storage: Arc<Storage>, config: &Config) -> Result<Arc<Self>, StartError> {
        let index = config.crates_io.as_deref().unwrap_or(CRATES_IO_HTTP_INDEX);
        let unusable = |reason: String| StartError::Upstream {
            url: index.to_owned(),
            reason,
        };
        let address = format!("{}/", plain_address(index));
        let url = Url::parse(&address).map_err(|failure| unusable(failure.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(unusable("it is not an http address".to_owned()));
        }
        install_tls();
        let fetch = Fetch::new(&url, &config.limits).map_err(|failure| unusable(failure.to_string()))?;
        let cache = EntryCache::open(&config.folder)
            .await
            .map_err(|failure| StartError::Storage {
                folder: config.folder.clone(),
                reason: failure.to_string(),
            })?;
        Ok(Arc::new(Self {
            storage,
            cache,
            fetch,
            index: url,
            limits: config.limits.clone(),
            pause: Pause::default(),
            entry_permits: Semaphore::new(config.limits.concurrent_entries),
            save_permits: Semaphore::new(config.limits.concurrent_saves),
            asking: Coalesce::default(),
            saving: Coalesce::default(),
        }))
    }
}

/// An index's address as Azure writes it: without cargo's `sparse+`; and without a slash at the end, to compare.
pub(crate) fn plain_address(index: &str) -> &str {
    index
        .strip_prefix("sparse+")
        .unwrap_or(index)
        .trim_end_matches('/')
}

/// Names ring as the process's cryptography, unless somebody has named one already.
pub(crate) fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Refused when one is installed, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
