//! Starting and stopping: the lock, the port, the storage, the note, in this order.
//!
//! **Invariant:** no other address than 127.0.0.1 is ever listened on, and no other port than the one asked for.

use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use rusqlite::Transaction;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::dispatch::{self, App};
use crate::downloads::Downloads;
use crate::people::People;
use crate::serving::{FolderLock, Note, StartError};
use crate::storage::{ProjectRecord, Storage, StorageError, back_date, retain};
use crate::upstream::Upstream;
use crate::{Addresses, Config, Person};

/// How long an answer to a request that was broken off may take.
const LAST_WAIT: Duration = Duration::from_secs(2);

const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A running server. Dropping it stops it without waiting; [`Server::stop`] waits.
#[derive(Debug)]
pub struct Server {
    url: String,
    stopping: CancellationToken,
    /// Breaks off requests that are still coming in.
    closing: CancellationToken,
    released: Option<oneshot::Receiver<()>>,
    patience: Duration,
    /// Not held, so that the folder is given up with the last request.
    app: Weak<App>,
}

/// What is due could not be done.
#[derive(Debug, thiserror::Error)]
#[error("what is due in the feeds could not be done: {0}")]
pub struct RetainError(String);

impl Server {
    /// Where it serves, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From the next request on, these may ask beside the owner.
    pub fn set_people(&self, people: Vec<Person>) {
        if let Some(app) = self.app.upgrade() {
            app.people.replace(people);
        }
    }

    /// Does at once what the daily job would do at a moment: deletes what the feeds' limits no longer keep, and lets go
    /// of what lay in a recycle bin for too long.
    pub async fn retain_as_of(&self, moment: OffsetDateTime) -> Result<(), RetainError> {
        let Some(app) = self.app.upgrade() else {
            return Ok(());
        };
        do_what_is_due(&app, moment)
            .await
            .map_err(|failure| RetainError(failure.to_string()))
    }

    /// As if every version had been published so many days earlier: for tests of what the daily job does, and of who foretells it.
    pub async fn back_date(&self, days: u32) -> Result<(), RetainError> {
        let Some(app) = self.app.upgrade() else {
            return Ok(());
        };
        let work = move |transaction: &Transaction<'_>| back_date(transaction, days);
        let done = app.storage.write(work).await;
        done.map_err(|failure: StorageError| RetainError(failure.to_string()))
    }

    /// Takes no more requests, finishes those under way, and gives up the folder.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        let Some(mut released) = self.released.take() else {
            return;
        };
        if tokio::time::timeout(self.patience, &mut released).await.is_ok() {
            return;
        }
        self.closing.cancel();
        if tokio::time::timeout(LAST_WAIT, released).await.is_err() {
            tracing::warn!("a request was still under way when the server stopped");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.cancel();
        self.closing.cancel();
    }
}

