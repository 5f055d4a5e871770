//! Bringing what a project needs into cargo's cache before cargo runs: index files and crates over many connections,
//! unpacked on all cores. Cargo has the last word: it runs afterwards, finds what it wants, and sees to the rest.
//!
//! **Invariant**: what is not certain is left to cargo and said. Only a crate that must not be unpacked ends a restore
//! here. No HTTP of its own: registries are asked through [`crate::registry`].

mod fetch;
mod needed;
mod pace;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cargo_lock::Lockfile;
use credentials::SignIns;
use tokio::task::JoinSet;

use crate::project::{Project, without_password};

use super::cache::{Cache, CachedCrate, Hostile, PackageLock, Placing, Unpacking};
use super::network;
use super::steps::{Step, Steps};
use super::{LogSource, said};

use self::fetch::{Asked, Fetched, Missed, Task, Tools};
use self::needed::Needed;
use self::pace::{Came, Pace};

/// Why a restore may not go on.
#[derive(Debug)]
pub(super) enum Stopped {
    /// It was cancelled.
    Cancelled,
    /// A crate must not be unpacked.
    Hostile(Hostile),
}

/// What registries answered in all.
#[derive(Debug, Default)]
pub(super) struct Prefetched {
    /// From asking to the first byte: of index files, and of crates, where a redirect may lie between.
    index_files: Vec<Duration>,
    crates: Vec<Duration>,
    pub(super) unpacked: usize,
    is_multiplexed: bool,
}

/// Connections that cargo opens to a host without HTTP/2.
const CARGOS_CONNECTIONS: u32 = 2;

impl Prefetched {
    fn add(&mut self, came: Came) {
        self.is_multiplexed |= came.is_multiplexed;
        match came.is_crate {
            true => self.crates.push(came.after),
            false => self.index_files.push(came.after),
        }
    }

    /// Crates that came, each the one that the lock file names.
    pub(super) fn arrived(&self) -> usize {
        self.crates.len()
    }

    /// What cargo alone would have needed at least: as many answers, two at a time, each as fast as the fastest of its
    /// kind, since the others waited in line with ours. None where it would have sent them all at once, or there was nothing to ask for.
    pub(super) fn cargo_alone(self) -> Option<Duration> {
        if self.is_multiplexed || self.index_files.len() + self.crates.len() == 0 {
            return None;
        }
        let at_least = |answers: Vec<Duration>| {
            let fastest = answers.iter().min().copied().unwrap_or_default();
            fastest * u32::try_from(answers.len()).unwrap_or(u32::MAX)
        };
        Some((at_least(self.index_files) + at_least(self.crates)) / CARGOS_CONNECTIONS)
    }
}

/// Why only cargo can bring in what this project needs, if that is so.
pub(super) fn only_cargo_can(project: &Project) -> Option<String> {
    needed::uncertain(project).or_else(|| network::transport(project).err())
}

/// What is asked of a prefetch.
pub(super) struct Prefetch<'a> {
    pub(super) project: &'a Project,
    pub(super) lockfile: &'a Lockfile,
    pub(super) crates: &'a [CachedCrate],
    pub(super) cache: &'a Cache,
    pub(super) cargo_home: &'a Path,
    pub(super) signs: &'a SignIns,
    /// Bytes as they come, for the meter.
    pub(super) bytes: Arc<AtomicU64>,
    pub(super) steps: Steps,
}

impl Prefetch<'_> {
    /// Brings in what is missing; ends early once `stop` does.
    pub(super) async fn run(&self, stop: impl Future<Output = ()>) -> Result<Option<Prefetched>, Stopped> {
        let needed = Needed::look(self.project, self.lockfile, self.crates, self.cache);
        // What one that was killed left behind is cleared away by the next, whatever else there is to do.
        if needed.is_nothing() && !self.cache.has_leftovers() {
            needed
                .left
                .into_iter()
                .for_each(|why| self.leave(LogSource::Granary, why));
            return Ok(None);
        }
        tokio::pin!(stop);
        let placing = tokio::select! {
            () = &mut stop => return Err(Stopped::Cancelled),
            placing = self.placing() => placing,
        };
        let Some(placing) = placing else { return Ok(None) };
        // Another may have brought it in while we waited.
        let needed = Needed::look(self.project, self.lockfile, self.crates, self.cache);
        let transport = match network::transport(self.project) {
            Ok(transport) => transport,
            Err(why) => {
                self.leave(LogSource::Granary, format!("the network: {why}"));
                return Ok(None);
            }
        };
        let tools = Tools {
            signs: self.signs.clone(),
            transport,
            placing,
            pace: Arc::new(Mutex::new(Pace::new())),
            bytes: Arc::clone(&self.bytes),
            steps: self.steps.clone(),
        };
        let mut work = Work::new(needed, tools, self);
        let ended = tokio::select! {
            () = &mut stop => Err(Stopped::Cancelled),
            ended = work.run() => ended,
        };
        let prefetched = work.end().await;
        ended.map(|()| Some(prefetched))
    }

    fn leave(&self, source: LogSource, why: String) {
        self.steps.add(Step::Left(source, why));
    }

    /// The right to write, with cargo's lock; none where cargo must go alone.
    async fn placing(&self) -> Option<Placing> {
        let waiting = |holder| self.steps.add(Step::Waiting(holder));
        let lock = PackageLock::take(self.cargo_home, waiting);
        let placing = match lock.await {
            Ok(lock) => Placing::begin(self.cache.clone(), lock).map_err(|error| said(&error)),
            Err(error) => Err(format!("cargo's cache cannot be locked: {error}")),
        };
        placing.map_err(|why| self.leave(LogSource::Granary, why)).ok()
    }
}

