//! The order of it all: read the project, see what is missing, run cargo, tell, count.
//!
//! **Invariant**: only `cargo fetch` is run, and not where the project's own config would make cargo run programs.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use credentials::Token;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::{Instrument, info_span};

use crate::cargo::{Cargo, CargoLine, Ending, Line, Process, RunRequest, Runs, read_line};
use crate::project::{self, Connection, Project, Surroundings};

use super::cache::{Cache, CachedCrate};
use super::log::{Log, path_of};
use super::meter::Meter;
use super::outcome::{Complaint, Ended, summary};
use super::{Error, LogLevel, LogSource, RestoreRequest, RunEvent, RunSummary};

/// Between two batches of lines.
const TICK: Duration = Duration::from_millis(16);
/// Between two progress events: at most 30 a second.
const PROGRESS_EVERY: Duration = Duration::from_millis(34);
/// Events waiting for a face to take them before cargo has to wait.
const QUEUE: usize = 256;

/// What a restore needs of this computer.
#[derive(Debug, Clone)]
pub struct Context {
    /// Which cargo runs.
    pub cargo: Cargo,
    /// How projects are read here.
    pub around: Surroundings,
    /// Where logs are kept.
    pub logs: PathBuf,
    /// Live runs, for cancelling.
    pub runs: Runs,
    /// Tokens that cargo cannot have from the provider, by registry.
    pub tokens: Vec<(String, Token)>,
}

/// A restore that was started.
#[derive(Debug)]
pub struct Run {
    /// Its id, for cancelling and for its log.
    pub id: String,
    /// What is told meanwhile.
    pub events: mpsc::Receiver<RunEvent>,
    /// Ends with the summary; dropping it does not stop the run.
    pub ended: JoinHandle<RunSummary>,
}

/// Starts a restore: cargo runs when this returns.
pub fn start(request: &RestoreRequest, context: &Context) -> Result<Run, crate::Error> {
    let project = project::read(&request.folder, &context.around)?;
    if let Some(fault) = project.faults.first() {
        let (file, words) = (fault.display.clone(), fault.words.clone());
        return Err(Error::BrokenFile { file, words }.into());
    }
    if let Some(first) = project.programs.first() {
        return Err(Error::RunsPrograms { first: first.clone() }.into());
    }
    let mut arguments = vec!["fetch"];
    arguments.extend(request.locked.then_some("--locked"));
    arguments.extend(request.offline.then_some("--offline"));
    let mut command = RunRequest::new(&context.cargo.program, &project.folder, arguments);
    command.environment.retain(|(name, _)| name != "CARGO_HOME");
    command
        .environment
        .push(("CARGO_HOME".into(), context.around.cargo_home.clone().into()));
    context
        .tokens
        .iter()
        .for_each(|(registry, token)| command.give_token(registry, token));
    let id = context.runs.next_id(OffsetDateTime::now_utc());
    let cache = Cache::of(&context.around.cargo_home, &context.cargo.version);
    let before = Before::look(&project, &cache)?;
    let log = Log::create(&context.logs, &id)?;
    let process = Process::start(&command)?;
    let running = context.runs.add(&id, process.stopper());
    let (events, receiver) = mpsc::channel(QUEUE);
    let (already_here, to_fetch) = before.here_and_missing();
    let teller = Teller {
        events,
        log,
        meter: Meter::new(to_fetch),
        told: Instant::now(),
        start: Instant::now(),
    };
    let started = RunEvent::Started {
        id: id.clone(),
        command: command.shown(),
        started_at: now(),
        to_fetch,
        already_here,
    };
    let span = info_span!("run", %id, verb = "restore");
    let work = async move {
        let summary = follow(
            process,
            teller,
            started,
            &before,
            &cache,
            &project,
            &command.shown(),
        )
        .await;
        drop(running);
        summary
    };
    Ok(Run {
        id,
        events: receiver,
        ended: tokio::spawn(work.instrument(span)),
    })
}

/// The log of a run that is kept.
pub(crate) fn kept_log(logs: &std::path::Path, id: &str) -> Result<PathBuf, Error> {
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let path = path_of(logs, id);
    if is_id && path.is_file() {
        Ok(path)
    } else {
        Err(Error::NoLog(id.to_owned()))
    }
}

/// What was in cargo's cache before it ran.
struct Before {
    files: HashSet<PathBuf>,
    /// Locked crates; none without a lock file.
    crates: Option<Vec<CachedCrate>>,
}

impl Before {
    fn look(project: &Project, cache: &Cache) -> Result<Self, crate::Error> {
        let lockfile = project::read_lockfile(&project.folder)?;
        let crates = lockfile.map(|lockfile| cache.crates(&lockfile, &project.connection));
        Ok(Self {
            files: cache.files(),
            crates,
        })
    }

    /// How many locked crates are here, and how many are not.
    fn here_and_missing(&self) -> (u32, Option<u32>) {
        let Some(crates) = &self.crates else {
            return (0, None);
        };
        let here = crates
            .iter()
            .filter(|found| self.files.contains(&found.file()))
            .count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (number(here), Some(number(crates.len() - here)))
    }
}

