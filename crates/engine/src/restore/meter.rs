//! How far a restore is, from what was fetched and what cargo has said so far.
//!
//! **Invariant**: pure; time comes in as an argument.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::cargo::CargoLine;

use super::steps::{Step, Transferred};
use super::{Phase, PhaseTime, Progress};

/// Before this long, or this part of all crates, a rate says more about the start than about the rest.
const RATE_AFTER: Duration = Duration::from_secs(3);
const RATE_FROM: u32 = 4;
/// What cargo needs to find that all is here: to start, and for each crate.
const CARGO_STARTS: f64 = 0.1;
const CARGO_LOOKS: f64 = 0.0005;

/// Counts up as lines come in.
#[derive(Debug)]
pub(super) struct Meter {
    phase: Phase,
    crates: u32,
    crates_total: Option<u32>,
    bytes: u64,
    /// Bytes on their way, of crates that are not whole yet.
    coming: u64,
    remaining_bytes: Option<f64>,
    first_download: Option<Duration>,
    index_files_left: usize,
    retries: u32,
    /// Crates to unpack, those that are, and since when.
    unpacked_total: u32,
    unpacked: u32,
    first_unpacked: Option<Duration>,
    /// Units compiled, or crates looked at, and all of them.
    done: u32,
    done_total: Option<u32>,
    /// Since when it stands where it stands, and how long it stood where it stood.
    since: Duration,
    phases: Vec<(Phase, Duration)>,
}

impl Meter {
    pub(super) fn new(crates_total: Option<u32>) -> Self {
        Self {
            phase: Phase::Plan,
            crates: 0,
            crates_total,
            bytes: 0,
            coming: 0,
            remaining_bytes: None,
            first_download: None,
            index_files_left: 0,
            retries: 0,
            unpacked_total: 0,
            unpacked: 0,
            first_unpacked: None,
            done: 0,
            done_total: None,
            since: Duration::ZERO,
            phases: Vec::new(),
        }
    }

    /// It stands elsewhere from now on. Index files and crates come side by side, so it does not go back for them.
    fn enter(&mut self, phase: Phase, now: Duration) {
        if phase > self.phase {
            self.move_to(phase, now);
        }
    }

    fn move_to(&mut self, phase: Phase, now: Duration) {
        if phase != self.phase {
            self.phases.push((self.phase, now.saturating_sub(self.since)));
            (self.phase, self.since) = (phase, now);
        }
    }

    /// How long each phase took, the last up to now.
    pub(super) fn phases(&self, now: Duration) -> Vec<PhaseTime> {
        let last = (self.phase, now.saturating_sub(self.since));
        let mut all = BTreeMap::<Phase, Duration>::new();
        for (phase, took) in self.phases.iter().copied().chain([last]) {
            *all.entry(phase).or_default() += took;
        }
        let timed = |(phase, took): (Phase, Duration)| PhaseTime {
            phase,
            seconds: took.as_secs_f64(),
        };
        all.into_iter().map(timed).collect()
    }

    /// How often something was asked for again.
    pub(super) fn retries(&self) -> u32 {
        self.retries
    }

    /// Takes in what happened before cargo runs; `bytes` came in all.
    pub(super) fn step(&mut self, step: &Step, now: Duration, bytes: u64) {
        match step {
            Step::Begun {
                index_files,
                crates,
                packed,
            } => {
                self.unpacked_total = u32::try_from(crates + packed).unwrap_or(u32::MAX);
                self.index_files_left = *index_files;
                let total = self.crates + u32::try_from(*crates).unwrap_or(u32::MAX);
                self.crates_total = Some(self.crates_total.unwrap_or(0).max(total));
                match (self.phase, index_files) {
                    // Of what was looked at, something is brought in anew.
                    (Phase::Verify, _) => self.move_to(Phase::Download, now),
                    (_, 0) => self.enter(Phase::Download, now),
                    _ => self.enter(Phase::Index, now),
                }
            }
            Step::Arrived(Transferred { file, .. }) | Step::Missed(Transferred { file, .. })
                if file.version.is_none() =>
            {
                self.index_files_done(1, now);
            }
            Step::NotAsked(index_files) => self.index_files_done(*index_files, now),
            Step::OneMore => {
                self.index_files_left += 1;
                self.crates_total = Some(self.crates_total.unwrap_or(0) + 1);
            }
            Step::AskedAgain => self.retries += 1,
            Step::Arrived(arrived) => {
                self.first_download.get_or_insert(now);
                self.crates += 1;
                self.bytes += arrived.bytes;
                if self.crates_total.is_some_and(|total| self.crates >= total) {
                    self.enter(Phase::Unpack, now);
                }
            }
            Step::Looking(crates) => {
                // What was looked at before is looked at once more.
                self.done = 0;
                self.done_total = Some(u32::try_from(*crates).unwrap_or(u32::MAX));
                self.enter(Phase::Verify, now);
            }
            Step::LookedAt => self.done += 1,
            Step::Unpacked => {
                self.first_unpacked.get_or_insert(now);
                self.unpacked += 1;
            }
            Step::Waiting(_) | Step::Asked(_) | Step::Missed(_) | Step::Left(..) | Step::Said(..) => {}
        }
        self.coming = bytes.saturating_sub(self.bytes);
        self.remaining_bytes = self.expected();
    }