/// All that is under way.
struct Work<'a> {
    prefetch: &'a Prefetch<'a>,
    tools: Arc<Tools>,
    waiting: VecDeque<Task>,
    packed: VecDeque<CachedCrate>,
    asking: JoinSet<Asked>,
    /// Numbers that requests under way do not have, below the highest that one had.
    lanes: BTreeSet<usize>,
    unpacking: JoinSet<(CachedCrate, Unpacking)>,
    at_once: usize,
    stopped: Arc<AtomicBool>,
    prefetched: Prefetched,
    /// What registries refused.
    refusals: BTreeMap<String, Refusals>,
}

/// What a registry refused, and whether it is left to cargo from then on.
#[derive(Debug, Default)]
struct Refusals {
    all: usize,
    /// Files for which it had no time, or no answer, with nothing that came between.
    in_a_row: usize,
    is_given_up: bool,
}

/// Crates that a registry may refuse one by one before it is left alone.
const REFUSALS: usize = 20;
/// Files that it may have no time for, one after another, each asked for until the patience for it is used up.
const TROUBLES: usize = 5;

impl<'a> Work<'a> {
    fn new(needed: Needed, tools: Tools, prefetch: &'a Prefetch<'a>) -> Self {
        let count = |number: fn(&needed::FromRegistry) -> usize| needed.registries.values().map(number).sum();
        prefetch.steps.add(Step::Begun {
            // With what each registry says of itself.
            index_files: count(|registry| registry.entries.len() + 1),
            crates: count(|registry| registry.crates.len()),
            packed: needed.packed.len(),
        });
        let left = needed.left.into_iter();
        left.for_each(|why| prefetch.leave(LogSource::Granary, why));
        let waiting = needed.registries.into_iter();
        Self {
            prefetch,
            tools: Arc::new(tools),
            waiting: waiting
                .map(|(index_url, needed)| Task::Introduce(index_url, needed))
                .collect(),
            packed: needed.packed.into(),
            asking: JoinSet::new(),
            lanes: BTreeSet::new(),
            unpacking: JoinSet::new(),
            at_once: std::thread::available_parallelism().map_or(2, usize::from),
            stopped: Arc::default(),
            prefetched: Prefetched::default(),
            refusals: BTreeMap::new(),
        }
    }

    async fn run(&mut self) -> Result<(), Stopped> {
        loop {
            self.send_off();
            tokio::select! {
                Some(asked) = self.asking.join_next() => match asked {
                    Ok(asked) => self.take(asked),
                    Err(error) => self.broke(&error),
                },
                Some(unpacked) = self.unpacking.join_next() => match unpacked {
                    Ok((found, ended)) => self.unpacked(found, ended)?,
                    Err(error) => self.broke(&error),
                },
                else => return Ok(()),
            }
        }
    }

    /// Starts as much as may be under way.
    fn send_off(&mut self) {
        while self.asking.len() < self.pace().limit() {
            let Some(task) = self.waiting.pop_front() else {
                break;
            };
            if self.is_given_up(task.index_url()) {
                self.tools.steps.add(Step::NotAsked(task.index_files()));
                continue;
            }
            let lane = self.lanes.pop_first().unwrap_or(self.asking.len());
            self.asking.spawn(fetch::ask(task, lane, Arc::clone(&self.tools)));
        }
        while self.unpacking.len() < self.at_once {
            let Some(found) = self.packed.pop_front() else {
                break;
            };
            let (tools, stopped) = (Arc::clone(&self.tools), Arc::clone(&self.stopped));
            self.unpacking.spawn_blocking(move || {
                let ended = tools.placing.unpack(&found, &stopped);
                (found, ended)
            });
        }
    }

