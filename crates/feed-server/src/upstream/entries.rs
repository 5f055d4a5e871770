//! Upstream's index files: kept for a while, asked for again with what was seen last, and served old when upstream
//! cannot be reached.
//!
//! **Invariant:** "cannot be reached" never turns into "no such crate".

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::Response;
use serde::Deserialize;
use url::Url;

use super::fetch::{Failed, bounded_piece};
use super::{Upstream, UpstreamError};
use crate::crate_name;
use crate::storage::CachedEntry;

/// Under this name the index's own description is kept; no crate can have it.
const CONFIG: &str = "config.json";

/// Until when upstream is left alone.
#[derive(Debug, Default)]
pub(super) struct Pause(Mutex<Option<Instant>>);

impl Pause {
    fn is_on(&self) -> bool {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn set(&self, length: Option<Duration>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = length.map(|length| Instant::now() + length);
    }
}

#[derive(Debug, Deserialize)]
struct IndexConfig {
    dl: String,
}

enum Asked {
    New(CachedEntry),
    Unchanged,
}

impl Upstream {
    /// The index file of a crate; `None` when upstream has no such crate.
    pub(crate) async fn entry(&self, name: &str) -> Result<Option<Arc<str>>, UpstreamError> {
        self.kept(&name.to_ascii_lowercase(), &crate_name::index_path(name), false)
            .await
    }

    /// As `entry`, asking upstream whatever is kept.
    pub(super) async fn entry_now(&self, name: &str) -> Result<Option<Arc<str>>, UpstreamError> {
        self.kept(&name.to_ascii_lowercase(), &crate_name::index_path(name), true)
            .await
    }

    /// Where upstream has the file of a version.
    pub(super) async fn file_url(
        &self,
        name: &str,
        version: &str,
        digest: &str,
    ) -> Result<Url, UpstreamError> {
        let url = self.index.as_str();
        let nonsense = |reason: String| UpstreamError::Nonsense {
            url: format!("{url}{CONFIG}"),
            reason,
        };
        let config = self.kept(CONFIG, CONFIG, false).await?;
        let config = config.ok_or_else(|| nonsense("there is none".to_owned()))?;
        let config: IndexConfig =
            serde_json::from_str(&config).map_err(|failure| nonsense(failure.to_string()))?;
        let address = expand(&config.dl, name, version, digest);
        Url::parse(&address).map_err(|failure| nonsense(failure.to_string()))
    }

    async fn kept(&self, key: &str, path: &str, now: bool) -> Result<Option<Arc<str>>, UpstreamError> {
        let kept = self.cache.find(self.index.as_str(), key).await?;
        if let Some(kept) = &kept {
            let fresh = match kept.body {
                Some(_) => self.limits.entry_fresh,
                None => self.limits.absence_fresh,
            };
            if !now && (kept.is_younger_than(fresh) || self.pause.is_on()) {
                return Ok(kept.body.clone());
            }
        }
        self.asking.get(key.to_owned(), self.ask(key, path, kept)).await
    }

    async fn ask(
        &self,
        key: &str,
        path: &str,
        kept: Option<CachedEntry>,
    ) -> Result<Option<Arc<str>>, UpstreamError> {
        let url = self.index.join(path).map_err(|failure| UpstreamError::Nonsense {
            url: self.index.to_string(),
            reason: failure.to_string(),
        })?;
        // Closing is the only thing that closes it, and then nobody waits for the answer.
        let _permit = self.entry_permits.acquire().await;
        let attempts = self.pause.is_on().then_some(1);
        let asked = self
            .fetch
            .patiently(attempts, || self.ask_once(&url, kept.as_ref()))
            .await;
        let entry = match (asked, kept) {
            (Ok(Asked::New(entry)), _) => entry,
            (Ok(Asked::Unchanged), Some(kept)) => kept.confirmed(),
            // Nothing was kept, so upstream was not asked whether it is unchanged.
            (Ok(Asked::Unchanged), None) => CachedEntry::new(None, None, None),
            (Err(failure), kept) => {
                if matches!(failure, UpstreamError::OutOfReach { .. }) {
                    self.pause.set(Some(self.limits.upstream_pause));
                }
                let Some(kept) = kept else { return Err(failure) };
                tracing::warn!(
                    error = &failure as &dyn std::error::Error,
                    "answering with what upstream said before"
                );
                return Ok(kept.body);
            }
        };
        self.pause.set(None);
        let body = entry.body.clone();
        self.cache.put(self.index.as_str(), key, entry).await?;
        Ok(body)
    }

