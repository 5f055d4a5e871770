//! Holding cargo's cache against what should be in it, which cargo never does: archives against `Cargo.lock` and the feeds, unpacked
//! files against the archives. On request, what is not so is fetched and unpacked anew.
//!
//! **Invariant**: without a repair nothing is written. A repair takes away what was found wrong, while cargo's lock is held, and
//! the prefetch brings it in as ever; what is told as repaired was looked at once more.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use tokio::task::JoinSet;

use crate::registry::{Registry, index_versions};

use super::cache::{Cache, CachedCrate, Difference, Holder, Looked, PackageLock, Placing, Unplaceable};
use super::network;
use super::outcome::Ended;
use super::prefetch::Stopped;
use super::restore::{Came, Restoring};
use super::steps::{Step, Steps, Transfer, Transferring};
use super::{CrateFault, CrateFaultKind, LogLevel, LogSource, Verified, said};

/// Index files that are asked for at the same time.
const AT_ONCE: usize = 16;
/// Faults that are told in all.
const MOST_FAULTS: usize = 2000;

impl Restoring {
    /// Looks at every locked crate that is here.
    pub(super) async fn verify(&mut self, repairs: bool) -> (Ended, Came) {
        if !self.prefetches {
            let text = "Offline: feeds are not asked what they name";
            self.teller.say(LogSource::Verify, LogLevel::Info, text);
        }
        let crates = self.before.crates.clone();
        let Found {
            mut verified,
            wrong,
            unknown,
        } = match self.look(crates, self.prefetches).await {
            Some(found) => found,
            None => return (Ended::Cancelled, Came::default()),
        };
        for fault in verified.faults.iter().take(MOST_FAULTS) {
            let what = words_of(fault);
            self.say(
                LogLevel::Error,
                &format!("{} {}: {what}", fault.name, fault.version),
            );
        }
        let repaired = match repairs && !wrong.is_empty() {
            true => self.repair(&wrong).await,
            false => Ok(()),
        };
        let ended = match repaired {
            Err(ended) => ended,
            Ok(()) => match self.settle(&mut verified, repairs, wrong).await {
                Some(more) => judged(&verified, unknown + more),
                None => Ended::Cancelled,
            },
        };
        verified.faults.truncate(MOST_FAULTS);
        let came = Came {
            verified: Some(verified),
            ..Came::default()
        };
        (ended, came)
    }

    /// Looks at the crates that were repaired once more; what the feeds name of them was told before.
    /// Answers how many could not be looked at; then none is called repaired.
    async fn settle(&mut self, verified: &mut Verified, repairs: bool, wrong: Vec<Wrong>) -> Option<u32> {
        if !repairs || wrong.is_empty() {
            return Some(0);
        }
        let crates = wrong.into_iter().map(|wrong| wrong.found).collect::<Vec<_>>();
        let Found {
            verified: again,
            unknown,
            ..
        } = self.look(crates.clone(), false).await?;
        if again.absent > 0 {
            let text = format!(
                "{} of them are not here now: a restore fetches them",
                again.absent
            );
            self.say(LogLevel::Warning, &text);
        }
        let is_right = |fault: &CrateFault| {
            let mut found = crates
                .iter()
                .filter(|found| (&found.name, &found.version) == (&fault.name, &fault.version));
            // Another fault in its place is no repair.
            let is_sound = !again
                .faults
                .iter()
                .any(|left| (&left.name, &left.version) == (&fault.name, &fault.version));
            unknown == 0
                && is_sound
                && found.any(|found| self.cache.is_unpacked(found) && found.size().is_some())
        };
        for fault in &mut verified.faults {
            fault.repaired = fault.kind != CrateFaultKind::FeedDiffers && is_right(fault);
        }
        Some(unknown)
    }