    fn take(&mut self, asked: Asked) {
        self.lanes.insert(asked.lane);
        if let Some(came) = asked.came {
            self.pace().answered(came, Instant::now());
        }
        match asked.result {
            Ok(fetched) => {
                if let Some(refusals) = self.refusals.get_mut(&asked.index_url) {
                    refusals.in_a_row = 0;
                }
                if let Some(came) = asked.came {
                    self.prefetched.add(came);
                }
                match fetched {
                    Fetched::Introduced(tasks) => self.waiting.extend(tasks),
                    Fetched::IndexFile => {}
                    Fetched::Crate(found) => self.packed.push_back(*found),
                }
            }
            Err(missed) => self.missed(asked.index_url, missed),
        }
    }

    fn missed(&mut self, index_url: String, missed: Missed) {
        match missed {
            _ if self.is_given_up(&index_url) => {}
            Missed::Registry(why) => self.give_up(index_url, LogSource::Refused, &why),
            Missed::Disk(why) => self.give_up(index_url, LogSource::Granary, &why),
            Missed::Trouble(why) => self.refused(index_url, why, true),
            Missed::One(why) => self.refused(index_url, why, false),
            Missed::Wrong(why) => self.prefetch.steps.warn(LogSource::Verify, why),
        }
    }

    fn refused(&mut self, index_url: String, why: String, is_trouble: bool) {
        let refusals = self.refusals.entry(index_url.clone()).or_default();
        refusals.all += 1;
        refusals.in_a_row += usize::from(is_trouble);
        match refusals.all >= REFUSALS || refusals.in_a_row >= TROUBLES {
            true => self.give_up(index_url, LogSource::Refused, &why),
            false => self.prefetch.leave(LogSource::Refused, why),
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.tools.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_given_up(&self, index_url: &str) -> bool {
        let refusals = self.refusals.get(index_url);
        refusals.is_some_and(|refusals| refusals.is_given_up)
    }

    fn give_up(&mut self, index_url: String, source: LogSource, why: &str) {
        let why = format!("all of `{}`: {why}", without_password(&index_url));
        self.prefetch.leave(source, why);
        self.refusals.entry(index_url).or_default().is_given_up = true;
    }

    fn broke(&self, error: &tokio::task::JoinError) {
        let why = format!("a part of the work failed: {error}");
        self.prefetch.leave(LogSource::Granary, why);
    }

    fn unpacked(&mut self, found: CachedCrate, ended: Unpacking) -> Result<(), Stopped> {
        let (name, version) = (&found.name, &found.version);
        match ended {
            Unpacking::Done => {
                self.prefetched.unpacked += 1;
                self.prefetch.steps.add(Step::Unpacked);
            }
            Unpacking::Stopped => return Err(Stopped::Cancelled),
            Unpacking::Refused(hostile) => return Err(Stopped::Hostile(hostile)),
            Unpacking::Failed(why) => {
                let why = format!("`{name} {version}` is not unpacked: {why}");
                self.prefetch.leave(LogSource::Unpack, why);
            }
            // Once: what comes from the registry has the right checksum, or is not kept.
            Unpacking::Tampered => {
                let text = format!(
                    "the file of `{name} {version}` in cargo's cache is not the one `Cargo.lock` names; it is fetched again"
                );
                self.prefetch.steps.warn(LogSource::Verify, text);
                self.prefetch.steps.add(Step::OneMore);
                let needed = needed::FromRegistry {
                    crates: vec![found.clone()],
                    ..Default::default()
                };
                self.waiting.push_back(Task::Introduce(found.index_url, needed));
            }
        }
        Ok(())
    }

    /// Waits for what cannot be broken off, so that nothing is written once the lock is given back.
    async fn end(mut self) -> Prefetched {
        self.stopped.store(true, Ordering::Relaxed);
        self.asking.shutdown().await;
        while self.unpacking.join_next().await.is_some() {}
        self.prefetched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_alone_waits_for_two_answers_at_a_time() {
        let came = |is_crate, milliseconds, is_multiplexed| Came {
            began: Instant::now(),
            is_crate,
            after: Duration::from_millis(milliseconds),
            retries: 0,
            is_multiplexed,
        };
        let check = |is_multiplexed, expected: Option<u64>| {
            let mut prefetched = Prefetched::default();
            (0..100).for_each(|_| prefetched.add(came(false, 40, is_multiplexed)));
            (0..50).for_each(|_| prefetched.add(came(true, 80, is_multiplexed)));
            // Who waited in line says nothing.
            (0..50).for_each(|_| prefetched.add(came(true, 500, is_multiplexed)));
            assert_eq!(prefetched.cargo_alone(), expected.map(Duration::from_millis));
        };
        check(false, Some((100 * 40 + 100 * 80) / 2));
        check(true, None);
        assert_eq!(Prefetched::default().cargo_alone(), None);
    }
}
