//! The order of it all: read the project, see what is missing, bring it in, run cargo, tell, count, keep.
//!
//! **Invariant**: nothing is run where what it would have cargo do was not trusted. Before `check` and `build`, and without
//! a lock file, cargo also makes what they go by.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use cargo_lock::Lockfile;
use credentials::{SignIns, Token};
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::{Instrument, info_span};

use crate::cargo::{Cargo, Running, Runs, Stop};
use crate::project::{self, Connection, Project, Surroundings, without_password};

use super::cache::{Cache, CachedCrate};
use super::commands::Commands;
use super::history::Record;
use super::holdings::{Holding, add_holdings};
use super::log::{Log, stamp};
use super::lost::Lost;
use super::meter::Meter;
use super::network;
use super::outcome::{Complaint, Ended, Told, summary};
use super::prefetch::{Prefetched, Stopped, only_cargo_can};
use super::seed::SeedFeed;
use super::teller::Teller;
use super::trust::first_untrusted;
use super::{
    Diagnostic, Error, LogCounts, LogLevel, LogSource, RestoreRequest, RunEntry, RunEvent, RunSummary,
    RunVerb, Seeded, Verified,
};

/// Events waiting for a face to take them before cargo has to wait.
const QUEUE: usize = 256;

/// What a run needs of this computer.
#[derive(Debug, Clone)]
pub struct Context {
    /// Which cargo runs.
    pub cargo: Cargo,
    /// How projects are read here.
    pub around: Surroundings,
    /// Where runs are kept.
    pub runs_folder: PathBuf,
    /// Live runs, for cancelling.
    pub runs: Runs,
    /// Who is signed in, for what is fetched before cargo runs.
    pub signs: SignIns,
    /// What was trusted in the project's folder.
    pub trusted: BTreeSet<String>,
    /// Tokens that cargo cannot have from the provider, by registry.
    pub tokens: Vec<(String, Token)>,
    /// What is kept of the project's feeds; for a project that has no lock file yet.
    pub(crate) holdings: Vec<Holding>,
    /// The feeds that shall save what is locked; for `seed` alone.
    pub(crate) feeds: Vec<SeedFeed>,
}

/// A run that was started.
#[derive(Debug)]
pub struct Run {
    /// Its id, for cancelling and for its log.
    pub id: String,
    /// What is told meanwhile.
    pub events: mpsc::Receiver<RunEvent>,
    /// Ends with the summary; dropping it does not stop the run.
    pub ended: JoinHandle<RunSummary>,
}