    /// Looks at crates, and asks feeds what they name; none where it was stopped.
    async fn look(&mut self, crates: Vec<CachedCrate>, asks: bool) -> Option<Found> {
        let steps = Steps::default();
        steps.add(Step::Looking(crates.len()));
        let looking = Looking {
            cache: self.cache.clone(),
            steps: steps.clone(),
            stopped: Arc::default(),
            asks,
            network: network::transport(&self.project),
            signs: self.context.signs.clone(),
        };
        let stop = self.stop.clone();
        let work = async {
            tokio::select! {
                () = stop.asked() => {
                    looking.stopped.store(true, Ordering::Relaxed);
                    None
                }
                found = looking.run(crates) => Some(found),
            }
        };
        self.followed(work, &steps, &AtomicU64::new(0)).await
    }

    /// Takes away what is wrong, and brings it in anew.
    async fn repair(&mut self, wrong: &[Wrong]) -> Result<(), Ended> {
        let steps = Steps::default();
        let (cache, cargo_home) = (self.cache.clone(), self.context.around.cargo_home.clone());
        let (stop, heard) = (self.stop.clone(), steps.clone());
        let taking = async {
            tokio::select! {
                () = stop.asked() => Err(Ended::Cancelled),
                taken = take_away(cache, &cargo_home, wrong, &heard) => taken,
            }
        };
        self.followed(taking, &steps, &AtomicU64::new(0)).await?;
        self.say(
            LogLevel::Info,
            &format!("{} crates are brought in anew", wrong.len()),
        );
        match self.prefetch().await {
            Ok(_) => Ok(()),
            Err(Stopped::Cancelled) => Err(Ended::Cancelled),
            Err(Stopped::Hostile(hostile)) => Err(Ended::refused(&hostile.to_string())),
        }
    }
}

/// Takes what is wrong out of cargo's sight, with both of cargo's locks, since one that is at work may read what lies there;
/// in cargo's own order, so that nobody waits for the second while holding what the other waits for.
async fn take_away(cache: Cache, cargo_home: &Path, wrong: &[Wrong], steps: &Steps) -> Result<(), Ended> {
    let waiting = |holder: Option<Holder>| steps.add(Step::Waiting(holder));
    let unlocked =
        |error: std::io::Error| Ended::refused(&format!("cargo's cache cannot be locked: {error}"));
    let _removing = PackageLock::take_to_remove(cargo_home, waiting)
        .await
        .map_err(unlocked)?;
    let lock = PackageLock::take(cargo_home, waiting).await.map_err(unlocked)?;
    let refused = |error: Unplaceable| Ended::refused(&said(&error));
    let placing = Placing::begin(cache, lock).map_err(refused)?;
    let mut taken = HashSet::new();
    for wrong in wrong.iter().filter(|wrong| taken.insert(wrong.found.file())) {
        placing
            .take_away(&wrong.found, wrong.is_archive)
            .map_err(refused)?;
    }
    Ok(())
}

fn judged(verified: &Verified, unknown: u32) -> Ended {
    let wrong = verified.faults.iter().filter(|fault| !fault.repaired);
    let mut names = wrong
        .map(|fault| (&fault.name, &fault.version))
        .collect::<Vec<_>>();
    names.dedup();
    match names.len() {
        0 if unknown == 0 => Ended::Well,
        0 => Ended::Found(format!(
            "{unknown} crates could not be looked at, or asked for; the log says why"
        )),
        1 => Ended::Found("a crate is not as it should be".to_owned()),
        count => Ended::Found(format!("{count} crates are not as they should be")),
    }
}

/// What is wrong, in words.
fn words_of(fault: &CrateFault) -> String {
    let file = fault.file.as_deref().unwrap_or_default();
    match fault.kind {
        CrateFaultKind::ArchiveChanged => "its file in the cache is not the one Cargo.lock names".to_owned(),
        CrateFaultKind::FeedDiffers => "its feed names another file than Cargo.lock does".to_owned(),
        CrateFaultKind::FileChanged => format!("`{file}` is not what the archive holds"),
        CrateFaultKind::FileMissing => format!("`{file}` is not there"),
        CrateFaultKind::FileAdded => format!("`{file}` is not in the archive"),
    }
}

