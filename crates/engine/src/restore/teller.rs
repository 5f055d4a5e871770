//! Telling the faces how a run goes: fetches in batches, how long the log is and how far the run is at most 30 times a second.
//!
//! **Invariant**: decides nothing; a face that went away does not stop the run.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::log::Log;
use super::meter::Meter;
use super::{Fetch, LogCounts, LogLevel, LogSource, RunEvent};

/// Between two progress events: at most 30 a second.
const PROGRESS_EVERY: Duration = Duration::from_millis(34);
/// Fetches told at a time.
const BATCH: usize = 500;
/// Fetches that are kept with a run's record.
const MOST_KEPT: usize = 20_000;

/// Tells the faces, in batches.
pub(super) struct Teller {
    events: mpsc::Sender<RunEvent>,
    pub(super) log: Log,
    pub(super) meter: Meter,
    start: Instant,
    told: Instant,
    fetches: Vec<Fetch>,
    /// What began since it was last told and is under way, by its lane.
    begun: BTreeMap<u32, Fetch>,
    /// Those that were told, for the record.
    pub(super) kept: Vec<Fetch>,
    logged: LogCounts,
    /// Of the crates.
    pub(super) slowest: Option<Fetch>,
    pub(super) saved: u32,
}

impl Teller {
    pub(super) fn new(events: mpsc::Sender<RunEvent>, log: Log, meter: Meter) -> Self {
        let start = Instant::now();
        Self {
            events,
            log,
            meter,
            start,
            told: start,
            fetches: Vec::new(),
            begun: BTreeMap::new(),
            kept: Vec::new(),
            logged: LogCounts::default(),
            slowest: None,
            saved: 0,
        }
    }

    /// Where events go.
    pub(super) fn events(&self) -> mpsc::Sender<RunEvent> {
        self.events.clone()
    }

    /// Since the run's start.
    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// From the run's start to a moment.
    pub(super) fn at(&self, moment: Instant) -> Duration {
        moment.saturating_duration_since(self.start)
    }

    pub(super) async fn tell(&self, event: RunEvent) {
        let _ = self.events.send(event).await;
    }

    /// Hands on what has gathered; progress and the log's length where that is due.
    pub(super) async fn flush(&mut self) {
        self.tell_fetches().await;
        if self.told.elapsed() >= PROGRESS_EVERY {
            self.tell_begun().await;
            self.tell_counts().await;
        }
    }

    /// Hands on all there is, the progress too.
    pub(super) async fn flush_last(&mut self) {
        self.tell_fetches().await;
        self.tell_counts().await;
    }

    async fn tell_fetches(&mut self) {
        while !self.fetches.is_empty() {
            let fetches = self
                .fetches
                .drain(..self.fetches.len().min(BATCH))
                .collect::<Vec<_>>();
            let room = MOST_KEPT.saturating_sub(self.kept.len());
            self.kept.extend(fetches.iter().take(room).cloned());
            self.tell(RunEvent::Fetched { fetches }).await;
        }
    }

    /// Most of what begins has ended before it would be told.
    async fn tell_begun(&mut self) {
        if self.begun.is_empty() {
            return;
        }
        let now = self.elapsed().as_secs_f64();
        let begun = std::mem::take(&mut self.begun).into_values();
        let so_far = |fetch: Fetch| Fetch {
            seconds: now - fetch.began,
            ..fetch
        };
        let fetches = begun.map(so_far).collect();
        self.tell(RunEvent::Fetching { fetches }).await;
    }

    async fn tell_counts(&mut self) {
        self.told = Instant::now();
        self.tell_logged().await;
        let progress = self.meter.progress(self.elapsed());
        self.tell(RunEvent::Progress { progress }).await;
    }

    /// Who is told of lines can read them.
    async fn tell_logged(&mut self) {
        let log = self.log.kept();
        if log != self.logged {
            self.logged = log;
            self.tell(RunEvent::Logged { log }).await;
        }
    }

    /// The end of the log.
    pub(super) async fn close(&mut self) -> LogCounts {
        self.log.close();
        self.tell_logged().await;
        self.logged
    }

    pub(super) fn say(&mut self, source: LogSource, level: LogLevel, text: &str) {
        self.log.add(source, level, text);
    }

    pub(super) fn begin(&mut self, fetch: Fetch) {
        self.begun.insert(fetch.lane, fetch);
    }

    pub(super) fn add(&mut self, fetch: Fetch) {
        self.begun.remove(&fetch.lane);
        let is_slowest = |slowest: &Fetch| slowest.seconds < fetch.seconds;
        if fetch.version.is_some() && !fetch.refused && self.slowest.as_ref().is_none_or(is_slowest) {
            self.slowest = Some(fetch.clone());
        }
        self.saved += u32::from(fetch.saves);
        self.fetches.push(fetch);
    }
}
