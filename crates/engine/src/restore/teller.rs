//! Telling the faces how a run goes: lines and crates in batches, progress at most 30 times a second.
//!
//! **Invariant**: decides nothing; a face that went away does not stop the run.

use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::mpsc;

use super::log::Log;
use super::meter::Meter;
use super::{FetchedCrate, LogLevel, LogSource, RunEvent};

/// Between two progress events: at most 30 a second.
const PROGRESS_EVERY: Duration = Duration::from_millis(34);
/// Crates told at a time.
const BATCH: usize = 500;

/// Tells the faces, in batches.
pub(super) struct Teller {
    events: mpsc::Sender<RunEvent>,
    pub(super) log: Log,
    pub(super) meter: Meter,
    start: Instant,
    told: Instant,
    crates: Vec<FetchedCrate>,
    pub(super) slowest: Option<FetchedCrate>,
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
            crates: Vec::new(),
            slowest: None,
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
        while !self.crates.is_empty() {
            let crates = self.crates.drain(..self.crates.len().min(BATCH)).collect();
            self.tell(RunEvent::Crates { crates }).await;
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

    pub(super) fn add(&mut self, fetched: FetchedCrate) {
        if self
            .slowest
            .as_ref()
            .is_none_or(|slowest| slowest.seconds < fetched.seconds)
        {
            self.slowest = Some(fetched.clone());
        }
        self.crates.push(fetched);
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
