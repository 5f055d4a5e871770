//! Telling the faces how a run goes: lines and fetches in batches, progress at most 30 times a second.
//!
//! **Invariant**: decides nothing; a face that went away does not stop the run.

use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::mpsc;

use super::log::Log;
use super::meter::Meter;
use super::{Fetch, LogLevel, LogSource, RunEvent};

/// Between two progress events: at most 30 a second.
const PROGRESS_EVERY: Duration = Duration::from_millis(34);
/// Fetches told at a time.
const BATCH: usize = 500;

/// Tells the faces, in batches.
pub(super) struct Teller {
    events: mpsc::Sender<RunEvent>,
    pub(super) log: Log,
    pub(super) meter: Meter,
    start: Instant,
    told: Instant,
    fetches: Vec<Fetch>,
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
            slowest: None,
            saved: 0,
        }
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

    /// Hands on what has gathered.
    pub(super) async fn flush(&mut self) {
        while let Some(lines) = self.log.take() {
            self.tell(RunEvent::Lines { lines }).await;
        }
        while !self.fetches.is_empty() {
            let fetches = self.fetches.drain(..self.fetches.len().min(BATCH)).collect();
            self.tell(RunEvent::Fetched { fetches }).await;
        }
        if self.told.elapsed() >= PROGRESS_EVERY {
            self.told = Instant::now();
            let progress = self.meter.progress(self.elapsed());
            self.tell(RunEvent::Progress { progress }).await;
        }
    }

    /// Hands on all there is, the progress too.
    pub(super) async fn flush_last(&mut self) {
        self.told = self.start;
        self.flush().await;
    }

    pub(super) fn say(&mut self, source: LogSource, level: LogLevel, text: String) {
        self.log.add(now(), source, level, text);
    }

    pub(super) fn add(&mut self, fetch: Fetch) {
        let is_slowest = |slowest: &Fetch| slowest.seconds < fetch.seconds;
        if fetch.version.is_some() && self.slowest.as_ref().is_none_or(is_slowest) {
            self.slowest = Some(fetch.clone());
        }
        self.saved += u32::from(fetch.saves);
        self.fetches.push(fetch);
    }
}

/// Now, ISO 8601 in UTC, to the millisecond.
pub(super) fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let now = now
        .replace_nanosecond(now.nanosecond() / 1_000_000 * 1_000_000)
        .unwrap_or(now);
    now.format(&Rfc3339).unwrap_or_default()
}
