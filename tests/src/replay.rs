//! A registry that answers from memory what a feed of this product answered before: as slowly, over as many connections
//! and with as much trouble as a test or a benchmark wants. It stands for Azure's way to speak where the feed itself,
//! which is fast and right, would show nothing.
//!
//! **Invariant**: what it answers without trouble is what feed-server answered; no other address than 127.0.0.1 is
//! listened on.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tame_index::KrateName;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::TestHome;
use crate::broken_off::broken_off;

/// What a feed answered.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    files: HashMap<String, File>,
}

#[derive(Debug, Clone)]
struct File {
    body: Bytes,
    etag: Option<HeaderValue>,
}

/// How it is answered.
#[derive(Debug, Clone, Default)]
pub struct Manner {
    /// Before each answer.
    pub delay: Duration,
    /// Crates come from another port, by a redirect.
    pub redirects: bool,
    /// Over TLS with HTTP/2, by a certificate of an authority of its own.
    pub secure: bool,
    /// The year in which that certificate ended, or begins to be valid; none for one that is valid.
    pub valid: Option<Valid>,
}

/// When a certificate is valid, where that is not today.
#[derive(Debug, Clone, Copy)]
pub enum Valid {
    /// It has ended, as it seems to have where a clock is ahead.
    Until(i32),
    /// It has not begun, as it seems to have where a clock is behind.
    From(i32),
}

/// What goes wrong with an answer.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// This status, with `Retry-After` in seconds where there is one.
    Status(u16, Option<u64>),
    /// The right answer, cut after so many bytes together with the connection.
    Cut(usize),
    /// Something else, as a page or as a file.
    Instead(&'static str, Bytes),
    /// The right answer, after a while.
    Late(Duration),
    /// The right answer, with the wish to be left alone for so many seconds.
    Slower(u64),
}

/// One request, as trouble is chosen by.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its path below the index or the downloads, as in `se/rd/serde` and `serde/1.0.0`.
    pub path: &'a str,
    /// Whether it is for a crate.
    pub is_crate: bool,
    /// How many were asked before, of this path.
    pub before: usize,
    /// How many were asked before, of all.
    pub all_before: usize,
}

