//! Bringing in what is missing, as it is told: steps of the prefetch become lines, bars and progress.
//!
//! **Invariant**: decides nothing of what is fetched.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::project::Held;

use super::prefetch::{Prefetch, Prefetched, Stopped};
use super::restore::{Restoring, title};
use super::steps::{Step, Steps, Transfer, Transferred};
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
        let steps = Steps::default();
        let (project, crates) = (self.project.clone(), self.before.crates.clone());
        let prefetch = Prefetch {
            project: &project,
            lockfile: &lockfile,
            crates: &crates,
            cache: &self.cache.clone(),
            cargo_home: &self.context.around.cargo_home.clone(),
            signs: &self.context.signs.clone(),
            bytes: Arc::clone(&bytes),
            steps: steps.clone(),
        };
        let stop = self.stop.clone();
        let ended = self.followed(prefetch.run(stop.asked()), &steps, &bytes).await?;
        if let Some(prefetched) = &ended {
            self.say_of(prefetched);
        }
        Ok(ended)
    }

    /// Waits for work, and tells what happens meanwhile.
    pub(super) async fn followed<T>(
        &mut self,
        work: impl Future<Output = T>,
        steps: &Steps,
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

    fn say_of(&mut self, prefetched: &Prefetched) {
        let (arrived, unpacked) = (prefetched.arrived(), prefetched.unpacked);
        if arrived > 0 {
            let text = match arrived {
                1 => "1 crate matches Cargo.lock".to_owned(),
                crates => format!("{crates} crates match Cargo.lock"),
            };
            self.teller.say(LogSource::Verify, LogLevel::Info, &text);
        }
        if unpacked > 0 {
            let text = match unpacked {
                1 => "1 crate is unpacked".to_owned(),
                crates => format!("{crates} crates are unpacked"),
            };
            self.teller.say(LogSource::Unpack, LogLevel::Info, &text);
        }
    }

    fn take_steps(&mut self, steps: &Steps, bytes: &AtomicU64) {
        let steps = steps.take().into_iter();
        steps.for_each(|step| self.take_step(step, bytes));
    }

    fn take_step(&mut self, step: Step, bytes: &AtomicU64) {
        let now = self.teller.elapsed();
        self.teller.meter.step(&step, now, bytes.load(Ordering::Relaxed));
        match step {
            Step::Waiting(holder) => self.say_waiting(holder),
            Step::Begun {
                index_files,
                crates,
                packed,
            } => {
                let text =
                    format!("{index_files} index files and {crates} crates to fetch, {packed} to unpack");
                self.teller.say(LogSource::Plan, LogLevel::Info, &text);
            }
            Step::Asked(file) => {
                let fetch = self.fetch_of(file);
                self.teller.begin(fetch);
            }
            Step::Arrived(came) => self.take_arrived(came),
            Step::Missed(missed) => {
                let fetch = self.fetch_that_ended(missed);
                self.teller.add(Fetch {
                    refused: true,
                    saves: false,
                    ..fetch
                });
            }
            Step::Left(source, why) => {
                let text = format!("Left to cargo: {why}");
                self.teller.say(source, LogLevel::Warning, &text);
                self.left.push(why);
            }
            Step::Said(source, level, text) => self.teller.say(source, level, &text),
            Step::AskedAgain
            | Step::NotAsked(_)
            | Step::Looking(_)
            | Step::LookedAt
            | Step::OneMore
            | Step::Unpacked => {}
        }
    }

    fn take_arrived(&mut self, came: Transferred) {
        let bytes = came.bytes;
        let fetch = self.fetch_that_ended(came);
        if let Some(version) = &fetch.version {
            let (source, word) = match fetch.saves {
                true => (LogSource::Save, "First fetched"),
                false => (LogSource::Download, "Fetched"),
            };
            let milliseconds = (fetch.seconds * 1000.0).round();
            let (name, from) = (&fetch.name, &fetch.from);
            let text = format!("{word} {name} {version} ({from}), {bytes} bytes in {milliseconds} ms");
            self.teller.say(source, LogLevel::Info, &text);
        }
        self.teller.add(fetch);
    }

    fn fetch_that_ended(&self, ended: Transferred) -> Fetch {
        let took = ended.ended.saturating_duration_since(ended.file.began);
        #[expect(clippy::cast_precision_loss, reason = "no file has 2^52 bytes")]
        let bytes = ended.bytes as f64;
        Fetch {
            seconds: took.as_secs_f64(),
            bytes,
            retries: ended.retries,
            ..self.fetch_of(ended.file)
        }
    }

    /// A file that is asked for now.
    fn fetch_of(&self, file: Transfer) -> Fetch {
        let version = file.version.as_ref();
        Fetch {
            lane: u32::try_from(file.lane).unwrap_or(u32::MAX),
            began: self.teller.at(file.began).as_secs_f64(),
            seconds: 0.0,
            from: title(&file.index_url, &self.project.connection),
            saves: file
                .saves
                .unwrap_or_else(|| version.is_some_and(|version| self.is_not_saved(&file.name, version))),
            name: file.name,
            version: file.version,
            bytes: 0.0,
            retries: 0,
            refused: false,
        }
    }

    /// Whether the feed had not saved a version when the project was read, as far as is kept of the feed.
    fn is_not_saved(&self, name: &str, version: &str) -> bool {
        let locked = self.project.locked.iter().flatten();
        let mut found = locked.filter(|locked| locked.name == name && locked.version == version);
        found.any(|locked| locked.held == Some(Held::NotSaved))
    }
}
