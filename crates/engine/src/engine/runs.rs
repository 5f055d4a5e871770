//! The front door's verbs of runs: starting, cancelling, the runs that are kept and their logs.
//!
//! **Invariant**: as in the room above, decides nothing.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use credentials::Token;

use super::Engine;
use crate::Error;
use crate::catalog::Holder;
use crate::project::Project;
use crate::remembered::Remembered;
use crate::restore::{
    self, KeptLog, KeptRun, LogFilter, LogHit, LogLine, RestoreRequest, Run, RunEntry, RunVerb, SeedFeed,
};

/// The largest picture of a timeline that is written, in bytes.
const LARGEST_PICTURE: usize = 16 * 1024 * 1024;
/// Logs that are kept open.
const MOST_OPEN: usize = 8;

/// A log that is kept open.
#[derive(Debug)]
struct OpenLog {
    log: Mutex<KeptLog>,
    /// How often something was looked for: only the last question is still wanted.
    sought: AtomicU64,
}

/// The logs that were read last.
#[derive(Debug, Default)]
pub(super) struct OpenLogs(Mutex<VecDeque<(String, Arc<OpenLog>)>>);

impl OpenLogs {
    fn of(&self, folder: &Path, id: &str) -> Result<Arc<OpenLog>, Error> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|(other, _)| other == id)
            && let Some((id, log)) = open.remove(at)
        {
            open.push_front((id, Arc::clone(&log)));
            return Ok(log);
        }
        let log = Arc::new(OpenLog {
            log: Mutex::new(KeptLog::open(folder, id)?),
            sought: AtomicU64::new(0),
        });
        open.push_front((id.to_owned(), Arc::clone(&log)));
        open.truncate(MOST_OPEN);
        Ok(log)
    }
}

impl Engine {
    /// Starts a run.
    pub async fn run_start(&self, request: &RestoreRequest) -> Result<Run, Error> {
        // Who restores a project works with it: it is known from now on.
        let project = self.project_show(&request.folder).await?;
        self.remember(&project)?;
        let context = restore::Context {
            trusted: Remembered::read(&self.home).trusted_in(&project.folder),
            tokens: self.tokens_in_memory(&project).await?,
            cargo: self.cargo().await?.clone(),
            around: self.surroundings()?,
            runs_folder: self.home.runs(),
            runs: self.runs.clone(),
            signs: self.signs.clone(),
            // What is locked already was looked up when the project was read.
            holdings: match project.locked {
                None => self.holdings(&project),
                Some(_) => Vec::new(),
            },
            feeds: match request.verb {
                RunVerb::Seed => self.feeds_of(&project).await?,
                _ => Vec::new(),
            },
        };
        restore::start(request, project, &context)
    }

    /// The feeds that a project's crates come from, and somebody is signed in to.
    async fn feeds_of(&self, project: &Project) -> Result<Vec<SeedFeed>, Error> {
        let connection = &project.connection;
        let mut feeds: Vec<SeedFeed> = Vec::new();
        for registry in connection.registries.iter().chain(&connection.crates_io_through) {
            let is_known = feeds.iter().any(|feed| feed.index_url == registry.index_url);
            if is_known || registry.feed.is_none() {
                continue;
            }
            let Some(reference) = self.kept_reference(registry)? else {
                let feed = registry.feed.clone().unwrap_or_default();
                return Err(restore::Error::NotSignedIn(feed).into());
            };
            feeds.push(SeedFeed {
                title: reference.to_string(),
                index_url: registry.index_url.clone(),
                holder: Holder {
                    client: self.client(&reference.account).await?,
                    catalog: self.catalogs.of(&reference.account)?,
                    locks: self.locks(&reference).await?,
                    reference,
                },
            });
        }
        match feeds.is_empty() {
            true => Err(restore::Error::NoFeed.into()),
            false => Ok(feeds),
        }
    }

    /// Tokens of the project's registries that cargo cannot have from the provider: they are in this program's memory or
    /// environment alone, or kept by a passphrase that a cargo in the background cannot ask for.
    async fn tokens_in_memory(&self, project: &Project) -> Result<Vec<(String, Token)>, Error> {
        let connection = &project.connection;
        let registries = connection.registries.iter().chain(&connection.crates_io_through);
        let mut tokens = Vec::new();
        for registry in registries {
            let Some((account, _)) = self.signs.find(&registry.index_url)? else {
                continue;
            };
            let keeping = self.signs.sign_in_of(&account)?.map(|sign_in| sign_in.keeping);
            // The environment comes before what is kept, and cargo's own environment has no such variable.
            let keeping = keeping.filter(|_| !self.signs.is_from_environment(&account));
            if keeping != Some(credentials::Keeping::Keychain) {
                restore::require_own_variable(registry, connection)?;
                let token = self.signs.source(&account)?.token().await?;
                tokens.push((registry.name.clone(), token));
            }
        }
        Ok(tokens)
    }

