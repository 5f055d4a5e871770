//! Authorize → send → classify → retry, for every request there is.
//!
//! **Invariant**: the token goes only to the host it is for: redirects are not followed, and a request for another
//! origin is refused before it is sent.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use credentials::{Token, TokenSource};
use reqwest::{Client, Method, Url, header};
use tokio::time::Instant;
use tracing::{Instrument, debug, info_span};

use super::Transport;
use super::classify::{is_sign_in_page, may_repeat, message_in, redirect, speaks_for_all};
use super::error::{Error, Refusal};
use super::listener::{Heard, Listener};
use super::opened::{Opened, unreachable};
use super::retry::{Retry, retry_after, spread};

/// The largest answer that is read, in bytes: a page of 1,000 crates with all versions stays well below.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// The most that is read of a refusal's words, in bytes.
const LARGEST_REFUSAL: usize = 256 * 1024;

/// What the transport says went wrong.
pub(super) type Failure = reqwest::Error;

/// How often a download may be sent on.
const MOST_REDIRECTS: usize = 4;

/// One request, as a pure endpoint builder makes it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: Url,
    /// A JSON body.
    pub body: Option<serde_json::Value>,
    /// What the body is, and what is asked for.
    pub content: Content,
    /// The address as a template, for the log: no names, no query.
    pub route: &'static str,
    /// The bytes that are here already, of a file whose beginning came and whose rest did not.
    pub from: u64,
    /// The most bytes that are read of the answer.
    pub most: usize,
}

/// In which language a request speaks and is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Content {
    /// JSON both ways.
    #[default]
    Json,
    /// A list of changes to a JSON document; JSON comes back.
    JsonPatch,
    /// Whatever comes: lines of an index, a `.crate`. Redirects are followed, and the token stays behind.
    Plain,
}

impl Request {
    /// A request without a body, answered in JSON.
    pub(crate) fn get(url: Url, route: &'static str) -> Self {
        Self::bare(Method::GET, url, route)
    }

    /// A request without a body, answered in JSON.
    pub(crate) fn bare(method: Method, url: Url, route: &'static str) -> Self {
        Self {
            method,
            url,
            body: None,
            content: Content::Json,
            route,
            from: 0,
            most: LARGEST_ANSWER,
        }
    }

    /// A request for whatever comes; redirects are followed, and the token stays behind.
    pub(crate) fn plain(url: Url, route: &'static str) -> Self {
        Self {
            content: Content::Plain,
            ..Self::get(url, route)
        }
    }

    /// A request with a JSON body.
    pub(crate) fn with(method: Method, url: Url, body: serde_json::Value, route: &'static str) -> Self {
        Self {
            body: Some(body),
            ..Self::bare(method, url, route)
        }
    }
}

/// A 2xx answer.
#[derive(Debug)]
pub struct Answer {
    /// The body, whole, without a byte order mark.
    pub body: Vec<u8>,
    /// `X-MS-ContinuationToken`, when there are more pages.
    pub continuation: Option<String>,
    /// What tells one state of a file from another.
    pub etag: Option<String>,
    /// The same, by time.
    pub last_modified: Option<String>,
    /// Whether several answers may come over one connection.
    pub(crate) is_multiplexed: bool,
}

/// A client for one account: where its tokens come from, and the hosts that may see them.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    /// None asks without a token.
    source: Option<TokenSource>,
    origins: Vec<url::Origin>,
    retry: Retry,
    listener: Option<Listener>,
    /// Until when the server wants to be left alone, whoever of us it told so.
    pause: Arc<Mutex<Option<Instant>>>,
}

impl Http {
    /// A client that sends tokens of `source` to the given bases and nowhere else.
    pub fn new(source: TokenSource, bases: &[Url]) -> Result<Self, Error> {
        Self::of(Some(source), bases, &Transport::default())
    }

    /// A client for what anybody may read, at one base.
    pub(crate) fn without_token(base: &Url) -> Result<Self, Error> {
        Self::of(None, std::slice::from_ref(base), &Transport::default())
    }

    /// A client that goes to the given bases by a way of its own, with a token or without.
    pub(crate) fn of(
        source: Option<TokenSource>,
        bases: &[Url],
        transport: &Transport,
    ) -> Result<Self, Error> {
        let only_loopback = bases.iter().all(credentials::is_loopback);
        Ok(Self {
            client: transport
                .client(only_loopback)
                .map_err(|source| Error::NoClient { source })?,
            source,
            origins: bases.iter().map(Url::origin).collect(),
            retry: transport.retry(),
            listener: None,
            pause: Arc::default(),
        })
    }

