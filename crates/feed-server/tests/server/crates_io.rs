//! A stand-in for crates.io that counts what it is asked and fails or waits on command.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::test_server::{crate_archive, sha256};

#[derive(Default)]
struct Shown {
    files: HashMap<String, Vec<u8>>,
    asked: HashMap<String, usize>,
    unchanged: usize,
    failing: Option<StatusCode>,
    failures_left: usize,
}

pub(crate) struct CratesIo {
    shown: Arc<Mutex<Shown>>,
    open: watch::Sender<bool>,
    pub(crate) url: String,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

impl CratesIo {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shown = Arc::new(Mutex::new(Shown::default()));
        let (open, opened) = watch::channel(true);
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new()
            .fallback(answer)
            .with_state((Arc::clone(&shown), opened));
        let serving = tokio::spawn(async move {
            let until = async move {
                let _ = stopped.await;
            };
            axum::serve(listener, router)
                .with_graceful_shutdown(until)
                .await
                .unwrap();
        });
        let crates_io = Self {
            shown,
            open,
            url,
            stop: Some(stop),
            serving: Some(serving),
        };
        let download = format!("{}/files/{{crate}}-{{version}}.crate", crates_io.url);
        crates_io.put("/config.json", json!({ "dl": download }).to_string().into_bytes());
        crates_io
    }

    /// As cargo would write it.
    pub(crate) fn index(&self) -> String {
        format!("sparse+{}/", self.url)
    }

    pub(crate) fn put(&self, path: &str, content: Vec<u8>) {
        self.shown.lock().unwrap().files.insert(path.to_owned(), content);
    }

    /// Adds a version to a crate's index file and its file to the downloads; answers with that file.
    pub(crate) fn add(&self, path: &str, name: &str, version: &str) -> Vec<u8> {
        let archive = crate_archive(name, version, name.as_bytes());
        self.put(&format!("/files/{name}-{version}.crate"), archive.clone());
        self.add_line(path, name, version, &sha256(&archive));
        archive
    }

    pub(crate) fn add_line(&self, path: &str, name: &str, version: &str, checksum: &str) {
        let line = json!({ "name": name, "vers": version, "deps": [], "cksum": checksum, "features": {},
                           "yanked": false, "pubtime": "2024-01-01T00:00:00Z" });
        let mut shown = self.shown.lock().unwrap();
        let file = shown.files.entry(format!("/{path}")).or_default();
        file.extend_from_slice(format!("{line}\n").as_bytes());
    }

    pub(crate) fn yank_all(&self, path: &str) {
        let mut shown = self.shown.lock().unwrap();
        let file = shown.files.get_mut(&format!("/{path}")).unwrap();
        *file = String::from_utf8(file.clone())
            .unwrap()
            .replace("\"yanked\":false", "\"yanked\":true")
            .into();
    }

    pub(crate) fn fail(&self, status: Option<StatusCode>) {
        self.shown.lock().unwrap().failing = status;
    }

    /// Answers the next requests with 503 and then as before.
    pub(crate) fn fail_next(&self, count: usize) {
        self.shown.lock().unwrap().failures_left = count;
    }

    /// Lets requests wait, after they are counted, until the gate is opened again.
    pub(crate) fn gate(&self, open: bool) {
        self.open.send_replace(open);
    }

    pub(crate) fn asked(&self, path: &str) -> usize {
        self.shown
            .lock()
            .unwrap()
            .asked
            .get(path)
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn asked_in_all(&self) -> usize {
        self.shown.lock().unwrap().asked.values().sum()
    }

    pub(crate) fn unchanged(&self) -> usize {
        self.shown.lock().unwrap().unchanged
    }

    /// Closes the port: from here on nobody can connect.
    pub(crate) async fn go_away(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.serving.take().unwrap().await.unwrap();
    }
}

async fn answer(
    State((shown, mut open)): State<(Arc<Mutex<Shown>>, watch::Receiver<bool>)>,
    request: Request,
) -> Response<Body> {
    *shown
        .lock()
        .unwrap()
        .asked
        .entry(request.uri().path().to_owned())
        .or_default() += 1;
    open.wait_for(|open| *open).await.unwrap();
    let mut shown = shown.lock().unwrap();
    if shown.failures_left > 0 {
        shown.failures_left -= 1;
        return status(StatusCode::SERVICE_UNAVAILABLE);
    }
    if let Some(failing) = shown.failing {
        return status(failing);
    }
    let Some(content) = shown.files.get(request.uri().path()).cloned() else {
        return status(StatusCode::NOT_FOUND);
    };
    let etag = format!("\"{}\"", sha256(&content));
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known == etag.as_str());
    if known {
        shown.unchanged += 1;
        return status(StatusCode::NOT_MODIFIED);
    }
    Response::builder()
        .header(header::ETAG, etag)
        .body(Body::from(content))
        .unwrap()
}

fn status(status: StatusCode) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).unwrap()
}