/// Chooses what goes wrong.
pub type Weather = Arc<dyn Fn(Asked<'_>) -> Option<Trouble> + Send + Sync>;

/// The registry; it stops when it is dropped.
#[derive(Debug)]
pub struct Replay {
    state: Arc<State>,
    authority: Option<String>,
    _serving: JoinSet<()>,
}

struct State {
    recorded: Recorded,
    manner: Manner,
    weather: Mutex<Weather>,
    asked: Mutex<HashMap<String, usize>>,
    all: AtomicUsize,
    /// Requests for the rest of a file.
    parts: AtomicUsize,
    /// Where it is, and where crates are once one was sent on.
    index: String,
    blobs: String,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

impl Recorded {
    /// Asks a feed of a home for all that a lock file names, as cargo would, so that it saves what it lacks.
    pub async fn of(home: &TestHome, feed: &str, lockfile: &Path) -> Result<Self> {
        let locked: toml::Table = std::fs::read_to_string(lockfile)?.parse()?;
        let packages = locked["package"].as_array().context("packages")?;
        let text = |package: &toml::Value, key: &str| Some(package.get(key)?.as_str()?.to_owned());
        let wanted = packages
            .iter()
            .filter(|package| package.get("checksum").is_some());
        let wanted = wanted.filter_map(|package| Some((text(package, "name")?, text(package, "version")?)));
        let wanted = wanted.collect::<Vec<_>>();
        let feed = Arc::new(FeedAsked::of(home, feed).await?);
        let mut recorded = Self::default();
        let mut asking = JoinSet::new();
        for (name, version) in wanted {
            while asking.len() >= 16 {
                let done = asking.join_next().await.context("nothing was asked")?;
                recorded.files.extend(done??);
            }
            asking.spawn(Arc::clone(&feed).files(name, version));
        }
        while let Some(done) = asking.join_next().await {
            recorded.files.extend(done??);
        }
        Ok(recorded)
    }

    /// Puts a file in: an index file by its path, a crate by `name/version`.
    pub fn put(&mut self, path: &str, body: impl Into<Bytes>) {
        let file = File {
            body: body.into(),
            etag: Some(HeaderValue::from_static("\"put\"")),
        };
        self.files.insert(path.to_owned(), file);
    }

    /// How many bytes there are in all.
    pub fn size(&self) -> usize {
        self.files.values().map(|file| file.body.len()).sum()
    }

    /// The paths of all files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

/// A feed, asked as cargo asks.
struct FeedAsked {
    client: reqwest::Client,
    index: String,
    downloads: String,
    authorization: String,
}

impl FeedAsked {
    async fn of(home: &TestHome, feed: &str) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let index = home.index_url(feed).trim_start_matches("sparse+").to_owned();
        let config: serde_json::Value = serde_json::from_str(&home.ask_feed(feed, "config.json").await?)?;
        Ok(Self {
            client: reqwest::Client::builder().no_proxy().build()?,
            index,
            downloads: config["dl"].as_str().context("downloads")?.to_owned(),
            authorization: home.header()?,
        })
    }

    /// A crate's index file and the file of one version.
    async fn files(self: Arc<Self>, name: String, version: String) -> Result<Vec<(String, File)>> {
        let path = KrateName::cargo(&name)?.relative_path(Some('/'));
        let download = self
            .downloads
            .replace("{crate}", &name)
            .replace("{version}", &version);
        let entry = self.file(&format!("{}{path}", self.index)).await?;
        let krate = self.file(&download).await?;
        Ok(vec![(path, entry), (format!("{name}/{version}"), krate)])
    }

    async fn file(&self, url: &str) -> Result<File> {
        let asked = self
            .client
            .get(url)
            .header(header::AUTHORIZATION, &self.authorization);
        let answer = asked.send().await?.error_for_status()?;
        let etag = answer.headers().get(header::ETAG).cloned();
        let body = answer.bytes().await?;
        Ok(File { body, etag })
    }
}

impl Replay {
    /// Serves what was recorded.
    pub async fn start(recorded: Recorded, manner: Manner) -> Result<Self> {
        Self::start_in(recorded, manner, Arc::new(|_| None)).await
    }

    /// The same with trouble.
    pub async fn start_in(recorded: Recorded, manner: Manner, weather: Weather) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listeners = [listen().await?, listen().await?];
        let scheme = if manner.secure { "https" } else { "http" };
        let at = |listener: &TcpListener| anyhow::Ok(format!("{scheme}://{}", listener.local_addr()?));
        let state = Arc::new(State {
            recorded,
            index: format!("{}/index/", at(&listeners[0])?),
            blobs: format!("{}/blob/", at(&listeners[1])?),
            weather: Mutex::new(weather),
            asked: Mutex::default(),
            all: AtomicUsize::new(0),
            parts: AtomicUsize::new(0),
            manner,
        });
        let (acceptor, authority) = match state.manner.secure {
            true => {
                let (acceptor, authority) = certified(state.manner.valid)?;
                (Some(acceptor), Some(authority))
            }
            false => (None, None),
        };
        let mut serving = JoinSet::new();
        for listener in listeners {
            serving.spawn(serve(listener, acceptor.clone(), Arc::clone(&state)));
        }
        Ok(Self {
            state,
            authority,
            _serving: serving,
        })
    }

    /// Its index, as cargo's config names it.
    pub fn index_url(&self) -> String {
        format!("sparse+{}", self.state.index)
    }

    /// The authority its certificate is of, in PEM.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// Fetches every file once over so many connections and does nothing with it: what any downloader needs at least.
    pub async fn fetched_plainly(&self, at_once: usize) -> Result<()> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let mut asking = JoinSet::new();
        for path in self.state.recorded.files.keys() {
            // An index file lies under its path, a crate under name and version.
            let is_crate = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
            let below = if is_crate { "/dl/" } else { "/index/" };
            let url = format!("{}{path}", self.state.index.replace("/index/", below));
            while asking.len() >= at_once {
                asking.join_next().await.context("a request")???;
            }
            let asked = client.get(url).send();
            asking.spawn(async move { anyhow::Ok(asked.await?.error_for_status()?.bytes().await?.len()) });
        }
        while let Some(done) = asking.join_next().await {
            done??;
        }
        Ok(())
    }

    /// From now on, this goes wrong.
    pub fn change_weather(&self, weather: Weather) {
        *self.state.weather.lock().unwrap_or_else(PoisonError::into_inner) = weather;
        self.state
            .asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// How many requests for the rest of a file came so far.
    pub fn parts_asked(&self) -> usize {
        self.state.parts.load(Ordering::SeqCst)
    }

    /// How many requests came so far.
    pub fn asked(&self) -> usize {
        self.state.all.load(Ordering::SeqCst)
    }
}

async fn listen() -> Result<TcpListener> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?)
}

fn certified(valid: Option<Valid>) -> Result<(tokio_rustls::TlsAcceptor, String)> {
    let key = rcgen::KeyPair::generate()?;
    let mut authority = rcgen::CertificateParams::new(Vec::new())?;
    // Of the same name as its own, a certificate would be taken for one that nobody signed.
    let named = rcgen::DnType::CommonName;
    authority.distinguished_name.push(named, "an authority of a test");
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let certificate = authority.self_signed(&key)?;
    let pem = certificate.pem();
    let issuer = rcgen::Issuer::new(authority, key);
    let own = rcgen::KeyPair::generate()?;
    let mut signed = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()])?;
    match valid {
        Some(Valid::Until(year)) => signed.not_after = rcgen::date_time_ymd(year, 1, 1),
        Some(Valid::From(year)) => signed.not_before = rcgen::date_time_ymd(year, 1, 1),
        None => {}
    }
    let signed = signed.signed_by(&own, &issuer)?;
    let key = rustls::pki_types::PrivateKeyDer::try_from(own.serialize_der()).map_err(anyhow::Error::msg)?;
    let mut config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![signed.der().clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((tokio_rustls::TlsAcceptor::from(Arc::new(config)), pem))
}