/// A crate that can be brought in anew.
struct Wrong {
    found: CachedCrate,
    is_archive: bool,
}

/// What was found.
#[derive(Default)]
struct Found {
    verified: Verified,
    /// What a repair may bring in anew.
    wrong: Vec<Wrong>,
    /// Crates that could not be looked at, or whose feed did not tell what it names.
    unknown: u32,
}

/// What looking takes.
struct Looking {
    cache: Cache,
    steps: Steps,
    stopped: Arc<AtomicBool>,
    /// Whether feeds are asked.
    asks: bool,
    network: Result<crate::registry::Transport, String>,
    signs: credentials::SignIns,
}

impl Looking {
    async fn run(&self, crates: Vec<CachedCrate>) -> Found {
        let mut found = Found::default();
        let feeds = self.ask_feeds(&crates);
        let ((), told) = tokio::join!(self.look_at_all(crates.clone(), &mut found), feeds);
        for each in &crates {
            let named = told
                .get(&each.index_url)
                .and_then(|told| told.get(&each.unpacked_name()));
            match named {
                Some(named) if Some(named) != each.checksum.as_ref() => {
                    let fault = fault(each, CrateFaultKind::FeedDiffers, None);
                    found.verified.faults.push(fault);
                }
                Some(_) => {}
                None if self.asks && each.checksum.is_some() => {
                    found.unknown += 1;
                    let (name, version) = (&each.name, &each.version);
                    let text = format!("{name} {version}: its registry did not tell which file it is");
                    self.steps.warn(LogSource::Verify, text);
                }
                None => {}
            }
        }
        // Whoever wrote the lock file may have named another file than everybody else has: only the feed's word takes an archive away.
        found.wrong.retain(|wrong| {
            let told = told.get(&wrong.found.index_url);
            let named = told.and_then(|told| told.get(&wrong.found.unpacked_name()));
            !wrong.is_archive || named.is_some() && named == wrong.found.checksum.as_ref()
        });
        found
    }

    /// On all cores.
    async fn look_at_all(&self, crates: Vec<CachedCrate>, found: &mut Found) {
        let at_once = std::thread::available_parallelism().map_or(2, usize::from);
        let mut waiting = crates.into_iter();
        let mut looking = JoinSet::new();
        loop {
            while looking.len() < at_once {
                let Some(next) = waiting.next() else { break };
                let (cache, stopped) = (self.cache.clone(), Arc::clone(&self.stopped));
                looking.spawn_blocking(move || (cache.look_at(&next, &stopped), next));
            }
            let why = match looking.join_next().await {
                None => return,
                Some(Ok((Ok(Some(looked)), each))) => {
                    add(found, each, looked);
                    None
                }
                Some(Ok((Ok(None), _))) => return,
                Some(Ok((Err(error), each))) => Some(format!(
                    "{} {} cannot be looked at: {error}",
                    each.name, each.version
                )),
                Some(Err(error)) => Some(format!("a part of the work failed: {error}")),
            };
            if let Some(why) = why {
                found.unknown += 1;
                self.steps.warn(LogSource::Verify, why);
            }
            self.steps.add(Step::LookedAt);
        }
    }

    /// The checksums that indexes tell, by index and crate; what cannot be asked is said and left out.
    async fn ask_feeds(&self, crates: &[CachedCrate]) -> HashMap<String, HashMap<String, String>> {
        let mut by_index: BTreeMap<&str, Vec<&CachedCrate>> = BTreeMap::new();
        for found in crates
            .iter()
            .filter(|found| found.index_url.starts_with("sparse+"))
        {
            by_index.entry(&found.index_url).or_default().push(found);
        }
        let mut told = HashMap::new();
        if !self.asks {
            return told;
        }
        for (index_url, crates) in by_index {
            match self.ask(index_url, &crates).await {
                Ok(found) => drop(told.insert(index_url.to_owned(), found)),
                Err(why) => {
                    let shown = crate::project::without_password(index_url);
                    let text = format!("`{shown}` was not asked what it names: {why}");
                    self.steps.warn(LogSource::Verify, text);
                }
            }
        }
        told
    }

