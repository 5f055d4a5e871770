//! The listeners, one for each host, and the way of every request: quirk, answer, record.
//!
//! **Invariant**: no other address than 127.0.0.1 is listened on, and every request is recorded, whatever its answer.

use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use time::OffsetDateTime;
use time::macros::format_description;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::exchange::{self, Exchange};
use super::quirk::{self, Quirk};
use super::{Host, Inner, caller, download, entra, identity, on_premises, organization, profile, refusal};

/// The largest request that is taken, in bytes.
const LARGEST_REQUEST: usize = 128 * 1024 * 1024;

/// A request as all hosts see it.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) host: Host,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Asked {
    /// The decoded segments of the path.
    pub(super) fn segments(&self) -> Vec<String> {
        let path = self.path.trim_start_matches('/');
        path.split('/')
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect()
    }

    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.into_owned())
    }

    /// Whether a client wants a plain 401 instead of a way to the sign-in page.
    pub(super) fn suppresses_redirect(&self) -> bool {
        let value = self.headers.get("x-tfs-fedauthredirect");
        value.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"suppress"))
    }
}

/// A free port for each host, with its address.
pub(super) async fn listen() -> Result<Vec<(TcpListener, String)>> {
    let mut listeners = Vec::new();
    for host in Host::ALL {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .with_context(|| format!("a port for `{}`", host.name()))?;
        let url = format!("http://{}", listener.local_addr()?);
        listeners.push((listener, url));
    }
    Ok(listeners)
}

/// Serves a host until the sender of `serving` is gone.
pub(super) fn serve(host: Host, listener: TcpListener, inner: Arc<Inner>, mut serving: watch::Receiver<()>) {
    let router = Router::new().fallback(answer).with_state((host, inner));
    tokio::spawn(async move {
        let end = async move { while serving.changed().await.is_ok() {} };
        let _ = axum::serve(listener, router).with_graceful_shutdown(end).await;
    });
}

async fn answer(State((host, inner)): State<(Host, Arc<Inner>)>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_REQUEST).await else {
        return refusal::page(StatusCode::PAYLOAD_TOO_LARGE, "Request too large");
    };
    let asked = Asked {
        host,
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    let place = format!("{}{}?{}", host.name(), asked.path, asked.query);
    let quirk = quirk::take(&mut inner.state().quirks, &place);
    let instead = quirk.as_ref().and_then(|quirk| {
        let segments = asked.segments();
        let tenant = inner.state().organization(&segments[0]).map(|found| found.tenant);
        let now = inner.state().now().as_secs();
        quirk::instead(quirk, host, tenant, inner.url(Host::Authority), now)
    });
    if let Some(Quirk::Slow(pause)) = quirk {
        tokio::time::sleep(pause).await;
    }
    let before = match quirk {
        Some(Quirk::Stale) => stale(&inner, &asked),
        _ => None,
    };
    let answer = match instead.or(before) {
        Some(answer) => answer,
        None => route(&inner, &asked).await,
    };
    let answer = match quirk.clone() {
        Some(Quirk::ShortPage(most)) => rewritten(answer, |whole| quirk::short(whole, most)).await,
        Some(Quirk::Meanwhile(deed)) => {
            // All of the answer is there before anything changes.
            let answer = rewritten(answer, <[u8]>::to_vec).await;
            inner.does(deed).await;
            answer
        }
        _ => answer,
    };
    let mut answer = record(&inner, &asked, answer).await;
    if matches!(quirk, Some(Quirk::Cut)) {
        let whole = axum::body::to_bytes(std::mem::take(answer.body_mut()), usize::MAX).await;
        *answer.body_mut() = quirk::cut(answer.headers_mut(), &whole.unwrap_or_default());
    }
    answer
}

/// An answer with another body, made of the whole of its own.
async fn rewritten(answer: Response<Body>, rewrite: impl FnOnce(&[u8]) -> Vec<u8>) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(rewrite(&whole)))
}

/// What the same question was answered with last.
fn stale(inner: &Inner, asked: &Asked) -> Option<Response<Body>> {
    let state = inner.state();
    let same = state.exchanges.iter().rev().find(|one| {
        let is_same = one.host == asked.host.name() && one.method == asked.method.as_str();
        is_same && one.status == 200 && one.path == asked.path && one.query == asked.query
    });
    same.and_then(|one| Some(refusal::json(StatusCode::OK, one.response_body.as_ref()?)))
}

async fn route(inner: &Inner, asked: &Asked) -> Response<Body> {
    match asked.host {
        Host::Authority => entra::answer(
            &mut inner.state(),
            inner.url(Host::Authority),
            &asked.method,
            &asked.path,
            &asked.query,
            &asked.body,
        ),
        Host::Core | Host::Feeds | Host::Packages => organization::answer(inner, asked).await,
        Host::Identity => identity::answer(inner, asked).await,
        Host::Profile => profile::answer(inner, asked),
        Host::Blob => download::from_blobs(inner, asked),
        Host::Server => on_premises::answer(inner, asked).await,
    }
}

async fn record(inner: &Inner, asked: &Asked, answer: Response<Body>) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let length = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let length = length.or(body.size_hint().exact());
    let is_kept = kind.as_ref().is_some_and(|kind| kind.contains("json"))
        && length.is_some_and(|length| length <= exchange::LARGEST);
    let (body, kept) = if is_kept {
        let bytes = axum::body::to_bytes(body, exchange::LARGEST as usize)
            .await
            .unwrap_or_default();
        let kept = serde_json::from_slice(&bytes).ok();
        (Body::from(bytes), kept)
    } else {
        (body, None)
    };
    let headers = parts.headers.iter().filter(|(name, _)| *name != header::LOCATION);
    let headers = headers.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.to_string(), value.into_owned())
    });
    let mut state = inner.state();
    let said = asked
        .headers
        .values()
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    let texts = [asked.path.as_str(), asked.query.as_str()];
    // A body that is larger than any form is a crate.
    let sent = String::from_utf8_lossy(&asked.body[..asked.body.len().min(exchange::LARGEST as usize)]);
    let carried_secret = said.into_iter().any(|text| state.is_secret(&text))
        || texts.iter().any(|text| state.is_secret(text))
        || state.is_secret(&sent);
    let port = inner
        .url(asked.host)
        .rsplit(':')
        .next()
        .and_then(|port| port.parse().ok());
    state.exchanges.push(Exchange {
        host: asked.host.name(),
        port: port.unwrap_or_default(),
        method: asked.method.to_string(),
        path: asked.path.clone(),
        query: asked.query.clone(),
        authorization_scheme: caller::scheme(&asked.headers),
        carried_secret,
        request_body: exchange::kept_body(&asked.headers, &asked.body),
        status: parts.status.as_u16(),
        response_headers: headers.collect(),
        response_body: kept,
    });
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let now = OffsetDateTime::from_unix_timestamp(state.now().as_secs().try_into().unwrap_or_default());
    let date = now.ok().and_then(|now| now.format(format).ok());
    if let Some(date) = date.and_then(|date| HeaderValue::try_from(date).ok()) {
        parts.headers.insert(header::DATE, date);
    }
    Response::from_parts(parts, body)
}
