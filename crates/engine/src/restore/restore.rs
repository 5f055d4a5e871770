//! The order of it all: read the project, see what is missing, bring it in, run cargo, tell, count.
//!
//! **Invariant**: only `cargo fetch` is run, and `cargo generate-lockfile` before it where there is no lock file, and not where the project's own config names what nobody trusted.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cargo_lock::Lockfile;
use credentials::{SignIns, Token};
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::{Instrument, info_span};

use crate::cargo::{Cargo, CargoLine, Ending, Line, Process, RunRequest, Running, Runs, Stop, read_line};
use crate::project::{self, Connection, Held, Project, Surroundings, without_password};

use super::cache::{Cache, CachedCrate};
use super::log::{Log, path_of};
use super::meter::Meter;
use super::network;
use super::outcome::{Complaint, Ended, Told, summary};
use super::prefetch::{Arrived, Prefetch, Prefetched, Step, Stopped};
use super::teller::{Teller, now};
use super::trust::first_untrusted;
use super::{Error, Fetch, LogLevel, LogSource, RestoreRequest, RunEvent, RunSummary};

/// Between two batches of lines.
const TICK: Duration = Duration::from_millis(16);
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
    /// Who is signed in, for what is fetched before cargo runs.
    pub signs: SignIns,
    /// What was trusted in the project's folder.
    pub trusted: BTreeSet<String>,
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

/// Starts a restore of a project that was read.
pub fn start(request: &RestoreRequest, project: Project, context: &Context) -> Result<Run, crate::Error> {
    if let Some(fault) = project.faults.first() {
        let (file, words) = (fault.display.clone(), fault.words.clone());
        return Err(Error::BrokenFile { file, words }.into());
    }
    if let Some(first) = first_untrusted(&project.programs, &context.trusted) {
        return Err(Error::RunsPrograms { first: first.clone() }.into());
    }
    // The cargo that runs here, which a toolchain file may have chosen.
    let version = project.cargo_version.as_deref().unwrap_or(&context.cargo.version);
    let cache = Cache::of(&context.around.cargo_home, version);
    let before = Before::look(&project, &cache)?;
    let id = context.runs.next_id(OffsetDateTime::now_utc());
    let log = Log::create(&context.logs, &id)?;
    let stop = Stop::default();
    let running = context.runs.add(&id, stop.clone());
    let (events, receiver) = mpsc::channel(QUEUE);
    let (_, to_fetch) = before.here_and_missing();
    let run = Restoring {
        id: id.clone(),
        command: command(request, &project, context),
        prefetches: !(request.no_prefetch || request.offline || network::is_offline(&project)),
        is_locked: request.locked,
        project,
        cache,
        before,
        context: context.clone(),
        teller: Teller::new(events, log, Meter::new(to_fetch)),
        stop,
        left: Vec::new(),
    };
    let span = info_span!("run", %id, verb = "restore");
    Ok(Run {
        id,
        events: receiver,
        ended: tokio::spawn(run.run(running).instrument(span)),
    })
}

fn command(request: &RestoreRequest, project: &Project, context: &Context) -> RunRequest {
    let mut arguments = vec!["fetch"];
    arguments.extend(request.locked.then_some("--locked"));
    arguments.extend(request.offline.then_some("--offline"));
    let mut command = RunRequest::new(&context.cargo.program, &project.folder, arguments);
    command.environment.retain(|(name, _)| name != "CARGO_HOME");
    let cargo_home = context.around.cargo_home.clone();
    command.environment.push(("CARGO_HOME".into(), cargo_home.into()));
    let tokens = context.tokens.iter();
    tokens.for_each(|(registry, token)| command.give_token(registry, token));
    command
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
    /// None without a lock file.
    lockfile: Option<Lockfile>,
    /// Locked crates that come from registries.
    crates: Vec<CachedCrate>,
}

impl Before {
    fn look(project: &Project, cache: &Cache) -> Result<Self, crate::Error> {
        let lockfile = project::read_lockfile(&project.folder)?;
        let crates = lockfile
            .as_ref()
            .map(|lockfile| cache.crates(lockfile, &project.connection));
        Ok(Self {
            files: cache.files(),
            crates: crates.unwrap_or_default(),
            lockfile,
        })
    }

    /// How many locked crates are here, and how many are not; none without a lock file.
    fn here_and_missing(&self) -> (u32, Option<u32>) {
        let is_here = |found: &&CachedCrate| self.files.contains(&found.file());
        let here = self.crates.iter().filter(is_here).count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let missing = number(self.crates.len() - here);
        (number(here), self.lockfile.is_some().then_some(missing))
    }
}

/// A restore that goes on.
struct Restoring {
    id: String,
    command: RunRequest,
    prefetches: bool,
    /// The lock file must stay as it is.
    is_locked: bool,
    project: Project,
    cache: Cache,
    before: Before,
    context: Context,
    teller: Teller,
    stop: Stop,
    left: Vec<String>,
}

