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

use super::classify::{is_sign_in_page, may_repeat, message_in, redirect, speaks_for_all, without_bom};
use super::error::{Error, Refusal};
use super::retry::{Retry, retry_after};

/// The largest answer that is read, in bytes: a page of 1,000 crates with all versions stays well below.
pub(super) const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

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
}

/// A client for one account: where its tokens come from, and the hosts that may see them.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    /// None asks without a token.
    source: Option<TokenSource>,
    origins: Vec<url::Origin>,
    retry: Retry,
    /// Until when the server wants to be left alone, whoever of us it told so.
    pause: Arc<Mutex<Option<Instant>>>,
}

impl Http {
    /// A client that sends tokens of `source` to the given bases and nowhere else.
    pub fn new(source: TokenSource, bases: &[Url]) -> Result<Self, Error> {
        Self::of(Some(source), bases)
    }

    /// A client for what anybody may read, at one base.
    pub(crate) fn without_token(base: &Url) -> Result<Self, Error> {
        Self::of(None, std::slice::from_ref(base))
    }

    fn of(source: Option<TokenSource>, bases: &[Url]) -> Result<Self, Error> {
        let only_loopback = bases.iter().all(credentials::is_loopback);
        Ok(Self {
            client: credentials::http_client(only_loopback).map_err(|source| Error::NoClient { source })?,
            source,
            origins: bases.iter().map(Url::origin).collect(),
            retry: Retry::default(),
            pause: Arc::default(),
        })
    }

    /// Sends a request until it is answered, refused for good, or the patience is used up.
    ///
    /// Asked again are only requests that are safe to repeat, and those the server never took in (429, 503).
    pub async fn send(&self, request: &Request) -> Result<Answer, Error> {
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
                Ok(answer) => return Ok(answer),
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
            let wait = match may_repeat(request, &error) {
                true => self.retry.wait_after(attempt, asked_for),
                false => None,
            };
            let Some(wait) = wait else { return Err(error) };
            debug!(%host, route = request.route, attempt, wait_ms = wait.as_millis(), "asking again");
            if asked_for.is_some() && speaks_for_all(&error) {
                self.pause_until(Instant::now() + wait);
            } else {
                tokio::time::sleep(wait).await;
            }
            attempt += 1;
        }
    }

    async fn token(&self) -> Result<Option<Token>, Error> {
        match &self.source {
            Some(source) => Ok(Some(source.token().await?)),
            None => Ok(None),
        }
    }

    fn pause_until(&self, moment: Instant) {
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        *pause = (*pause).max(Some(moment));
    }

    /// One request that was told to slow down speaks for all that go to the same server.
    async fn wait_for_the_server(&self) {
        let until = *self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = until {
            tokio::time::sleep_until(until).await;
        }
    }

    fn sending(&self, request: &Request, token: Option<&Token>) -> reqwest::RequestBuilder {
        let accept = match request.content {
            Content::Json | Content::JsonPatch => "application/json",
            Content::Plain => "*/*",
        };
        let mut sending = self
            .client
            .request(request.method.clone(), request.url.clone())
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
    ) -> Result<Answer, (Error, Option<Duration>)> {
        let unreachable = |host: &str, source: Failure| {
            (
                Error::Unreachable {
                    host: host.to_owned(),
                    source: source.without_url(),
                },
                None,
            )
        };
        let sent = self.sending(request, token).send().await;
        let mut response = sent.map_err(|source| unreachable(host, source))?;
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
            response = plain.send().await.map_err(|source| unreachable(&at, source))?;
        }
        let is_elsewhere = response.url().origin() != request.url.origin();
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let (status, asked_for) = (
            response.status().as_u16(),
            retry_after(header("retry-after").as_deref()),
        );
        let continuation = header("x-ms-continuationtoken");
        let service_error = header("x-tfs-serviceerror");
        let signed_out = is_sign_in_page(status, header("content-type").as_deref());
        debug!(status, "answered");
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|source| unreachable(&at, source))?
        {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err((Error::TooLarge { host: at }, None));
            }
            body.extend_from_slice(&chunk);
        }
        let body = without_bom(body);
        if (200..300).contains(&status) && !signed_out {
            return Ok(Answer { body, continuation });
        }
        if is_elsewhere {
            return Err((Error::RefusedElsewhere { host: at, status }, asked_for));
        }
        let message = message_in(&body).or(service_error);
        let status = if signed_out { 401 } else { status };
        Err((
            Error::Refused {
                host: host.to_owned(),
                status,
                message,
            },
            asked_for,
        ))
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