    async fn ask(&self, index_url: &str, crates: &[&CachedCrate]) -> Result<HashMap<String, String>, String> {
        let transport = self.network.as_ref().map_err(Clone::clone)?;
        let registry = network::registry(&self.signs, transport, index_url).await;
        let registry = registry.map_err(|error| said(&error))?;
        let config = Transfer::of_config(index_url);
        let transferring = Transferring::begin(&self.steps, config.clone());
        let introduced = registry.heard_by(transferring.listener()).introduced().await;
        let introduced = transferring.ended(introduced, |(_, config)| config.file.len() as u64);
        let (registry, _) = introduced.map_err(|error| said(&error))?;
        let registry = Arc::new(registry);
        let (mut lanes, mut failed) = ((0..AT_ONCE).rev().collect::<Vec<_>>(), None);
        let mut names = crates.iter().map(|found| found.name.clone()).collect::<Vec<_>>();
        names.sort();
        names.dedup();
        let (mut waiting, mut asking, mut told) = (names.into_iter(), JoinSet::new(), HashMap::new());
        loop {
            while let Some(lane) = lanes.pop() {
                let Some(name) = waiting.next() else { break };
                let file = Transfer {
                    name,
                    lane,
                    began: Instant::now(),
                    ..config.clone()
                };
                let (registry, steps) = (Arc::clone(&registry), self.steps.clone());
                asking.spawn(async move { (lane, checksums(&registry, &steps, file).await) });
            }
            match asking.join_next().await {
                None => return failed.map_or(Ok(told), Err),
                Some(Ok((lane, Ok(found)))) => {
                    lanes.push(lane);
                    told.extend(found);
                }
                // What is under way is waited for; nothing more is asked.
                Some(Ok((_, Err(error)))) => {
                    failed.get_or_insert(said(&error));
                    waiting = Vec::new().into_iter();
                }
                Some(Err(error)) => return Err(error.to_string()),
            }
        }
    }
}

/// What an index tells of a crate's versions, by `name-version`.
async fn checksums(
    registry: &Registry,
    steps: &Steps,
    file: Transfer,
) -> Result<Vec<(String, String)>, crate::registry::Error> {
    let name = file.name.clone();
    let transferring = Transferring::begin(steps, file);
    let file = registry.heard_by(transferring.listener()).file(&name).await;
    let file = transferring.ended(file, |file| file.as_ref().map_or(0, Vec::len) as u64)?;
    let file = file.unwrap_or_default();
    let versions = index_versions(&file).into_iter();
    let told = versions.filter_map(|version| Some((format!("{name}-{}", version.vers), version.cksum?)));
    Ok(told.collect())
}

fn add(all: &mut Found, found: CachedCrate, looked: Looked) {
    let Found { verified, wrong, .. } = all;
    if !looked.is_here {
        verified.absent += 1;
        return;
    }
    verified.crates += 1;
    verified.files += looked.files;
    let is_archive = looked.differences.contains(&Difference::Archive);
    for difference in &looked.differences {
        let (kind, file) = match difference {
            Difference::Archive => (CrateFaultKind::ArchiveChanged, None),
            Difference::Changed(file) => (CrateFaultKind::FileChanged, Some(file)),
            Difference::Missing(file) => (CrateFaultKind::FileMissing, Some(file)),
            Difference::Added(file) => (CrateFaultKind::FileAdded, Some(file)),
        };
        let file = file.map(|file| file.to_string_lossy().replace('\\', "/"));
        verified.faults.push(fault(&found, kind, file));
    }
    if !looked.differences.is_empty() {
        wrong.push(Wrong { found, is_archive });
    }
}

fn fault(found: &CachedCrate, kind: CrateFaultKind, file: Option<String>) -> CrateFault {
    CrateFault {
        name: found.name.clone(),
        version: found.version.clone(),
        kind,
        file,
        repaired: false,
    }
}
