//! A request's body, read piece by piece with bounds on size and patience.
//!
//! **Invariant:** a body is never collected without a bound.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::refusal::Refusal;

/// What is read and thrown away after a refusal, so that a client still sending gets to see the answer.
const DRAIN_BYTES: u64 = 512 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(20);

/// Why a body could not be read on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the request ended after {got} bytes, before {expected} were there")]
    Truncated { expected: u64, got: u64 },
    #[error("the request broke off after {got} bytes")]
    BrokenOff { got: u64 },
    #[error("no more of the request came for {seconds} seconds")]
    Stalled { seconds: u64 },
    #[error("the feeds on this computer are being closed")]
    Closing,
}

/// The body of one request.
pub(crate) struct RequestBody {
    body: Body,
    rest: Bytes,
    taken: u64,
    ended: bool,
    broken: bool,
    touched: bool,
    patience: Duration,
    closing: CancellationToken,
}

impl RequestBody {
    pub(crate) fn new(body: Body, patience: Duration, closing: CancellationToken) -> Self {
        Self {
            body,
            rest: Bytes::new(),
            taken: 0,
            ended: false,
            broken: false,
            touched: false,
            patience,
            closing,
        }
    }

    /// The next piece of at most `most` bytes; `None` at the end.
    pub(crate) async fn piece(&mut self, most: u64) -> Result<Option<Bytes>, BodyError> {
        while self.rest.is_empty() {
            if self.ended {
                return Ok(None);
            }
            self.receive().await?;
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(self.rest.len());
        let piece = self.rest.split_to(most);
        self.taken += piece.len() as u64;
        Ok(Some(piece))
    }

    /// Exactly `count` bytes, which the caller has bounded.
    pub(crate) async fn exactly(&mut self, count: u64) -> Result<Vec<u8>, BodyError> {
        let start = self.taken;
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < count {
            match self.piece(count - bytes.len() as u64).await? {
                Some(piece) => bytes.extend_from_slice(&piece),
                None => {
                    return Err(BodyError::Truncated {
                        expected: start + count,
                        got: self.taken,
                    });
                }
            }
        }
        Ok(bytes)
    }

    /// All of it, if it is no longer than `most`.
    pub(crate) async fn whole(&mut self, most: u64) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.piece(u64::MAX).await? {
            bytes.extend_from_slice(&piece);
            if bytes.len() as u64 > most {
                return Err(Refusal::too_large(format!(
                    "The body is longer than {most} bytes."
                )));
            }
        }
        Ok(bytes)
    }

    /// How many bytes were taken so far.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Reads and drops what is still coming, within bounds. A client that was asked to wait with its body, and was never
    /// told to send it, is left waiting for the answer instead.
    pub(crate) async fn drain(mut self, client_waits: bool) {
        if self.broken || (client_waits && !self.touched) {
            return;
        }
        let draining = async {
            let mut drained = 0;
            while let Ok(Some(piece)) = self.piece(u64::MAX).await {
                drained += piece.len() as u64;
                if drained > DRAIN_BYTES {
                    break;
                }
            }
        };
        // Whoever is still sending by then gets the answer and a closed connection.
        let _ = timeout(DRAIN_TIME, draining).await;
    }

    async fn receive(&mut self) -> Result<(), BodyError> {
        self.touched = true;
        let body = &mut self.body;
        let next = poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
        let frame = tokio::select! {
            biased;
            () = self.closing.cancelled() => return Err(BodyError::Closing),
            frame = timeout(self.patience, next) => frame,
        };
        match frame {
            Err(_) => {
                self.broken = true;
                Err(BodyError::Stalled {
                    seconds: self.patience.as_secs(),
                })
            }
            Ok(None) => {
                self.ended = true;
                Ok(())
            }
            Ok(Some(Err(_))) => {
                self.broken = true;
                Err(BodyError::BrokenOff { got: self.taken })
            }
            Ok(Some(Ok(frame))) => {
                self.rest = frame.into_data().unwrap_or_default();
                Ok(())
            }
        }
    }
}

impl From<BodyError> for Refusal {
    fn from(failure: BodyError) -> Self {
        match failure {
            BodyError::Closing => Refusal::new(
                axum::http::StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailableException",
                format!("{failure}; nothing was changed."),
            ),
            _ => Refusal::bad_request(format!(
                "The request is incomplete: {failure}; nothing was changed."
            )),
        }
    }
}