    /// The same without a token, and for another base as well: where a registry says its files lie.
    pub(crate) fn plain_at(&self, base: &Url) -> Self {
        Self {
            source: None,
            origins: vec![base.origin()],
            ..self.clone()
        }
    }

    /// The same, and somebody hears of what is sent again.
    pub(crate) fn heard_by(&self, listener: Listener) -> Self {
        Self {
            listener: Some(listener),
            ..self.clone()
        }
    }

    /// Sends a request until it is answered, refused for good, or the patience is used up; reads the answer whole.
    ///
    /// Asked again are only requests that are safe to repeat, and those the server never took in (429, 503).
    pub async fn send(&self, request: &Request) -> Result<Answer, Error> {
        let mut attempt = 1;
        loop {
            let opened = self.open(request).await?;
            let (continuation, etag) = (opened.header("x-ms-continuationtoken"), opened.header("etag"));
            let (last_modified, is_multiplexed) = (opened.header("last-modified"), opened.is_multiplexed);
            let error = match opened.whole(request.most).await {
                Ok(body) => {
                    return Ok(Answer {
                        body,
                        continuation,
                        etag,
                        last_modified,
                        is_multiplexed,
                    });
                }
                Err(error) => error,
            };
            let Some(wait) = self.wait_after(request, &error, attempt, None) else {
                return Err(error);
            };
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Sends a request until an answer begins to come, it is refused for good, or the patience is used up.
    pub async fn open(&self, request: &Request) -> Result<Opened, Error> {
        let host = credentials::host(&request.url);
        if !self.origins.contains(&request.url.origin()) {
            return Err(Error::ForeignHost { host });
        }
        let mut token = self.token().await?;
        let (mut attempt, mut is_renewed) = (1, false);
        loop {
            self.wait_for_the_server().await;
            let span = info_span!("http", method = %request.method, %host, route = request.route, attempt);
            let sent = self.once(request, &host, token.as_ref()).instrument(span);
            let (error, asked_for) = match sent.await {
                Ok(opened) => {
                    self.heed(&opened, &host);
                    return Ok(opened);
                }
                Err(failed) => failed,
            };
            if let (Some(old), Some(source), false) = (&token, &self.source, is_renewed)
                && error.refusal() == Some(Refusal::NotSignedIn)
            {
                token = match source.renewed(old).await {
                    Ok(token) => Some(token),
                    // Nothing renews it: then the server's own words say most.
                    Err(credentials::Error::FixedRefused) => return Err(error),
                    Err(ended) => return Err(ended.into()),
                };
                is_renewed = true;
                continue;
            }
            let Some(wait) = self.wait_after(request, &error, attempt, asked_for) else {
                return Err(error);
            };
            debug!(%host, route = request.route, attempt, wait_ms = wait.as_millis(), "asking again");
            if asked_for.is_some() && speaks_for_all(&error) {
                self.pause_until(Instant::now() + wait);
            } else {
                tokio::time::sleep(wait).await;
            }
            attempt += 1;
        }
    }

    /// How long to wait before it is sent again, if it is; whoever listens hears of it.
    fn wait_after(
        &self,
        request: &Request,
        error: &Error,
        attempt: u32,
        asked_for: Option<Duration>,
    ) -> Option<Duration> {
        if !may_repeat(request, error, &self.retry) {
            return None;
        }
        let wait = self.retry.wait_after(attempt, asked_for)?;
        if let Some(listener) = &self.listener {
            listener.hear(Heard::Again { error, wait });
        }
        Some(wait)
    }

    /// A server that answers may ask for time all the same, before it must refuse.
    fn heed(&self, opened: &Opened, host: &str) {
        let asked_for = retry_after(opened.header("retry-after").as_deref());
        let Some(wait) = asked_for.filter(|wait| !wait.is_zero() && opened.at() == host) else {
            return;
        };
        let wait = wait.min(self.retry.longest_wait);
        // One of those that it told so at once tells of it.
        if self.pause_until(Instant::now() + wait)
            && let Some(listener) = &self.listener
        {
            listener.hear(Heard::Slower { wait });
        }
    }

    async fn token(&self) -> Result<Option<Token>, Error> {
        match &self.source {
            Some(source) => Ok(Some(source.token().await?)),
            None => Ok(None),
        }
    }

    /// Answers whether nobody asked for a pause that goes on.
    fn pause_until(&self, moment: Instant) -> bool {
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = pause.is_none_or(|until| until <= Instant::now());
        *pause = (*pause).max(Some(moment));
        is_first
    }

    /// One request that was told to slow down speaks for all that go to the same server.
    async fn wait_for_the_server(&self) {
        let until = *self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if let Some(left) = left.filter(|left| !left.is_zero()) {
            tokio::time::sleep(spread(left)).await;
        }
    }

    fn sending(&self, request: &Request, token: Option<&Token>) -> reqwest::RequestBuilder {
        let accept = match request.content {
            Content::Json | Content::JsonPatch => "application/json",
            Content::Plain => "*/*",
        };
        let sending = self.client.request(request.method.clone(), request.url.clone());
        let mut sending = with_range(sending, request.from)
            .header(header::ACCEPT, accept)
            .header("X-TFS-FedAuthRedirect", "Suppress");
        if let Some(token) = token {
            sending = sending.header(header::AUTHORIZATION, token.header().expose());
        }
        if request.content == Content::JsonPatch {
            sending = sending.header(header::CONTENT_TYPE, "application/json-patch+json");
        }
        if let Some(body) = &request.body {
            sending = sending.json(body);
        }
        sending
    }

    /// Sends a request once, and follows it to where a file is. What goes wrong there is that place's, not the feed's.
    async fn once(
        &self,
        request: &Request,
        host: &str,
        token: Option<&Token>,
    ) -> Result<Opened, (Error, Option<Duration>)> {
        let unanswered = |host: &str, source: Failure| (unreachable(host, source), None);
        let sent = self.sending(request, token).send().await;
        let mut response = sent.map_err(|source| unanswered(host, source))?;
        let mut at = host.to_owned();
        for _ in 0..MOST_REDIRECTS {
            let location = response.headers().get(header::LOCATION);
            let location = location.and_then(|value| value.to_str().ok());
            let status = response.status().as_u16();
            let Some(elsewhere) = redirect(request, response.url(), status, location) else {
                break;
            };
            at = credentials::host(&elsewhere);
            // The address given carries its own right; the token is for this host alone.
            let plain = self.client.get(elsewhere).header(header::ACCEPT, "*/*");
            let sent = with_range(plain, request.from).send().await;
            response = sent.map_err(|source| unanswered(&at, source))?;
        }
        let is_elsewhere = response.url().origin() != request.url.origin();
        let opened = Opened::of(response, at);
        let status = opened.status();
        let signed_out = is_sign_in_page(status, opened.header("content-type").as_deref());
        debug!(status, "answered");
        if (200..300).contains(&status) && !signed_out {
            return Ok(opened);
        }
        let asked_for = retry_after(opened.header("retry-after").as_deref());
        if is_elsewhere {
            let host = opened.at().to_owned();
            return Err((Error::RefusedElsewhere { host, status }, asked_for));
        }
        let service_error = opened.header("x-tfs-serviceerror");
        // A refusal counts whatever its words are, and whether all of them come.
        let body = opened.whole(LARGEST_REFUSAL).await.unwrap_or_default();
        Err((
            Error::Refused {
                host: host.to_owned(),
                status: if signed_out { 401 } else { status },
                message: message_in(&body).or(service_error),
            },
            asked_for,
        ))
    }
}

/// Asks for the rest of a file.
fn with_range(asked: reqwest::RequestBuilder, from: u64) -> reqwest::RequestBuilder {
    match from {
        0 => asked,
        from => asked.header(header::RANGE, format!("bytes={from}-")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_token_goes_to_no_other_host() {
        let token = Token::personal_access_token(&credentials::Secret::new("canary"));
        let base = Url::parse("http://127.0.0.1:9").unwrap();
        let http = Http::new(TokenSource::fixed(token), &[base]).unwrap();
        let url = Url::parse("http://127.0.0.1:10/_apis").unwrap();
        let request = Request::get(url, "/_apis");
        assert!(matches!(
            http.send(&request).await,
            Err(Error::ForeignHost { .. })
        ));
    }
}