async fn serve(listener: TcpListener, acceptor: Option<tokio_rustls::TlsAcceptor>, state: Arc<State>) {
    // Connections end with the listener.
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let _ = stream.set_nodelay(true);
        let (acceptor, state) = (acceptor.clone(), Arc::clone(&state));
        connections.spawn(async move {
            let service = hyper::service::service_fn(move |request| {
                let state = Arc::clone(&state);
                async move { Ok::<_, Infallible>(state.answer(&request).await) }
            });
            let builder = Builder::new(TokioExecutor::new());
            match acceptor {
                None => drop(builder.serve_connection(TokioIo::new(stream), service).await),
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        drop(builder.serve_connection(TokioIo::new(stream), service).await);
                    }
                }
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

impl State {
    async fn answer<B>(&self, request: &Request<B>) -> Response<Body> {
        let path = percent_encoding::percent_decode_str(request.uri().path()).decode_utf8_lossy();
        let is_blob = path.starts_with("/blob/");
        let named = ["/index/", "/dl/", "/blob/"]
            .iter()
            .find_map(|start| path.strip_prefix(start));
        let Some(named) = named else {
            return status(404, None);
        };
        let all_before = self.all.fetch_add(1, Ordering::SeqCst);
        if request.headers().contains_key(header::RANGE) {
            self.parts.fetch_add(1, Ordering::SeqCst);
        }
        tokio::time::sleep(self.manner.delay).await;
        let is_crate = path.starts_with("/dl/") || is_blob;
        if named == "config.json" {
            return self.config();
        }
        if is_crate && !is_blob && self.manner.redirects {
            let to = HeaderValue::try_from(format!("{}{}", self.blobs, named.replace('+', "%2B")));
            let mut answer = status(302, None);
            answer
                .headers_mut()
                .extend(to.ok().map(|to| (header::LOCATION, to)));
            return answer;
        }
        let before = {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            let count = asked.entry(path.clone().into_owned()).or_insert(0);
            *count += 1;
            *count - 1
        };
        let weather = Arc::clone(&self.weather.lock().unwrap_or_else(PoisonError::into_inner));
        let trouble = weather(Asked {
            path: named,
            is_crate,
            before,
            all_before,
        });
        let Some(file) = self.recorded.files.get(named) else {
            return status(404, None);
        };
        match trouble {
            None => file.answer(request.headers(), is_crate),
            Some(Trouble::Late(while_long)) => {
                tokio::time::sleep(while_long).await;
                file.answer(request.headers(), is_crate)
            }
            Some(Trouble::Slower(seconds)) => {
                let mut answer = file.answer(request.headers(), is_crate);
                answer
                    .headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                answer
            }
            Some(Trouble::Status(code, after)) => status(code, after),
            Some(Trouble::Instead(kind, body)) => {
                let mut answer = Response::new(Body::from(body));
                answer
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
                answer
            }
            Some(Trouble::Cut(after)) => cut(file.answer(request.headers(), is_crate), &file.body, after),
        }
    }

    fn config(&self) -> Response<Body> {
        let downloads = self.index.replace("/index/", "/dl/{crate}/{version}");
        let api = self.index.trim_end_matches("/index/");
        let config = serde_json::json!({
            "dl": downloads, "api": api, "auth-required": false,
        });
        Response::new(Body::from(config.to_string()))
    }
}

impl File {
    /// The whole file or, of a crate, the part that was asked for.
    fn answer(&self, asked: &HeaderMap, is_crate: bool) -> Response<Body> {
        let unchanged = asked.get(header::IF_NONE_MATCH);
        if unchanged.is_some() && unchanged == self.etag.as_ref() {
            return status(304, None);
        }
        let from = asked.get(header::RANGE).and_then(|range| range.to_str().ok());
        let from = from.and_then(|range| {
            range
                .strip_prefix("bytes=")?
                .strip_suffix('-')?
                .parse::<usize>()
                .ok()
        });
        let from = from.filter(|from| is_crate && *from < self.body.len());
        let mut answer = Response::new(Body::from(self.body.slice(from.unwrap_or(0)..)));
        let headers = answer.headers_mut();
        headers.extend(self.etag.clone().map(|etag| (header::ETAG, etag)));
        if let Some(from) = from {
            let (last, all) = (self.body.len() - 1, self.body.len());
            let range = HeaderValue::try_from(format!("bytes {from}-{last}/{all}"));
            headers.extend(range.ok().map(|range| (header::CONTENT_RANGE, range)));
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        answer
    }
}

/// The same answer, which promises all and keeps it for so many bytes.
fn cut(answer: Response<Body>, bytes: &Bytes, after: usize) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    let length = body.size_hint().exact().unwrap_or(0);
    head.headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let from = bytes.len() - usize::try_from(length).unwrap_or(0);
    let part = bytes.slice(from..(from + after).min(bytes.len()));
    Response::from_parts(head, broken_off(std::io::Cursor::new(part)))
}

fn status(code: u16, retry_after: Option<u64>) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(seconds) = retry_after {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}