    fn index_files_done(&mut self, index_files: usize, now: Duration) {
        self.index_files_left = self.index_files_left.saturating_sub(index_files);
        if self.index_files_left == 0 {
            self.enter(Phase::Download, now);
        }
    }

    /// What is still to come, from the mean of what came: nobody says the sizes of crates beforehand.
    fn expected(&self) -> Option<f64> {
        let total = self
            .crates_total
            .filter(|total| self.crates * RATE_FROM >= *total)?;
        let left = f64::from(total.saturating_sub(self.crates));
        #[expect(
            clippy::cast_precision_loss,
            reason = "a restore has far fewer than 2^52 bytes"
        )]
        let mean = self.bytes as f64 / f64::from(self.crates.max(1));
        Some(left * mean)
    }

    /// Takes in a line, read `now` after the start; `size` finds a crate's bytes by name and version.
    pub(super) fn take(
        &mut self,
        line: &CargoLine,
        now: Duration,
        size: impl FnOnce(&str, &str) -> Option<u64>,
    ) {
        match line {
            CargoLine::Updating(_) | CargoLine::Index(_) => self.enter(Phase::Index, now),
            CargoLine::Downloading(frame) => {
                self.downloading(now);
                self.remaining_bytes = frame.bytes_left.or(self.remaining_bytes);
                // Without a lock file, or with one that was behind, cargo alone knows how many there are.
                let total = self.crates + frame.crates_left;
                self.crates_total = Some(self.crates_total.unwrap_or(0).max(total));
            }
            CargoLine::Downloaded(name, version) => {
                self.downloading(now);
                self.crates += 1;
                self.bytes += size(name, version).unwrap_or(0);
                if self.crates_total.is_some_and(|total| self.crates >= total) {
                    self.enter(Phase::Finish, now);
                    self.remaining_bytes = Some(0.0);
                }
            }
            CargoLine::Compiling => self.enter(Phase::Compile, now),
            CargoLine::Building(done, all) => {
                self.enter(Phase::Compile, now);
                (self.done, self.done_total) = (*done, Some(*all));
            }
            CargoLine::Warning | CargoLine::Error | CargoLine::WaitsForCache | CargoLine::Other => {}
        }
    }

    /// All is here, and cargo alone knows whether it is all: also of what was so from the start it says nothing.
    pub(super) fn finish(&mut self, now: Duration) {
        self.enter(Phase::Finish, now);
        self.remaining_bytes = Some(0.0);
    }

    /// Cargo fetches what was left to it, also after all else was unpacked.
    fn downloading(&mut self, now: Duration) {
        self.move_to(Phase::Download, now);
        self.first_download.get_or_insert(now);
    }

    /// Where it stands, `now` after the start.
    pub(super) fn progress(&self, now: Duration) -> Progress {
        let since = self
            .first_download
            .map(|first| now.saturating_sub(first))
            .filter(|since| *since >= RATE_AFTER || (!since.is_zero() && self.expected().is_some()));
        #[expect(
            clippy::cast_precision_loss,
            reason = "a restore has far fewer than 2^52 bytes"
        )]
        let bytes = (self.bytes + self.coming) as f64;
        let bytes_per_second = since
            .map(|since| bytes / since.as_secs_f64())
            .filter(|rate| *rate > 0.0);
        let seconds_left = match (self.phase, bytes_per_second, self.remaining_bytes) {
            (Phase::Compile | Phase::Verify, ..) => self.left_by_done(now),
            (_, Some(rate), Some(remaining)) => Some(self.left_with_the_rest(remaining / rate, now)),
            _ => None,
        };
        Progress {
            phase: self.phase,
            crates: self.crates,
            crates_total: self.crates_total,
            bytes,
            remaining_bytes: self.remaining_bytes,
            bytes_per_second,
            seconds_left,
            retries: self.retries,
            done: self.done,
            done_total: self.done_total,
        }
    }

    /// What is left once the last byte is here: unpacking goes on beside it, and may take longer; then cargo makes sure.
    fn left_with_the_rest(&self, download: f64, now: Duration) -> f64 {
        let took = self
            .first_unpacked
            .map(|first| now.saturating_sub(first).as_secs_f64());
        let waiting = f64::from(self.unpacked_total.saturating_sub(self.unpacked));
        let unpacking = match took {
            Some(took) if self.unpacked * RATE_FROM >= self.unpacked_total => {
                took * waiting / f64::from(self.unpacked.max(1))
            }
            _ => 0.0,
        };
        let cargo = match self.phase {
            // It is at it, and nobody knows how far.
            Phase::Finish => 0.0,
            _ => CARGO_STARTS + CARGO_LOOKS * f64::from(self.crates_total.unwrap_or(0)),
        };
        download.max(unpacking) + cargo
    }

    /// What is left of a phase that counts what is done, once a quarter is.
    fn left_by_done(&self, now: Duration) -> Option<f64> {
        let all = self
            .done_total
            .filter(|all| self.done > 0 && self.done * RATE_FROM >= *all)?;
        let took = now.saturating_sub(self.since).as_secs_f64();
        Some(took * f64::from(all.saturating_sub(self.done)) / f64::from(self.done))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::read_line;

    #[test]
    fn counts_what_cargo_says() {
        let mut meter = Meter::new(Some(3));
        let second = Duration::from_secs;
        let mut say = |line: &str, now| meter.take(&read_line(line), now, |_, _| Some(1000));
        say("    Updating `upstream` index", second(0));
        say(" Downloading 3 crates, remaining bytes: 4.0KiB", second(1));
        say("  Downloaded a v1.0.0 (registry `upstream`)", second(2));
        say("  Downloaded b v1.0.0 (registry `upstream`)", second(4));
        say(" Downloading 1 crate, remaining bytes: 1.0KiB", second(5));
        let progress = meter.progress(second(5));
        assert_eq!(
            (progress.phase, progress.crates, progress.crates_total),
            (Phase::Download, 2, Some(3))
        );
        assert_eq!((progress.bytes, progress.bytes_per_second), (2000.0, Some(500.0)));
        let cargo = CARGO_STARTS + 3.0 * CARGO_LOOKS;
        assert_eq!(progress.seconds_left, Some(1024.0 / 500.0 + cargo));
        meter.take(&read_line("  Downloaded c v1.0.0"), second(6), |_, _| None);
        assert_eq!(meter.progress(second(6)).phase, Phase::Finish);
    }

    #[test]
    fn what_is_repaired_is_fetched_between_two_looks() {
        let mut meter = Meter::new(Some(0));
        let mut tell = |step: Step| {
            meter.step(&step, Duration::ZERO, 0);
            let now = meter.progress(Duration::ZERO);
            (now.phase, now.done, now.done_total)
        };
        assert_eq!(tell(Step::Looking(2)), (Phase::Verify, 0, Some(2)));
        assert_eq!(tell(Step::LookedAt), (Phase::Verify, 1, Some(2)));
        let begun = Step::Begun {
            index_files: 1,
            crates: 1,
            packed: 0,
        };
        assert_eq!(tell(begun).0, Phase::Download);
        assert_eq!(tell(Step::Looking(1)), (Phase::Verify, 0, Some(1)));
    }

    #[test]
    fn a_registry_that_is_left_to_cargo_does_not_hold_up_the_others() {
        let mut meter = Meter::new(Some(2));
        let mut tell = |step: Step| {
            meter.step(&step, Duration::ZERO, 0);
            meter.progress(Duration::ZERO).phase
        };
        let begun = Step::Begun {
            index_files: 4,
            crates: 2,
            packed: 0,
        };
        assert_eq!(tell(begun), Phase::Index);
        assert_eq!(tell(Step::NotAsked(0)), Phase::Index);
        assert_eq!(tell(Step::NotAsked(3)), Phase::Index);
        assert_eq!(tell(Step::NotAsked(1)), Phase::Download);
    }

    #[test]
    fn says_nothing_of_time_at_first() {
        let mut meter = Meter::new(None);
        meter.take(
            &read_line(" Downloading 7 crates, remaining bytes: 9.0MiB"),
            Duration::ZERO,
            |_, _| None,
        );
        let progress = meter.progress(Duration::from_secs(2));
        assert_eq!((progress.crates_total, progress.seconds_left), (Some(7), None));
    }
}
