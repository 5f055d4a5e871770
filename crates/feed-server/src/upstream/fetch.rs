//! Asking upstream over HTTP: patience, and trying again what may work the second time.
//!
//! **Invariant:** no credentials are ever sent upstream.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use reqwest::{Client, Response};
use url::{Host, Url};

use super::UpstreamError;
use crate::Limits;

/// The longest we let upstream tell us to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Fetch {
    entries: Client,
    /// Crates are gzip already and their checksum is over the gzip, so nothing may unpack them on the way.
    crates: Client,
    attempts: u32,
    retry_delay: Duration,
}

/// What failed, and whether it may work the next time.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: UpstreamError,
    pub(super) again: Option<Again>,
}

/// When to try again.
#[derive(Debug, Clone, Copy)]
pub(super) enum Again {
    Soon,
    After(Duration),
}

impl Failed {
    pub(super) fn for_good(error: UpstreamError) -> Self {
        Self { error, again: None }
    }

    pub(super) fn broken_off(url: &Url, failure: &reqwest::Error) -> Self {
        Self {
            error: out_of_reach(url, failure),
            again: Some(Again::Soon),
        }
    }
}

impl Fetch {
    pub(super) fn new(index: &Url, limits: &Limits) -> Result<Self, reqwest::Error> {
        let builder = || {
            let builder = Client::builder()
                .user_agent(concat!("granary-feed-server/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(limits.connect_timeout)
                .read_timeout(limits.idle_timeout);
            // A proxy stands between us and the world, not between us and this computer.
            if is_loopback(index) {
                builder.no_proxy()
            } else {
                builder
            }
        };
        Ok(Self {
            entries: builder().build()?,
            crates: builder().no_gzip().build()?,
            attempts: limits.attempts.max(1),
            retry_delay: limits.retry_delay,
        })
    }

    /// Asks for an index file; any status but a passing failure is an answer.
    pub(super) async fn entry(&self, url: &Url, headers: HeaderMap) -> Result<Response, Failed> {
        settle(url, self.entries.get(url.clone()).headers(headers).send().await)
    }

    /// Asks for a crate's file; only success is an answer.
    pub(super) async fn file(&self, url: &Url) -> Result<Response, Failed> {
        let response = settle(url, self.crates.get(url.clone()).send().await)?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => Err(Failed::for_good(UpstreamError::Refused {
                url: url.to_string(),
                status: status.as_u16(),
            })),
        }
    }

    /// Tries until it works, fails for good, or has been tried often enough.
    pub(super) async fn patiently<T, F>(
        &self,
        attempts: Option<u32>,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, UpstreamError>
    where
        F: Future<Output = Result<T, Failed>>,
    {
        let mut left = attempts.unwrap_or(self.attempts);
        let mut delay = self.retry_delay;
        loop {
            left -= 1;
            match attempt().await {
                Ok(done) => return Ok(done),
                Err(Failed { error, again: None }) => return Err(error),
                Err(Failed { error, .. }) if left == 0 => return Err(error),
                Err(Failed {
                    again: Some(again), ..
                }) => {
                    let told = match again {
                        Again::Soon => delay,
                        Again::After(told) => told.min(LONGEST_WAIT),
                    };
                    tokio::time::sleep(told).await;
                    delay *= 2;
                }
            }
        }
    }
}

/// The next bytes of an answer that may be no longer than `most`.
pub(super) async fn bounded_piece(
    response: &mut Response,
    url: &Url,
    so_far: u64,
    most: u64,
) -> Result<Option<axum::body::Bytes>, Failed> {
    let piece = response
        .chunk()
        .await
        .map_err(|failure| Failed::broken_off(url, &failure))?;
    match &piece {
        Some(piece) if so_far + piece.len() as u64 > most => Err(Failed::for_good(UpstreamError::TooLarge {
            url: url.to_string(),
            most,
        })),
        _ => Ok(piece),
    }
}

fn settle(url: &Url, sent: Result<Response, reqwest::Error>) -> Result<Response, Failed> {
    let response = sent.map_err(|failure| Failed::broken_off(url, &failure))?;
    let status = response.status();
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        let told = response.headers().get(header::RETRY_AFTER);
        let told = told
            .and_then(|told| told.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        return Err(Failed {
            error: UpstreamError::OutOfReach {
                url: url.to_string(),
                reason: format!("it answered with status {}", status.as_u16()),
            },
            again: Some(told.map_or(Again::Soon, Again::After)),
        });
    }
    Ok(response)
}

fn out_of_reach(url: &Url, failure: &reqwest::Error) -> UpstreamError {
    // The outer words only repeat the address; the innermost ones say what happened.
    let mut cause: &dyn std::error::Error = failure;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    UpstreamError::OutOfReach {
        url: url.to_string(),
        reason: cause.to_string(),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