/// Takes the folder's lock, listens on 127.0.0.1 and serves.
pub async fn start(config: Config) -> Result<Server, StartError> {
    let deadline = Instant::now() + config.limits.join_timeout;
    loop {
        if let Some(lock) = FolderLock::try_take(&config.folder)? {
            return start_with(lock, config).await;
        }
        // Somebody who is just starting has not left a note yet.
        if let Some(note) = Note::read(&config.folder) {
            return Err(StartError::AlreadyServing {
                by: note.by,
                pid: note.pid,
                url: note.url,
            });
        }
        if Instant::now() >= deadline {
            let note = Note::unknown(config.port);
            return Err(StartError::AlreadyServing {
                by: note.by,
                pid: note.pid,
                url: note.url,
            });
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

pub(crate) async fn start_with(lock: FolderLock, config: Config) -> Result<Server, StartError> {
    let listener = listen(config.port).await?;
    serve(listener, lock, config).await
}

pub(crate) async fn listen(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken { port },
            _ => StartError::Port { port, source },
        })
}

pub(crate) async fn serve(
    listener: TcpListener,
    mut lock: FolderLock,
    config: Config,
) -> Result<Server, StartError> {
    let port = listener
        .local_addr()
        .map_err(|source| StartError::Port {
            port: config.port,
            source,
        })?
        .port();
    let url = format!("http://127.0.0.1:{port}");
    let folder = config.folder.clone();
    let patience = config.limits.stop_timeout;
    let released = lock.tell_when_released();
    let storage = open(lock).await?;
    make_projects(&storage, &folder, config.projects.clone()).await?;
    let upstream = Upstream::open(Arc::clone(&storage), &config).await?;
    let note = Note {
        url: url.clone(),
        pid: std::process::id(),
        by: config.serves.clone(),
        instance: storage.identity().instance.clone(),
    };
    let (stopping, closing) = (CancellationToken::new(), CancellationToken::new());
    let people = People::new(&storage.identity().user, config.token, config.people);
    let downloads = Downloads::start(Arc::clone(&storage));
    let app = Arc::new(App {
        storage,
        upstream,
        downloads,
        people,
        limits: config.limits,
        organization: config.organization,
        addresses: config.addresses.unwrap_or_else(|| Addresses::all_at(&url)),
        url: url.clone(),
        port,
        closing: closing.clone(),
    });
    let weak = Arc::downgrade(&app);
    let router = Router::new()
        .fallback(|State(app): State<Arc<App>>, request: Request| dispatch::answer(app, request))
        .with_state(app);
    FolderLock::write_note(&folder, &note)?;
    tokio::spawn(tidy_daily(weak.clone(), stopping.clone()));
    let until = stopping.clone().cancelled_owned();
    tokio::spawn(async move {
        if let Err(failure) = axum::serve(listener, router).with_graceful_shutdown(until).await {
            tracing::error!(error = &failure as &dyn std::error::Error, "serving ended");
        }
    });
    Ok(Server {
        url,
        stopping,
        closing,
        released: Some(released),
        patience,
        app: weak,
    })
}

/// A computer may not be on for a whole day, so the first time is at once.
async fn tidy_daily(app: Weak<App>, stopping: CancellationToken) {
    loop {
        match app.upgrade() {
            Some(app) => {
                if let Err(failure) = do_what_is_due(&app, OffsetDateTime::now_utc()).await {
                    let failure = &failure as &dyn std::error::Error;
                    tracing::warn!(error = failure, "what is due in the feeds was not done");
                }
            }
            None => return,
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(A_DAY) => {}
        }
    }
}

async fn do_what_is_due(app: &App, moment: OffsetDateTime) -> Result<(), StorageError> {
    // A version that was just downloaded stays.
    app.downloads.settle().await;
    let done = app
        .storage
        .write(move |transaction| retain(transaction, moment))
        .await?;
    if done != Default::default() {
        tracing::info!(
            deleted = done.deleted,
            purged = done.purged,
            purged_feeds = done.purged_feeds,
            "tidied: {} versions deleted, {} and {} feeds gone for good",
            done.deleted,
            done.purged,
            done.purged_feeds
        );
    }
    Ok(())
}

async fn make_projects(storage: &Arc<Storage>, folder: &Path, names: Vec<String>) -> Result<(), StartError> {
    let make = move |transaction: &Transaction<'_>| {
        names
            .iter()
            .try_for_each(|name| ProjectRecord::make(transaction, name))
    };
    let made = storage.write(make).await;
    made.map_err(|failure: StorageError| StartError::Storage {
        folder: folder.to_owned(),
        reason: failure.to_string(),
    })
}

async fn open(lock: FolderLock) -> Result<Arc<Storage>, StartError> {
    let folder = lock.folder().to_owned();
    let failed = |reason: String| StartError::Storage { folder, reason };
    match tokio::task::spawn_blocking(move || Storage::open(lock)).await {
        Ok(Ok(storage)) => Ok(storage),
        Ok(Err(failure)) => Err(failed(failure.to_string())),
        Err(_) => Err(failed("the work was broken off".to_owned())),
    }
}
