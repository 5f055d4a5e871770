//! Counting downloads: noted on the way, written in batches.
//!
//! **Invariant:** no download waits for its count; where more are noted than can be written, some are not counted.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::storage::{DownloadCount, Storage, StorageError, count_downloads, now};

/// How many notes may wait.
const WAITING: usize = 8192;

/// For how long notes are gathered before they are written.
const GATHERING: Duration = Duration::from_millis(500);

#[derive(Debug)]
enum Note {
    Downloaded {
        version: String,
        person: String,
    },
    /// Whoever sends it waits until all before it is written.
    Settle(oneshot::Sender<()>),
}

/// Where downloads are noted.
#[derive(Debug)]
pub(crate) struct Downloads(mpsc::Sender<Note>);

impl Downloads {
    /// Starts what writes; it ends, everything written, when this is dropped.
    pub(crate) fn start(storage: Arc<Storage>) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(write_all(storage, receiver));
        Self(sender)
    }

    /// Notes that somebody downloaded a version.
    pub(crate) fn note(&self, version: String, person: String) {
        if self.0.try_send(Note::Downloaded { version, person }).is_err() {
            tracing::debug!("a download is not counted: too many wait to be written");
        }
    }

    /// Waits until all that was noted is written.
    pub(crate) async fn settle(&self) {
        let (told, written) = oneshot::channel();
        if self.0.send(Note::Settle(told)).await.is_ok() {
            let _ = written.await;
        }
    }
}

async fn write_all(storage: Arc<Storage>, mut receiver: mpsc::Receiver<Note>) {
    let mut goes_on = true;
    while goes_on {
        let mut gathered = Gathered::default();
        goes_on = gathered.gather(&mut receiver).await;
        let counts = gathered.counts();
        if !counts.is_empty() {
            let written = storage
                .write(move |transaction| count_downloads(transaction, &counts))
                .await;
            if let Err(failure) = written {
                let failure: StorageError = failure;
                tracing::warn!(
                    error = &failure as &dyn std::error::Error,
                    "downloads were not counted"
                );
            }
        }
        for waiting in gathered.waiting {
            let _ = waiting.send(());
        }
    }
}

#[derive(Debug, Default)]
struct Gathered {
    /// By version and person: how often, and when last.
    notes: HashMap<(String, String), (i64, String)>,
    waiting: Vec<oneshot::Sender<()>>,
}

impl Gathered {
    /// Takes the next note and what follows it for a while; says whether there can be more.
    async fn gather(&mut self, receiver: &mut mpsc::Receiver<Note>) -> bool {
        let Some(first) = receiver.recv().await else {
            return false;
        };
        self.take(first);
        let end = tokio::time::sleep(GATHERING);
        tokio::pin!(end);
        while self.waiting.is_empty() {
            tokio::select! {
                note = receiver.recv() => match note {
                    Some(note) => self.take(note),
                    None => return false,
                },
                () = &mut end => return true,
            }
        }
        true
    }

    fn take(&mut self, note: Note) {
        match note {
            Note::Downloaded { version, person } => {
                let (times, last) = self.notes.entry((version, person)).or_default();
                *times += 1;
                *last = now();
            }
            Note::Settle(waiting) => self.waiting.push(waiting),
        }
    }

    fn counts(&mut self) -> Vec<DownloadCount> {
        let notes = self.notes.drain();
        notes
            .map(|((version, person), (times, last_at))| DownloadCount {
                version,
                person,
                times,
                last_at,
            })
            .collect()
    }
}
