//! An answer whose body is still coming: read whole within a bound, or piece by piece.
//!
//! **Invariant**: sends nothing; what breaks off while it comes is told as the host's silence.

use std::time::{Duration, Instant};

use reqwest::header;

use super::classify::without_bom;
use super::error::Error;
use super::send::Failure;

/// How long an answer may come in drops, and how many bytes a second it must have on the whole from then on: as with cargo.
const PATIENCE: Duration = Duration::from_secs(30);
const LEAST_PER_SECOND: u64 = 10;

/// A 2xx answer whose body is still coming.
#[derive(Debug)]
pub struct Opened {
    response: reqwest::Response,
    at: String,
    since: Instant,
    received: u64,
    /// The first byte of the file that comes: the one that was asked for, or 0 where all of it is sent again.
    pub starts_at: u64,
    /// Whether several answers may come over one connection.
    pub(crate) is_multiplexed: bool,
}

impl Opened {
    pub(super) fn of(response: reqwest::Response, at: String) -> Self {
        let range = response.headers().get(header::CONTENT_RANGE);
        let range = range.and_then(|value| value.to_str().ok());
        let starts_at = match response.status().as_u16() {
            206 => range.and_then(first_byte).unwrap_or(0),
            _ => 0,
        };
        Self {
            is_multiplexed: response.version() == reqwest::Version::HTTP_2,
            response,
            at,
            since: Instant::now(),
            received: 0,
            starts_at,
        }
    }

    pub(super) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Host and port it comes from.
    pub(super) fn at(&self) -> &str {
        &self.at
    }

    /// A header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self.response.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    }

    /// The next piece; none at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<impl AsRef<[u8]> + Send + use<>>, Error> {
        let chunk = self.response.chunk().await;
        let chunk = chunk.map_err(|source| unreachable(&self.at, source))?;
        self.received += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        let took = self.since.elapsed();
        if chunk.is_some() && took > PATIENCE && self.received < took.as_secs() * LEAST_PER_SECOND {
            let host = self.at.clone();
            return Err(Error::TooSlow { host });
        }
        Ok(chunk)
    }

    /// The whole body without a byte order mark, if it has no more than so many bytes.
    pub(crate) async fn whole(mut self, most: usize) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            let chunk = chunk.as_ref();
            if body.len() + chunk.len() > most {
                return Err(Error::TooLarge { host: self.at, most });
            }
            body.extend_from_slice(chunk);
        }
        Ok(without_bom(body))
    }
}

pub(super) fn unreachable(host: &str, source: Failure) -> Error {
    Error::Unreachable {
        host: host.to_owned(),
        source: source.without_url(),
    }
}

/// `bytes 100-199/200`
fn first_byte(range: &str) -> Option<u64> {
    let bounds = range.trim().strip_prefix("bytes ")?;
    bounds.split_once('-')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_says_where_it_begins() {
        let check = |range: &str, expected| assert_eq!(first_byte(range), expected, "{range}");
        check("bytes 100-199/200", Some(100));
        check("bytes 0-0/*", Some(0));
        check("bytes */200", None);
        check("lines 1-2/3", None);
    }
}