impl Restoring {
    async fn run(mut self, running: Running) -> RunSummary {
        let (already_here, to_fetch) = self.before.here_and_missing();
        let shown = self.command.shown();
        self.teller
            .tell(RunEvent::Started {
                id: self.id.clone(),
                command: shown.clone(),
                started_at: now(),
                to_fetch,
                already_here,
            })
            .await;
        self.say(
            LogLevel::Info,
            format!("{shown} in {}", self.project.display_folder),
        );
        let mut complaint = Complaint::default();
        let (ended, prefetched) = match self.lock(&mut complaint).await {
            Ended::Well => self.fetch(&mut complaint).await,
            ended => (ended, None),
        };
        let summary = self.end(&ended, &complaint, prefetched).await;
        drop(running);
        summary
    }

    /// Has cargo make the lock file that all else goes by, where there is none yet.
    async fn lock(&mut self, complaint: &mut Complaint) -> Ended {
        if self.before.lockfile.is_some() || !self.prefetches || self.is_locked {
            return Ended::Well;
        }
        self.say(
            LogLevel::Info,
            "cargo generate-lockfile, since there is no Cargo.lock".to_owned(),
        );
        let mut command = self.command.clone();
        command.arguments = vec!["generate-lockfile".into()];
        let ended = self.cargo(&command, complaint).await;
        if matches!(ended, Ended::Well) {
            match Before::look(&self.project, &self.cache) {
                // What lay there before it ran lies there still.
                Ok(now) => self.before = now,
                Err(error) => return Ended::Refused(error.to_string()),
            }
        }
        ended
    }

    /// Brings in what is missing, then has cargo make sure of it.
    async fn fetch(&mut self, complaint: &mut Complaint) -> (Ended, Option<Prefetched>) {
        match self.prefetch().await {
            Ok(prefetched) => {
                if prefetched.is_some() && self.left.is_empty() {
                    let now = self.teller.elapsed();
                    self.teller.meter.finish(now);
                }
                let command = self.command.clone();
                (self.cargo(&command, complaint).await, prefetched)
            }
            Err(Stopped::Cancelled) => (Ended::Cancelled, None),
            Err(Stopped::Hostile(hostile)) => (Ended::Refused(hostile.to_string()), None),
        }
    }

    fn say(&mut self, level: LogLevel, text: String) {
        self.teller.say(LogSource::Granary, level, text);
    }

    /// Brings in what is missing, and tells of it.
    async fn prefetch(&mut self) -> Result<Option<Prefetched>, Stopped> {
        let Some(lockfile) = self.before.lockfile.clone().filter(|_| self.prefetches) else {
            return Ok(None);
        };
        let bytes = Arc::new(AtomicU64::new(0));
        let steps = Arc::new(Mutex::new(Vec::new()));
        let (project, crates) = (self.project.clone(), self.before.crates.clone());
        let prefetch = Prefetch {
            project: &project,
            lockfile: &lockfile,
            crates: &crates,
            cache: &self.cache.clone(),
            cargo_home: &self.context.around.cargo_home.clone(),
            signs: &self.context.signs.clone(),
            bytes: Arc::clone(&bytes),
            steps: Arc::clone(&steps),
        };
        let stop = self.stop.clone();
        let mut work = std::pin::pin!(prefetch.run(stop.asked()));
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let ended = loop {
            tokio::select! {
                ended = &mut work => break ended,
                _ = tick.tick() => {
                    self.take_steps(&steps, &bytes);
                    self.teller.flush().await;
                }
            }
        };
        self.take_steps(&steps, &bytes);
        self.teller.flush_last().await;
        ended
    }

    fn take_steps(&mut self, steps: &Mutex<Vec<Step>>, bytes: &AtomicU64) {
        let steps = std::mem::take(&mut *steps.lock().unwrap_or_else(PoisonError::into_inner));
        steps.into_iter().for_each(|step| self.take_step(step, bytes));
    }

    fn take_step(&mut self, step: Step, bytes: &AtomicU64) {
        let now = self.teller.elapsed();
        self.teller.meter.step(&step, now, bytes.load(Ordering::Relaxed));
        match step {
            Step::Waiting(by) => {
                let by = by.map_or(String::new(), |by| format!(", which {by}, holds"));
                self.say(
                    LogLevel::Info,
                    format!("Waiting for the lock on cargo's cache{by}"),
                );
            }
            Step::Begun {
                entries,
                crates,
                packed,
            } => {
                let text = format!("{entries} index files and {crates} crates to fetch, {packed} to unpack");
                self.say(LogLevel::Info, text);
            }
            Step::Arrived(arrived) => self.take_arrived(arrived),
            Step::Left(why) => {
                self.say(LogLevel::Warning, format!("Left to cargo: {why}"));
                self.left.push(why);
            }
            Step::Warning(text) => self.say(LogLevel::Warning, text),
            Step::Unpacked => {}
        }
    }