    async fn ask_once(&self, url: &Url, kept: Option<&CachedEntry>) -> Result<Asked, Failed> {
        let response = self.fetch.entry(url, conditions(kept)).await?;
        match response.status() {
            StatusCode::OK => Ok(Asked::New(self.read(url, response).await?)),
            StatusCode::NOT_MODIFIED if kept.is_some() => Ok(Asked::Unchanged),
            // What cargo too takes for "no such crate".
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => {
                Ok(Asked::New(CachedEntry::new(None, None, None)))
            }
            status => Err(Failed::for_good(UpstreamError::Refused {
                url: url.to_string(),
                status: status.as_u16(),
            })),
        }
    }

    async fn read(&self, url: &Url, mut response: Response) -> Result<CachedEntry, Failed> {
        let text = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value| Some(value.to_str().ok()?.to_owned()))
        };
        let (etag, last_modified) = (text(header::ETAG), text(header::LAST_MODIFIED));
        let mut bytes = Vec::new();
        let most = self.limits.index_entry_bytes;
        while let Some(piece) = bounded_piece(&mut response, url, bytes.len() as u64, most).await? {
            bytes.extend_from_slice(&piece);
        }
        let body = String::from_utf8(bytes).map_err(|failure| {
            Failed::for_good(UpstreamError::Nonsense {
                url: url.to_string(),
                reason: failure.to_string(),
            })
        })?;
        Ok(CachedEntry::new(Some(body), etag, last_modified))
    }
}

fn conditions(kept: Option<&CachedEntry>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let Some(kept) = kept.filter(|kept| kept.body.is_some()) else {
        return headers;
    };
    let (name, value) = match (&kept.etag, &kept.last_modified) {
        (Some(etag), _) => (header::IF_NONE_MATCH, etag),
        (None, Some(moment)) => (header::IF_MODIFIED_SINCE, moment),
        (None, None) => return headers,
    };
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
    headers
}

/// Fills in the markers cargo knows; without any, the address is a prefix.
fn expand(template: &str, name: &str, version: &str, digest: &str) -> String {
    let prefix = crate_name::prefix(name);
    let markers = [
        ("{crate}", name),
        ("{version}", version),
        ("{prefix}", &prefix),
        ("{lowerprefix}", &prefix.to_ascii_lowercase()),
        ("{sha256-checksum}", digest),
    ];
    if !markers.iter().any(|(marker, _)| template.contains(marker)) {
        return format!("{}/{name}/{version}/download", template.trim_end_matches('/'));
    }
    markers
        .iter()
        .fold(template.to_owned(), |address, (marker, value)| {
            address.replace(marker, value)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, expected: &str) {
        assert_eq!(expand(template, "Serde", "1.0.0+x", "c0ffee"), expected);
    }

    #[test]
    fn download_addresses() {
        check(
            "https://files.test/crates",
            "https://files.test/crates/Serde/1.0.0+x/download",
        );
        check(
            "https://files.test/crates/",
            "https://files.test/crates/Serde/1.0.0+x/download",
        );
        check(
            "https://files.test/{crate}-{version}",
            "https://files.test/Serde-1.0.0+x",
        );
        check(
            "https://files.test/{prefix}/{lowerprefix}/{sha256-checksum}",
            "https://files.test/Se/rd/se/rd/c0ffee",
        );
    }
}
