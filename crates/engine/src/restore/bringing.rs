//! Bringing in what is missing, as it is told: steps of the prefetch become lines, bars and progress.
//!
//! **Invariant**: decides nothing of what is fetched.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::project::Held;

use super::prefetch::{Arrived, Prefetch, Prefetched, Step, Stopped};
use super::restore::{Restoring, title};
use super::{Fetch, LogLevel, LogSource};

/// Between two looks at what happened.
pub(super) const TICK: Duration = Duration::from_millis(16);

impl Restoring {
    /// Brings in what is missing, and tells of it.
    pub(super) async fn prefetch(&mut self) -> Result<Option<Prefetched>, Stopped> {
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
        self.followed(prefetch.run(stop.asked()), &steps, &bytes).await
    }

    /// Waits for work, and tells what happens meanwhile.
    pub(super) async fn followed<T>(
        &mut self,
        work: impl Future<Output = T>,
        steps: &Mutex<Vec<Step>>,
        bytes: &AtomicU64,
    ) -> T {
        let mut work = std::pin::pin!(work);
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let ended = loop {
            tokio::select! {
                ended = &mut work => break ended,
                _ = tick.tick() => {
                    self.take_steps(steps, bytes);
                    self.flush().await;
                }
            }
        };
        self.take_steps(steps, bytes);
        self.flush_last().await;
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
                    &format!("Waiting for the lock on cargo's cache{by}"),
                );
            }
            Step::Begun {
                entries,
                crates,
                packed,
            } => {
                let text = format!("{entries} index files and {crates} crates to fetch, {packed} to unpack");
                self.say(LogLevel::Info, &text);
            }
            Step::Arrived(arrived) => self.take_arrived(arrived),
            Step::Left(why) => {
                self.say(LogLevel::Warning, &format!("Left to cargo: {why}"));
                self.left.push(why);
            }
            Step::Said(text) => self.say(LogLevel::Info, &text),
            Step::Warning(text) => self.say(LogLevel::Warning, &text),
            Step::Looking(_) | Step::LookedAt | Step::Unpacked => {}
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
            let milliseconds = (fetch.seconds * 1000.0).round();
            let text = format!(
                "Fetched {} v{version} ({}), {} bytes in {milliseconds} ms",
                fetch.name, fetch.from, arrived.bytes
            );
            self.teller.say(LogSource::Download, LogLevel::Info, &text);
        }
        self.teller.add(fetch);
    }

    /// Whether the feed had not saved a version when the project was read, as far as is kept of the feed.
    fn is_not_saved(&self, name: &str, version: &str) -> bool {
        let locked = self.project.locked.iter().flatten();
        let mut found = locked.filter(|locked| locked.name == name && locked.version == version);
        found.any(|locked| locked.held == Some(Held::NotSaved))
    }
}
