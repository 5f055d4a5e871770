//! A feed's host, asked: builds a request, sends it, turns the answer into the model.
//!
//! **Invariant**: one call of the product is one method here; nothing is kept between calls.

mod crates;
mod feeds;
mod people;
mod upstreams;

pub(crate) use crates::Downloads;
use credentials::TokenSource;
use serde::de::DeserializeOwned;

use crate::accounts::AccountPlace;
use crate::http::{Answer, Http, Refusal, Request};

use super::endpoints;
use super::wire::WireFeed;
use super::{Error, FeedReference};

/// How many pages are read at most: a feed of a million crates.
const MOST_PAGES: usize = 1000;

/// The feeds of one organization, as one identity sees them.
#[derive(Debug, Clone)]
pub struct FeedClient {
    http: Http,
    place: AccountPlace,
}

impl FeedClient {
    /// A client for an account, whose tokens come from `source`.
    pub(crate) fn new(place: AccountPlace, source: TokenSource) -> Result<Self, Error> {
        let http = Http::new(source, &place.bases()).map_err(|source| Error::Request {
            what: format!("ask `{}`", place.account),
            source,
        })?;
        Ok(Self { http, place })
    }

    /// The way to this account's hosts, for cargo's side of a feed.
    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    /// Where the account's hosts are.
    pub(crate) fn place(&self) -> &AccountPlace {
        &self.place
    }

    async fn wire_feed(&self, reference: &FeedReference) -> Result<WireFeed, Error> {
        let what = format!("read the feed `{reference}`");
        let request = endpoints::feed_show(&self.place, reference);
        match self.send(&request, &what).await {
            Err(error) if error.code() == crate::Code::NotFound => Err(Error::NoFeed(reference.to_string())),
            answer => parsed(&answer?, &what),
        }
    }

    async fn send(&self, request: &Request, what: &str) -> Result<Answer, Error> {
        self.http.send(request).await.map_err(|source| Error::Request {
            what: what.to_owned(),
            source,
        })
    }

    async fn ask<T: DeserializeOwned>(&self, request: &Request, what: &str) -> Result<T, Error> {
        parsed(&self.send(request, what).await?, what)
    }

    /// As [`Self::ask`]; none where one may not know, or the host knows no such thing.
    async fn ask_if_told<T: DeserializeOwned>(
        &self,
        request: &Request,
        what: &str,
    ) -> Result<Option<T>, Error> {
        match self.ask(request, what).await {
            Err(error) if error.is_not_told() => Ok(None),
            answer => answer.map(Some),
        }
    }
}

impl Error {
    /// Whether the answer was larger than is read.
    pub(crate) fn is_too_large(&self) -> bool {
        matches!(
            self,
            Self::Request {
                source: crate::http::Error::TooLarge { .. },
                ..
            }
        )
    }

    /// Whether the host answered, and refused what was asked for.
    pub(crate) fn is_refused(&self) -> bool {
        let Self::Request { source, .. } = self else {
            return false;
        };
        matches!(source, crate::http::Error::Refused { .. })
    }

    /// Whether one may not know, or the host knows no such thing.
    pub(crate) fn is_kept_from_us(&self) -> bool {
        let Self::Request { source, .. } = self else {
            return false;
        };
        matches!(
            source.refusal(),
            Some(Refusal::NotSignedIn | Refusal::Forbidden | Refusal::NotFound)
        )
    }

    /// As above, or the host does not understand the question.
    pub(crate) fn is_not_told(&self) -> bool {
        let is_invalid =
            matches!(self, Self::Request { source, .. } if source.refusal() == Some(Refusal::Invalid));
        self.is_kept_from_us() || is_invalid
    }
}

fn parsed<T: DeserializeOwned>(answer: &Answer, what: &str) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|source| Error::Answer {
        what: what.to_owned(),
        source,
    })
}
