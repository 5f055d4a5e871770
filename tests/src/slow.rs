//! A way to a server that takes its time for every request, and counts them.
//!
//! **Invariant**: hands on what comes and what goes as it is; adds nothing but time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The most that is handed on of one request's body, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// The way, open until dropped.
#[derive(Debug)]
pub struct SlowWay {
    url: String,
    asked: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Way {
    client: reqwest::Client,
    to: String,
    delay: Duration,
    asked: Arc<AtomicUsize>,
}

impl SlowWay {
    /// Opens a way to a server; `listener` is where it begins.
    pub fn open(listener: std::net::TcpListener, to: &str, delay: Duration) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let asked = Arc::new(AtomicUsize::new(0));
        let way = Way {
            client: reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .build()?,
            to: to.to_owned(),
            delay,
            asked: Arc::clone(&asked),
        };
        let url = format!("http://{}", listener.local_addr()?);
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let router = Router::new().fallback(hand_on).with_state(way);
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, asked, task })
    }

    /// Where it begins.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many requests went this way.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for SlowWay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn hand_on(State(way): State<Way>, request: Request) -> Response<Body> {
    way.asked.fetch_add(1, Ordering::SeqCst);
    tokio::time::sleep(way.delay).await;
    let failed = |words: String| {
        let mut answer = Response::new(Body::from(words));
        *answer.status_mut() = StatusCode::BAD_GATEWAY;
        answer
    };
    let (mut head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}{path}", way.to);
    for own in [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        head.headers.remove(own);
    }
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return failed("the body is too large".to_owned());
    };
    let asked = way
        .client
        .request(head.method, url)
        .headers(head.headers)
        .body(body);
    match asked.send().await {
        Ok(answer) => {
            let mut handed = Response::new(Body::empty());
            *handed.status_mut() = answer.status();
            *handed.headers_mut() = answer.headers().clone();
            handed.headers_mut().remove(header::TRANSFER_ENCODING);
            *handed.body_mut() = Body::from_stream(answer.bytes_stream());
            handed
        }
        Err(failure) => failed(failure.to_string()),
    }
}
