//! Using the server that runs, or being the server; and taking over when the one that ran has ended.
//!
//! **Invariant:** the token goes only to an address noted by whoever holds the lock of this folder.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{FolderLock, Note, StartError};
use crate::Config;
use crate::server::{self, Server};

/// How often a condition that nobody announces is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// Feeds in reach: served by this process or by another one that was there first.
#[derive(Debug)]
pub struct Joined {
    url: String,
    part: Option<Part>,
}

#[derive(Debug)]
enum Part {
    Serving(Server),
    Standby {
        stop: oneshot::Sender<()>,
        task: JoinHandle<()>,
    },
}

impl Joined {
    /// Where the feeds are, without a slash at the end. It stays the same when this process takes over.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether this process was the one that started serving.
    pub fn started_here(&self) -> bool {
        matches!(self.part, Some(Part::Serving(_)))
    }

    /// Stops serving, or waiting to; a server of another process is left alone.
    pub async fn stop(mut self) {
        match self.part.take() {
            Some(Part::Serving(server)) => server.stop().await,
            Some(Part::Standby { stop, task }) => {
                let _ = stop.send(());
                // The task only ends; it has nothing to say.
                let _ = task.await;
            }
            None => {}
        }
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        if let Some(Part::Standby { stop, .. }) = self.part.take() {
            let _ = stop.send(());
        }
    }
}

/// Starts serving the folder, or joins whoever serves it and stands by to take over when they end.
pub async fn join_or_start(config: Config) -> Result<Joined, StartError> {
    let deadline = Instant::now() + config.limits.join_timeout;
    let health = reqwest_client(&config)?;
    loop {
        if let Some(lock) = FolderLock::try_take(&config.folder)? {
            let server = server::start_with(lock, config).await?;
            return Ok(Joined {
                url: server.url().to_owned(),
                part: Some(Part::Serving(server)),
            });
        }
        let note = Note::read(&config.folder);
        if let Some(note) = &note
            && answers(&health, &config, note).await
        {
            return Ok(stand_by(config, note));
        }
        if Instant::now() >= deadline {
            return Err(not_answering(&config, note));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn stand_by(mut config: Config, note: &Note) -> Joined {
    // Projects name this address, so whoever takes over must have the same one.
    if let Some(port) = url::Url::parse(&note.url).ok().and_then(|url| url.port()) {
        config.port = port;
    }
    let (sender, receiver) = oneshot::channel();
    let folder = config.folder.clone();
    // Not one of the runtime's threads: it may stay blocked for as long as the process lives.
    std::thread::spawn(move || {
        // Nobody receives any more when the wait was given up; the lock then goes at once.
        let _ = sender.send(FolderLock::take(&folder));
    });
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(take_over(config, receiver, stopped));
    Joined {
        url: note.url.clone(),
        part: Some(Part::Standby { stop, task }),
    }
}

async fn take_over(
    config: Config,
    lock: oneshot::Receiver<Result<FolderLock, StartError>>,
    mut stopped: oneshot::Receiver<()>,
) {
    let lock = tokio::select! {
        _ = &mut stopped => return,
        lock = lock => lock,
    };
    let started = match lock {
        Ok(Ok(lock)) => start_soon(Arc::new(config), lock, &mut stopped).await,
        Ok(Err(failure)) => Err(failure),
        // The waiting thread is gone without an answer: there is nothing to take over with.
        Err(_) => return,
    };
    match started {
        Ok(Some(server)) => {
            tracing::info!(
                url = server.url(),
                "took over the feeds from a process that ended"
            );
            // Ends when asked to, or when whoever joined is dropped.
            let _ = stopped.await;
            server.stop().await;
        }
        Ok(None) => {}
        Err(failure) => {
            tracing::error!(
                error = &failure as &dyn std::error::Error,
                "taking over the feeds failed"
            );
        }
    }
}

/// A process that was killed may lose its lock a moment before its port.
async fn start_soon(
    config: Arc<Config>,
    lock: FolderLock,
    stopped: &mut oneshot::Receiver<()>,
) -> Result<Option<Server>, StartError> {
    let deadline = Instant::now() + config.limits.join_timeout;
    loop {
        match server::listen(config.port).await {
            Ok(listener) => {
                let config = Config::clone(&config);
                return server::serve(listener, lock, config).await.map(Some);
            }
            Err(failure) if Instant::now() >= deadline => return Err(failure),
            Err(_) => {}
        }
        tokio::select! {
            _ = &mut *stopped => return Ok(None),
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

fn reqwest_client(config: &Config) -> Result<reqwest::Client, StartError> {
    crate::upstream::install_tls();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(2))
        .build()
        .map_err(|failure| StartError::Upstream {
            url: format!("http://127.0.0.1:{}", config.port),
            reason: failure.to_string(),
        })
}

/// Asks the noted address who it is; only the server of this folder knows both the token and the instance.
async fn answers(client: &reqwest::Client, config: &Config, note: &Note) -> bool {
    if !is_loopback(&note.url) {
        return false;
    }
    let request = client
        .get(format!(
            "{}/{}/_apis/connectionData",
            note.url, config.organization
        ))
        .basic_auth("granary", Some(config.token.expose()));
    let Ok(response) = request.send().await.and_then(reqwest::Response::error_for_status) else {
        return false;
    };
    response
        .json::<Value>()
        .await
        .is_ok_and(|said| said["instanceId"] == note.instance.as_str())
}

fn is_loopback(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| url.scheme() == "http" && url.host_str() == Some("127.0.0.1"))
}

fn not_answering(config: &Config, note: Option<Note>) -> StartError {
    let note = note.unwrap_or_else(|| Note::unknown(config.port));
    StartError::NotAnswering {
        by: note.by,
        pid: note.pid,
        url: note.url,
    }
}
