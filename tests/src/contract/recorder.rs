//! A small reverse proxy on this computer that keeps what passes through it.
//!
//! **Invariant**: loopback only; keeps no header, so that no token is kept.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::exchange::Exchange;

/// The longest body that passes.
const MOST: usize = 64 * 1024 * 1024;

/// A proxy that records, until dropped.
#[derive(Debug)]
pub struct Recorder {
    kept: Arc<Mutex<Vec<Exchange>>>,
    serving: JoinHandle<()>,
}

#[derive(Debug, Clone)]
struct Proxy {
    client: reqwest::Client,
    /// Where clients ask, and where it goes.
    here: String,
    there: String,
    kept: Arc<Mutex<Vec<Exchange>>>,
}

impl Recorder {
    /// Listens on one port of this computer and hands on to another.
    pub async fn between(port: u16, server: u16) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .no_gzip()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let kept = Arc::<Mutex<Vec<Exchange>>>::default();
        let proxy = Proxy {
            client,
            here: format!("127.0.0.1:{port}"),
            there: format!("127.0.0.1:{server}"),
            kept: Arc::clone(&kept),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .with_context(|| format!("port {port}"))?;
        let router = Router::new()
            .fallback(|State(proxy): State<Proxy>, request: Request| async move { proxy.pass(request).await })
            .with_state(proxy);
        let serving = tokio::spawn(async move {
            // It ends when it is dropped; a connection that breaks is its client's business.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { kept, serving })
    }

    /// All that passed so far, taken out.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Proxy {
    async fn pass(&self, request: Request) -> Response {
        self.try_pass(request).await.unwrap_or_else(|error| {
            let mut response = Response::new(Body::from(format!("the recorder: {error:#}")));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        })
    }

    async fn try_pass(&self, request: Request) -> Result<Response> {
        let (parts, body) = request.into_parts();
        let sent = to_bytes(body, MOST).await?;
        let uri = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut asked = self
            .client
            .request(parts.method.clone(), format!("http://{}{uri}", self.there))
            .body(sent.clone());
        for (name, value) in &parts.headers {
            if ![
                header::HOST,
                header::CONTENT_LENGTH,
                header::CONNECTION,
                header::TRANSFER_ENCODING,
            ]
            .contains(name)
            {
                asked = asked.header(name, value);
            }
        }
        let answer = asked.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = self.readdressed(&headers, answer.bytes().await?);
        let exchange = Exchange {
            host: self.here.clone(),
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: query_with_version(parts.uri.query().unwrap_or_default(), &parts.headers),
            request_body: serde_json::from_slice(&sent).ok(),
            status: status.as_u16(),
            content_type: text(&headers, &header::CONTENT_TYPE),
            response_body: serde_json::from_slice::<Value>(&body).ok(),
        };
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(exchange);
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        for (name, value) in &headers {
            if ![
                header::CONTENT_LENGTH,
                header::CONNECTION,
                header::TRANSFER_ENCODING,
            ]
            .contains(name)
            {
                response.headers_mut().append(name, value.clone());
            }
        }
        Ok(response)
    }

    /// Where the server tells its own address, ours is told: clients that follow it stay with us.
    fn readdressed(&self, headers: &HeaderMap, body: Bytes) -> Bytes {
        let is_json =
            text(headers, &header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
        match std::str::from_utf8(&body) {
            Ok(said) if is_json => said.replace(&self.there, &self.here).into(),
            _ => body,
        }
    }
}

/// Azure's own clients name the version in `Accept`; in an exchange it stands in the query.
fn query_with_version(query: &str, headers: &HeaderMap) -> String {
    let accepted = text(headers, &header::ACCEPT).unwrap_or_default();
    let version = accepted
        .split([';', ','])
        .find_map(|part| part.trim().strip_prefix("api-version="));
    match version {
        Some(version) if !query.contains("api-version=") => {
            let between = if query.is_empty() { "" } else { "&" };
            format!("{query}{between}api-version={version}")
        }
        _ => query.to_owned(),
    }
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