/// Tells the faces, in batches.
struct Teller {
    events: mpsc::Sender<RunEvent>,
    log: Log,
    meter: Meter,
    start: Instant,
    told: Instant,
}

impl Teller {
    /// A face that went away does not stop the run.
    async fn tell(&self, event: RunEvent) {
        let _ = self.events.send(event).await;
    }

    async fn flush(&mut self) {
        while let Some(lines) = self.log.take() {
            self.tell(RunEvent::Lines { lines }).await;
        }
        if self.told.elapsed() >= PROGRESS_EVERY {
            self.told = Instant::now();
            self.tell(RunEvent::Progress {
                progress: self.meter.progress(self.start.elapsed()),
            })
            .await;
        }
    }

    fn say(&mut self, source: LogSource, level: LogLevel, text: String) {
        self.log.add(now(), source, level, text);
    }
}

async fn follow(
    mut process: Process,
    mut teller: Teller,
    started: RunEvent,
    before: &Before,
    cache: &Cache,
    project: &Project,
    command: &str,
) -> RunSummary {
    teller.tell(started).await;
    teller.say(
        LogSource::Granary,
        LogLevel::Info,
        format!("{command} in {}", project.display_folder),
    );
    let mut complaint = Complaint::default();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            line = process.next_line() => match line {
                Some(line) => take_line(&line, &mut teller, &mut complaint, cache, &project.connection),
                None => break,
            },
            _ = tick.tick() => teller.flush().await,
        }
        if teller.log.is_batch_full() {
            teller.flush().await;
        }
    }
    let ending = process.wait().await;
    let took = teller.start.elapsed();
    if ending == Ending::Exited(Some(0)) {
        teller.meter.finish();
    }
    let ended = match ending {
        Ending::Exited(Some(0)) => Ended::Well,
        Ending::Exited(exit) => Ended::Badly {
            command,
            exit,
            complaint: &complaint,
        },
        Ending::Stopped => Ended::Cancelled,
    };
    // The lock file may be another now: cargo writes what it lacked.
    let crates = match project::read_lockfile(&project.folder) {
        Ok(lockfile) => lockfile
            .map(|lockfile| cache.crates(&lockfile, &project.connection))
            .unwrap_or_default(),
        Err(error) => {
            teller.say(LogSource::Granary, LogLevel::Warning, error.to_string());
            before.crates.clone().unwrap_or_default()
        }
    };
    let summary = summary(&ended, took, &crates, &before.files, |url| {
        title(url, &project.connection)
    });
    let (level, text) = last_words(&ended, &summary);
    teller.say(LogSource::Granary, level, text);
    teller.told = teller.start;
    teller.flush().await;
    // Whoever hears of the end may read the log at once.
    teller.log.keep();
    teller
        .tell(RunEvent::Ended {
            summary: summary.clone(),
        })
        .await;
    teller.log.close();
    summary
}

fn take_line(
    line: &Line,
    teller: &mut Teller,
    complaint: &mut Complaint,
    cache: &Cache,
    connection: &Connection,
) {
    let meaning = read_line(&line.text);
    teller
        .meter
        .take(&meaning, teller.start.elapsed(), |name, version| {
            cache.size(connection, name, version)
        });
    if line.passing
        || line.text.is_empty()
        || matches!(meaning, CargoLine::Downloading(_) | CargoLine::Index(_))
    {
        return;
    }
    let (source, level) = match meaning {
        CargoLine::Updating(_) => (LogSource::Index, LogLevel::Info),
        CargoLine::Downloaded(..) => (LogSource::Download, LogLevel::Info),
        CargoLine::Warning => (LogSource::Cargo, LogLevel::Warning),
        CargoLine::Error => (LogSource::Cargo, LogLevel::Error),
        _ => (LogSource::Cargo, LogLevel::Info),
    };
    complaint.take(&line.text, level == LogLevel::Error);
    teller.say(source, level, line.text.clone());
}

fn last_words(ended: &Ended<'_>, summary: &RunSummary) -> (LogLevel, String) {
    match ended {
        Ended::Well => {
            let (downloaded, here) = (summary.downloaded, summary.already_here);
            (
                LogLevel::Info,
                format!("Done. {downloaded} downloaded, {here} already here."),
            )
        }
        Ended::Cancelled => (
            LogLevel::Warning,
            "Cancelled. What was downloaded stays.".to_owned(),
        ),
        Ended::Badly { exit, .. } => {
            let code = exit.map_or("a signal".to_owned(), |code| format!("code {code}"));
            (LogLevel::Error, format!("cargo ended with {code}"))
        }
    }
}

/// A feed's reference, or the address itself.
fn title(index_url: &str, connection: &Connection) -> String {
    let through = connection.crates_io_through.iter();
    let known = connection
        .registries
        .iter()
        .chain(through)
        .find(|registry| registry.index_url == index_url);
    let feed = known.and_then(|registry| registry.feed.clone());
    feed.unwrap_or_else(|| match index_url == tame_index::CRATES_IO_HTTP_INDEX {
        true => "crates.io".to_owned(),
        false => index_url.to_owned(),
    })
}

fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let now = now
        .replace_nanosecond(now.nanosecond() / 1_000_000 * 1_000_000)
        .unwrap_or(now);
    now.format(&Rfc3339).unwrap_or_default()
}