/// Starts a run in a project that was read.
pub fn start(request: &RestoreRequest, project: Project, context: &Context) -> Result<Run, crate::Error> {
    if let Some(fault) = project.faults.first() {
        let (file, words) = (fault.display.clone(), fault.words.clone());
        return Err(Error::BrokenFile { file, words }.into());
    }
    if let Some(first) = first_untrusted(&project.programs, &context.trusted, request.verb) {
        return Err(Error::RunsPrograms { first: first.clone() }.into());
    }
    // The cargo that runs here, which a toolchain file may have chosen.
    let version = project.cargo_version.as_deref().unwrap_or(&context.cargo.version);
    let cache = Cache::of(&context.around.cargo_home, version);
    let before = Before::look(&project, &cache)?;
    if before.lockfile.is_none() && matches!(request.verb, RunVerb::Seed | RunVerb::Verify | RunVerb::Repair)
    {
        return Err(Error::NoLockfile(project.display_folder).into());
    }
    let prefetches = !(request.no_prefetch || request.offline || network::is_offline(&project));
    if request.verb == RunVerb::Repair && !prefetches {
        return Err(Error::RepairOffline.into());
    }
    // Nothing is taken away that could not be brought in anew.
    if request.verb == RunVerb::Repair
        && let Some(why) = only_cargo_can(&project)
    {
        return Err(Error::NoRepair(why).into());
    }
    let now = OffsetDateTime::now_utc();
    let id = context.runs.next_id(now);
    let log = Log::create(&context.runs_folder, &id)?;
    let stop = Stop::default();
    let running = context.runs.add(&id, stop.clone());
    let (events, receiver) = mpsc::channel(QUEUE);
    let (_, to_fetch) = before.here_and_missing();
    let commands = Commands::of(request, &project, context);
    let through = project.connection.crates_io_through.as_ref();
    let entry = RunEntry {
        id: id.clone(),
        folder: project.folder.clone(),
        project: project.name.clone(),
        // As it is asked again from anywhere.
        request: RestoreRequest {
            folder: project.folder.clone(),
            ..request.clone()
        },
        command: commands.shown.clone(),
        started_at: stamp(now),
        crates_io: through.map(|through| through.feed.clone().unwrap_or_else(|| through.index_url.clone())),
        state: None,
        log: LogCounts::default(),
        summary: None,
    };
    let run = Restoring {
        id: id.clone(),
        verb: request.verb,
        record: Record::begin(&context.runs_folder, entry),
        commands,
        prefetches,
        is_locked: request.locked,
        project,
        cache,
        before,
        context: context.clone(),
        teller: Teller::new(
            events,
            log,
            // What a feed has to save says nothing of what is here.
            Meter::new(to_fetch.filter(|_| request.verb != RunVerb::Seed)),
        ),
        stop,
        left: Vec::new(),
        diagnostics: Vec::new(),
        untold: 0,
    };
    let lost = Lost::new(id.clone(), request.verb, run.teller.events());
    let span = info_span!("run", %id, verb = ?request.verb);
    let going = tokio::spawn(run.run(running).instrument(span));
    // Whoever follows it hears of its end, however it ends.
    let ended = async move {
        match going.await {
            Ok(summary) => summary,
            Err(error) => lost.tell(&error).await,
        }
    };
    Ok(Run {
        id,
        events: receiver,
        ended: tokio::spawn(ended),
    })
}

/// What was in cargo's cache before it ran.
pub(super) struct Before {
    files: HashSet<PathBuf>,
    /// None without a lock file.
    pub(super) lockfile: Option<Lockfile>,
    /// Locked crates that come from registries.
    pub(super) crates: Vec<CachedCrate>,
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

/// A run that goes on.
pub(super) struct Restoring {
    id: String,
    verb: RunVerb,
    record: Record,
    commands: Commands,
    pub(super) prefetches: bool,
    /// The lock file must stay as it is.
    is_locked: bool,
    pub(super) project: Project,
    pub(super) cache: Cache,
    pub(super) before: Before,
    pub(super) context: Context,
    pub(super) teller: Teller,
    pub(super) stop: Stop,
    pub(super) left: Vec<String>,
    /// What the compiler said, and how much of it was told.
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) untold: usize,
}

/// What came of the part that is a verb's own.
#[derive(Default)]
pub(super) struct Came {
    pub(super) prefetched: Option<Prefetched>,
    pub(super) seeded: Option<Seeded>,
    pub(super) verified: Option<Verified>,
}

impl Restoring {
    async fn run(mut self, running: Running) -> RunSummary {
        let (already_here, to_fetch) = self.before.here_and_missing();
        let entry = &self.record.entry;
        let (shown, started_at) = (entry.command.clone(), entry.started_at.clone());
        self.teller
            .tell(RunEvent::Started {
                id: self.id.clone(),
                verb: self.verb,
                command: shown.clone(),
                started_at,
                to_fetch,
                already_here,
            })
            .await;
        self.say(
            LogLevel::Info,
            &format!("{shown} in {}", self.project.display_folder),
        );
        let mut complaint = Complaint::default();
        let (ended, came) = match self.verb {
            RunVerb::Fetch | RunVerb::Check | RunVerb::Build => self.restore(&mut complaint).await,
            RunVerb::Seed => self.seed().await,
            RunVerb::Verify => self.verify(false).await,
            RunVerb::Repair => self.verify(true).await,
        };
        let summary = self.end(&ended, &complaint, came).await;
        drop(running);
        summary
    }