    /// Cancels a run.
    pub fn run_cancel(&self, id: &str) -> bool {
        self.runs.cancel(id)
    }

    /// How many runs go on in this program.
    pub fn run_count(&self) -> usize {
        self.runs.count()
    }

    /// Cancels all runs and waits for their end, at most two seconds: for when the program ends.
    pub fn run_end_all(&self) {
        self.runs.end_all(std::time::Duration::from_secs(2));
    }

    /// The runs that are kept, the newest first: of a project's folder or of all, and where a text is found in the project's
    /// name and folder, the command, or the words of a failure.
    pub async fn run_list(&self, folder: Option<&Path>, query: &str) -> Result<Vec<RunEntry>, Error> {
        let (kept, folder, query) = (self.home.runs(), folder.map(Path::to_owned), query.to_owned());
        credentials::blocking(move || Ok(restore::list_runs(&kept, folder.as_deref(), &query))).await
    }

    /// A run that is kept, whole but for its log.
    pub async fn run_show(&self, id: &str) -> Result<KeptRun, Error> {
        let (folder, run) = (self.home.runs(), id.to_owned());
        let shown = credentials::blocking(move || Ok::<_, Error>(restore::show_run(&folder, &run)?)).await;
        let mut kept = shown?;
        // Of one that did not end, or not yet, the record does not say how long its log is.
        if kept.entry.summary.is_none() {
            kept.entry.log = self.with_log(id, KeptLog::counts).await?;
        }
        Ok(kept)
    }

    /// Lines of a run's log from a row on, at most 500, of those that are meant. The log may still be written.
    pub async fn run_lines(
        &self,
        id: &str,
        filter: LogFilter,
        from: u32,
        count: u32,
    ) -> Result<Vec<LogLine>, Error> {
        self.with_log(id, move |log| log.lines(filter, from, count)).await
    }

    /// Looks for a text in a run's log, whatever the capitals of its letters from A to Z. Where something else is looked for
    /// there meanwhile, it is found nowhere.
    pub async fn run_find(
        &self,
        id: &str,
        filter: LogFilter,
        query: &str,
        hit: u32,
    ) -> Result<LogHit, Error> {
        let (query, open) = (query.to_owned(), self.logs.of(&self.home.runs(), id)?);
        let this = open.sought.fetch_add(1, Ordering::Relaxed) + 1;
        let is_wanted = move || open.sought.load(Ordering::Relaxed) == this;
        self.with_log(id, move |log| log.find(filter, &query, hit, &is_wanted))
            .await
    }

    /// The row of a run's log that tells of a crate.
    pub async fn run_row_of(&self, id: &str, name: &str, version: &str) -> Result<Option<u32>, Error> {
        let (name, version) = (name.to_owned(), version.to_owned());
        self.with_log(id, move |log| log.row_of(&name, &version)).await
    }

    /// The row, of all lines, of the next error after a row, from the start again at the end.
    pub async fn run_error_after(&self, id: &str, row: Option<u32>) -> Result<Option<u32>, Error> {
        self.with_log(id, move |log| log.error_after(row)).await
    }

    /// The end of a run's log, without when and by whom it was said.
    pub(super) async fn end_of_log(&self, id: &str, most: u64) -> Result<String, Error> {
        self.with_log(id, move |log| log.end(most)).await
    }

    async fn with_log<T: Send + 'static>(
        &self,
        id: &str,
        read: impl FnOnce(&mut KeptLog) -> Result<T, restore::Error> + Send + 'static,
    ) -> Result<T, Error> {
        let open = self.logs.of(&self.home.runs(), id)?;
        let read = move || {
            let mut log = open.log.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(read(&mut log)?)
        };
        credentials::blocking(read).await
    }

    /// The file with a run's whole log.
    pub fn run_log(&self, id: &str) -> Result<PathBuf, Error> {
        Ok(restore::kept_log(&self.home.runs(), id)?)
    }

    /// Writes the picture of a run's timeline to where the user wants it.
    pub fn run_save_timeline(&self, svg: &str, to: &Path) -> Result<(), Error> {
        let saved = match svg.starts_with("<svg") && svg.len() <= LARGEST_PICTURE {
            true => std::fs::write(to, svg),
            false => Err(std::io::ErrorKind::InvalidInput.into()),
        };
        saved.map_err(|source| unsaved(to, source))
    }

    /// Copies a run's whole log to where the user wants it.
    pub fn run_save_log(&self, id: &str, to: &Path) -> Result<(), Error> {
        let copied = std::fs::copy(self.run_log(id)?, to);
        copied.map(drop).map_err(|source| unsaved(to, source))
    }
}

fn unsaved(to: &Path, source: std::io::Error) -> Error {
    let path = to.to_owned();
    restore::Error::Log { path, source }.into()
}