    fn take_arrived(&mut self, arrived: Arrived) {
        let began = self.teller.at(arrived.began);
        #[expect(clippy::cast_precision_loss, reason = "no file has 2^52 bytes")]
        let fetch = Fetch {
            lane: u32::try_from(arrived.lane).unwrap_or(u32::MAX),
            began: began.as_secs_f64(),
            seconds: (self.teller.at(arrived.ended) - began).as_secs_f64(),
            from: title(&arrived.index_url, &self.project.connection),
            saves: arrived
                .version
                .as_ref()
                .is_some_and(|version| self.is_not_saved(&arrived.name, version)),
            name: arrived.name,
            version: arrived.version,
            bytes: arrived.bytes as f64,
            retries: arrived.retries,
        };
        if let Some(version) = &fetch.version {
            let text = format!("Fetched {} v{version} ({})", fetch.name, fetch.from);
            self.teller.say(LogSource::Download, LogLevel::Info, text);
        }
        self.teller.add(fetch);
    }

    /// Whether the feed had not saved a version when the project was read, as far as is kept of the feed.
    fn is_not_saved(&self, name: &str, version: &str) -> bool {
        let locked = self.project.locked.iter().flatten();
        let mut found = locked.filter(|locked| locked.name == name && locked.version == version);
        found.any(|locked| locked.held == Some(Held::NotSaved))
    }

    /// Runs cargo to its end.
    async fn cargo(&mut self, command: &RunRequest, complaint: &mut Complaint) -> Ended {
        let mut process = match Process::start(command, &self.stop) {
            Ok(process) => process,
            Err(error) => return Ended::Refused(error.to_string()),
        };
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                line = process.next_line() => match line {
                    Some(line) => self.take_line(&line, complaint),
                    None => break,
                },
                _ = tick.tick() => self.teller.flush().await,
            }
            if self.teller.log.is_batch_full() {
                self.teller.flush().await;
            }
        }
        match process.wait().await {
            Ending::Exited(Some(0)) => Ended::Well,
            Ending::Exited(exit) => Ended::Badly(exit),
            Ending::Stopped => Ended::Cancelled,
        }
    }

    fn take_line(&mut self, line: &Line, complaint: &mut Complaint) {
        let meaning = read_line(&line.text);
        let (cache, connection) = (&self.cache, &self.project.connection);
        let now = self.teller.elapsed();
        let size = |name: &str, version: &str| cache.size(connection, name, version);
        self.teller.meter.take(&meaning, now, size);
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
        self.teller.say(source, level, line.text.clone());
    }

    async fn end(
        mut self,
        ended: &Ended,
        complaint: &Complaint,
        prefetched: Option<Prefetched>,
    ) -> RunSummary {
        let took = self.teller.elapsed();
        if matches!(ended, Ended::Well) {
            self.teller.meter.finish(took);
        }
        // The lock file may be another now: cargo writes what it lacked.
        let crates = match project::read_lockfile(&self.project.folder) {
            Ok(lockfile) => lockfile
                .map(|lockfile| self.cache.crates(&lockfile, &self.project.connection))
                .unwrap_or_default(),
            Err(error) => {
                self.say(LogLevel::Warning, error.to_string());
                std::mem::take(&mut self.before.crates)
            }
        };
        let told = Told {
            took,
            phases: self.teller.meter.phases(took),
            slowest: self.teller.slowest.take(),
            saved: self.teller.saved,
            retries: self.teller.meter.retries(),
            left: std::mem::take(&mut self.left),
            cargo_alone: prefetched.and_then(|prefetched| prefetched.cargo_alone()),
        };
        let failure = ended.failure(&self.command.shown(), complaint);
        let connection = &self.project.connection;
        let titled = |url: &str| title(url, connection);
        let summary = summary(ended, told, failure, &crates, &self.before.files, titled);
        let (level, text) = last_words(ended, &summary);
        self.say(level, text);
        self.teller.flush_last().await;
        // Whoever hears of the end may read the log at once.
        self.teller.log.keep();
        let event = RunEvent::Ended {
            summary: summary.clone(),
        };
        self.teller.tell(event).await;
        self.teller.log.close();
        summary
    }
}

fn last_words(ended: &Ended, summary: &RunSummary) -> (LogLevel, String) {
    match ended {
        Ended::Well => {
            let (downloaded, here) = (summary.downloaded, summary.already_here);
            let text = format!("Done. {downloaded} downloaded, {here} already here.");
            (LogLevel::Info, text)
        }
        Ended::Cancelled => (
            LogLevel::Warning,
            "Cancelled. What was downloaded stays.".to_owned(),
        ),
        Ended::Refused(why) => (LogLevel::Error, format!("error: {why}")),
        Ended::Badly(exit) => {
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
        false => without_password(index_url).into_owned(),
    })
}