    /// Brings in what is missing, then has cargo do the rest.
    async fn restore(&mut self, complaint: &mut Complaint) -> (Ended, Came) {
        let (ended, prefetched) = match self.lock(complaint).await {
            Ended::Well => self.fetch(complaint).await,
            ended => (ended, None),
        };
        let came = Came {
            prefetched,
            ..Came::default()
        };
        (ended, came)
    }

    /// Has cargo make the lock file that all else goes by, where there is none yet.
    async fn lock(&mut self, complaint: &mut Complaint) -> Ended {
        if self.before.lockfile.is_some() || !self.prefetches || self.is_locked {
            return Ended::Well;
        }
        self.say(
            LogLevel::Info,
            "cargo generate-lockfile, since there is no Cargo.lock",
        );
        let command = self.commands.generate_lockfile();
        let ended = self.cargo(&command, complaint).await;
        match ended {
            Ended::Well => self.look_again().await,
            ended => ended,
        }
    }

    /// What is locked now, and what the feeds hold of it. What lay in cargo's cache before lies there still.
    async fn look_again(&mut self) -> Ended {
        let looked = Before::look(&self.project, &self.cache).and_then(|before| {
            let project = project::read(&self.project.folder, &self.context.around)?;
            Ok((before, project.locked))
        });
        match looked {
            Ok((before, locked)) => (self.before, self.project.locked) = (before, locked),
            Err(error) => return Ended::Refused(Box::new(error.told())),
        }
        let cargo_home = &self.context.around.cargo_home;
        add_holdings(&mut self.project, &self.context.holdings, cargo_home).await;
        Ended::Well
    }

    /// Brings in what is missing, then runs cargo: it makes sure, and compiles.
    async fn fetch(&mut self, complaint: &mut Complaint) -> (Ended, Option<Prefetched>) {
        match self.prefetch().await {
            Ok(prefetched) => {
                if prefetched.is_some() && self.left.is_empty() {
                    let now = self.teller.elapsed();
                    self.teller.meter.finish(now);
                }
                (self.have_cargo_do_it(complaint).await, prefetched)
            }
            Err(Stopped::Cancelled) => (Ended::Cancelled, None),
            Err(Stopped::Hostile(hostile)) => (Ended::refused(&hostile.to_string()), None),
        }
    }

    /// Cargo makes sure that all is here, and compiles it where that was asked, and is trusted now that all is known.
    async fn have_cargo_do_it(&mut self, complaint: &mut Complaint) -> Ended {
        let fetch = self.commands.fetch.clone();
        let fetched = self.cargo(&fetch, complaint).await;
        let Some(compile) = self
            .commands
            .compile
            .clone()
            .filter(|_| matches!(fetched, Ended::Well))
        else {
            return fetched;
        };
        // The lock file may name more than it did when somebody looked: cargo writes what it lacked.
        let project = match project::read(&self.project.folder, &self.context.around) {
            Ok(project) => project,
            Err(error) => return Ended::Refused(Box::new(crate::Error::from(error).told())),
        };
        if let Some(first) = first_untrusted(&project.programs, &self.context.trusted, self.verb) {
            return Ended::Untrusted(Error::RunsPrograms { first: first.clone() });
        }
        self.cargo(&compile, complaint).await
    }

    pub(super) fn say(&mut self, level: LogLevel, text: &str) {
        self.teller.say(LogSource::Granary, level, text);
    }

    async fn end(mut self, ended: &Ended, complaint: &Complaint, came: Came) -> RunSummary {
        let took = self.teller.elapsed();
        if matches!(ended, Ended::Well) && matches!(self.verb, RunVerb::Fetch) {
            self.teller.meter.finish(took);
        }
        // The lock file may be another now: cargo writes what it lacked.
        let crates = match project::read_lockfile(&self.project.folder) {
            Ok(lockfile) => lockfile
                .map(|lockfile| self.cache.crates(&lockfile, &self.project.connection))
                .unwrap_or_default(),
            Err(error) => {
                self.say(LogLevel::Warning, &error.to_string());
                std::mem::take(&mut self.before.crates)
            }
        };
        let told = Told {
            verb: self.verb,
            took,
            phases: self.teller.meter.phases(took),
            slowest: self.teller.slowest.take(),
            saved: self.teller.saved,
            retries: self.teller.meter.retries(),
            left: std::mem::take(&mut self.left),
            cargo_alone: came.prefetched.and_then(Prefetched::cargo_alone),
            seeded: came.seeded,
            verified: came.verified,
        };
        let failure = ended.failure(&self.record.entry.command, complaint);
        let connection = &self.project.connection;
        let titled = |url: &str| title(url, connection);
        let summary = summary(ended, told, failure, &crates, &self.before.files, titled);
        let (level, text) = last_words(ended, &summary);
        self.say(level, &text);
        self.flush_last().await;
        // Whoever hears of the end may read the log, and the record, at once.
        let log = self.teller.close().await;
        let mut record = self.record;
        record.entry.state = Some(summary.state);
        record.entry.log = log;
        record.entry.summary = Some(summary.clone());
        record.end(std::mem::take(&mut self.teller.kept), self.diagnostics);
        let event = RunEvent::Ended {
            summary: summary.clone(),
        };
        self.teller.tell(event).await;
        summary
    }

    /// Hands on what has gathered.
    pub(super) async fn flush(&mut self) {
        self.teller.flush().await;
        self.tell_diagnostics().await;
    }

    /// Hands on all there is.
    pub(super) async fn flush_last(&mut self) {
        self.teller.flush_last().await;
        self.tell_diagnostics().await;
    }

    async fn tell_diagnostics(&mut self) {
        while self.untold < self.diagnostics.len() {
            let until = self.diagnostics.len().min(self.untold + 100);
            let diagnostics = self.diagnostics[self.untold..until].to_vec();
            self.untold = until;
            self.teller.tell(RunEvent::Diagnosed { diagnostics }).await;
        }
    }
}

fn last_words(ended: &Ended, summary: &RunSummary) -> (LogLevel, String) {
    match ended {
        Ended::Well => (LogLevel::Info, well(summary)),
        Ended::Cancelled => (
            LogLevel::Warning,
            "Cancelled. What was downloaded stays.".to_owned(),
        ),
        Ended::Refused(told) => {
            let words = std::iter::once(&told.message).chain(&told.causes);
            let words = words.map(String::as_str).collect::<Vec<_>>();
            (LogLevel::Error, format!("error: {}", words.join(": ")))
        }
        Ended::Found(why) => (LogLevel::Error, format!("error: {why}")),
        Ended::Untrusted(error) => (LogLevel::Error, format!("error: {error}")),
        Ended::Badly(exit) => {
            let code = exit.map_or("a signal".to_owned(), |code| format!("code {code}"));
            (LogLevel::Error, format!("cargo ended with {code}"))
        }
    }
}

fn well(summary: &RunSummary) -> String {
    if let Some(seeded) = &summary.seeded {
        let (already, saved) = (seeded.already, seeded.saved);
        return format!("Done. {saved} saved now, {already} were saved already.");
    }
    if let Some(verified) = &summary.verified {
        let (crates, files) = (verified.crates, verified.files);
        return format!("Done. {crates} crates and {files} unpacked files are as they should be.");
    }
    let (downloaded, here) = (summary.downloaded, summary.already_here);
    format!("Done. {downloaded} downloaded, {here} already here.")
}

/// A feed's reference, or the address itself.
pub(super) fn title(index_url: &str, connection: &Connection) -> String {
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
