//! Having feeds save what is locked, so that those who may not save can build: readers, forks, nobody in particular.
//!
//! **Invariant**: a crate is saved by being fetched from its feed by somebody who may; cargo's cache is not touched, and what came
//! is counted as saved only once the feed lists it. No HTTP of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use crate::catalog::Holder;
use crate::error::Code;
use crate::project::Held;
use crate::registry::{Config, Error as RegistryError, Registry, Transport, hex};

use super::cache::CachedCrate;
use super::network;
use super::outcome::Ended;
use super::restore::{Came, Restoring};
use super::steps::{Step, Steps, Transfer, Transferring};
use super::{LogLevel, LogSource, SeedFault, SeedFaultKind, Seeded, said};

/// Crates that are fetched at the same time.
const AT_ONCE: usize = 16;
/// The largest crate that is taken, in bytes.
const LARGEST: u64 = 1024 * 1024 * 1024;

/// A feed of the project's.
#[derive(Debug, Clone)]
pub(crate) struct SeedFeed {
    /// Its reference.
    pub(crate) title: String,
    /// As cargo's config names it.
    pub(crate) index_url: String,
    /// Whom to ask what it holds.
    pub(crate) holder: Holder,
}

/// A locked crate, and what its feed holds of it.
#[derive(Debug, Clone)]
struct Wanted {
    found: CachedCrate,
    held: Held,
}

impl SeedFeed {
    /// What the feed holds of some crates now.
    async fn compare(&self, crates: &[CachedCrate]) -> Result<Vec<Wanted>, crate::Error> {
        let names = crates
            .iter()
            .map(|found| (found.name.clone(), found.version.clone()));
        let held = self.holder.held(names.collect()).await?;
        let wanted = crates.iter().zip(held).map(|(found, held)| Wanted {
            found: found.clone(),
            held,
        });
        Ok(wanted.collect())
    }
}

impl Restoring {
    /// Compares what is locked with the feeds, and fetches from them what they did not save yet.
    pub(super) async fn seed(&mut self) -> (Ended, Came) {
        let steps = Steps::default();
        let bytes = Arc::new(AtomicU64::new(0));
        let seeding = Seeding {
            feeds: self.context.feeds.clone(),
            crates: self.before.crates.clone(),
            transport: network::transport(&self.project),
            signs: self.context.signs.clone(),
            steps: steps.clone(),
            bytes: Arc::clone(&bytes),
        };
        let stop = self.stop.clone();
        let work = async {
            tokio::select! {
                () = stop.asked() => None,
                seeded = seeding.run() => Some(seeded),
            }
        };
        let (ended, seeded) = match self.followed(work, &steps, &bytes).await {
            None => (Ended::Cancelled, None),
            Some(Err(error)) => (Ended::Refused(Box::new(error.told())), None),
            Some(Ok(seeded)) => (self.judge(&seeded), Some(seeded)),
        };
        let came = Came {
            seeded,
            ..Came::default()
        };
        (ended, came)
    }

    /// Tells what was found, and whether it is good enough.
    fn judge(&mut self, seeded: &Seeded) -> Ended {
        for fault in &seeded.faults {
            let level = match fault.kind {
                SeedFaultKind::Yanked => LogLevel::Warning,
                _ => LogLevel::Error,
            };
            let text = format!(
                "{} {} in {}: {}",
                fault.name, fault.version, fault.feed, fault.words
            );
            self.say(level, &text);
        }
        let unsaved = seeded
            .faults
            .iter()
            .filter(|fault| fault.kind != SeedFaultKind::Yanked);
        match unsaved.count() {
            0 => Ended::Well,
            1 => Ended::Found("a locked crate is not saved in its feed".to_owned()),
            count => Ended::Found(format!("{count} locked crates are not saved in their feeds")),
        }
    }
}

/// What seeding takes.
struct Seeding {
    feeds: Vec<SeedFeed>,
    crates: Vec<CachedCrate>,
    transport: Result<Transport, String>,
    signs: credentials::SignIns,
    steps: Steps,
    bytes: Arc<AtomicU64>,
}

/// A registry that was introduced.
struct Known {
    registry: Registry,
    config: Config,
}

impl Seeding {
    async fn run(&self) -> Result<Seeded, crate::Error> {
        let mut seeded = Seeded::default();
        for feed in &self.feeds {
            let crates = self.of(feed);
            let text = format!("Comparing {} locked crates with {}", crates.len(), feed.title);
            self.steps.add(Step::Said(LogSource::Plan, LogLevel::Info, text));
            let wanted = feed.compare(&crates).await?;
            let refused = self.save(feed, &wanted).await?;
            let now = feed.compare(&crates).await?;
            count(&mut seeded, feed, &wanted, &now, &refused);
        }
        Ok(seeded)
    }

    fn of(&self, feed: &SeedFeed) -> Vec<CachedCrate> {
        let mut crates = self.crates.clone();
        crates.retain(|found| found.index_url == feed.index_url);
        crates
    }

    /// Fetches what the feed did not save; answers what did not come, and why.
    async fn save(
        &self,
        feed: &SeedFeed,
        wanted: &[Wanted],
    ) -> Result<BTreeMap<String, (SeedFaultKind, String)>, crate::Error> {
        let mut waiting = wanted.iter().filter(|wanted| wanted.held == Held::NotSaved);
        let crates = waiting.clone().count();
        self.steps.add(Step::Begun {
            index_files: 0,
            crates,
            packed: 0,
        });
        let mut refused = BTreeMap::new();
        if crates == 0 {
            return Ok(refused);
        }
        let transport = self.transport.clone().map_err(super::Error::Network)?;
        // With its token, even where anybody may read: only who may save does.
        let registry = network::registry(&self.signs, &transport, &feed.index_url).await?;
        let file = Transfer::of_config(&feed.index_url);
        let transferring = Transferring::begin(&self.steps, file);
        let config = registry.heard_by(transferring.listener()).config().await;
        let config = transferring.ended(config, |config| config.file.len() as u64)?;
        let known = Arc::new(Known { registry, config });
        let mut asking = JoinSet::new();
        let mut lanes = (0..AT_ONCE).rev().collect::<Vec<_>>();
        loop {
            while let Some(lane) = lanes.pop() {
                let Some(next) = waiting.next() else { break };
                let (known, found) = (Arc::clone(&known), next.found.clone());
                let bytes = Arc::clone(&self.bytes);
                let file = Transfer {
                    name: found.name.clone(),
                    version: Some(found.version.clone()),
                    index_url: found.index_url.clone(),
                    lane,
                    saves: Some(true),
                    began: Instant::now(),
                };
                let transferring = Transferring::begin(&self.steps, file);
                asking.spawn(async move {
                    let fetched = fetch(&known, &found, &bytes, transferring).await;
                    (lane, fetched, found)
                });
            }
            match asking.join_next().await {
                None => return Ok(refused),
                Some(Ok((lane, fetched, found))) => {
                    lanes.push(lane);
                    if let Err(why) = fetched {
                        refused.insert(found.unpacked_name(), why);
                    }
                }
                Some(Err(error)) => {
                    let text = format!("a part of the work failed: {error}");
                    self.steps.warn(LogSource::Granary, text);
                }
            }
        }
    }
}

/// Fetches a crate, which has the feed save it; what comes is held against the lock file and let go of.
async fn fetch(
    known: &Known,
    found: &CachedCrate,
    bytes: &AtomicU64,
    transferring: Transferring,
) -> Result<(), (SeedFaultKind, String)> {
    let registry = known.registry.heard_by(transferring.listener());
    let mut counted = 0;
    let fetched = read(&registry, &known.config, found, bytes, &mut counted).await;
    if fetched.is_err() {
        bytes.fetch_sub(counted, Ordering::Relaxed);
    }
    transferring.ended(fetched, |()| counted)
}

/// Reads a crate to its end, and counts its bytes.
async fn read(
    registry: &Registry,
    config: &Config,
    found: &CachedCrate,
    bytes: &AtomicU64,
    length: &mut u64,
) -> Result<(), (SeedFaultKind, String)> {
    let checksum = found.checksum.as_deref();
    let opened = registry.open_crate(config, &found.name, &found.version, checksum, 0);
    let mut opened = opened.await.map_err(|error| (kind_of(&error), said(&error)))?;
    let mut sum = Sha256::new();
    while let Some(chunk) = opened
        .chunk()
        .await
        .map_err(|error| (SeedFaultKind::Failed, said(&error)))?
    {
        let chunk = chunk.as_ref();
        sum.update(chunk);
        *length += chunk.len() as u64;
        bytes.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        if *length > LARGEST {
            return Err((SeedFaultKind::Failed, "it is larger than any crate".to_owned()));
        }
    }
    match checksum == Some(&hex(&sum.finalize())) {
        true => Ok(()),
        false => {
            let words = "the feed has another file than `Cargo.lock` names";
            Err((SeedFaultKind::Failed, words.to_owned()))
        }
    }
}

fn kind_of(error: &RegistryError) -> SeedFaultKind {
    match error.code() {
        Code::Forbidden | Code::NotSignedIn => SeedFaultKind::Blocked,
        Code::NotFound => SeedFaultKind::Missing,
        _ => SeedFaultKind::Failed,
    }
}

/// Adds what became of a feed's crates.
fn count(
    seeded: &mut Seeded,
    feed: &SeedFeed,
    before: &[Wanted],
    now: &[Wanted],
    refused: &BTreeMap<String, (SeedFaultKind, String)>,
) {
    for (before, now) in before.iter().zip(now) {
        seeded.locked += 1;
        let is_here = |held| matches!(held, Held::Saved | Held::Yanked);
        match (is_here(before.held), is_here(now.held)) {
            (true, _) => seeded.already += 1,
            (false, true) => seeded.saved += 1,
            (false, false) => {}
        }
        let fault = match now.held {
            Held::Saved => continue,
            Held::Yanked => (
                SeedFaultKind::Yanked,
                "it is yanked; who locked it can still fetch it".to_owned(),
            ),
            Held::Missing => (
                SeedFaultKind::Missing,
                "the feed does not have it, and has no upstream to take it from".to_owned(),
            ),
            Held::NotSaved => refused.get(&now.found.unpacked_name()).cloned().unwrap_or((
                SeedFaultKind::Failed,
                "it was fetched, and the feed does not list it as saved".to_owned(),
            )),
        };
        seeded.faults.push(SeedFault {
            name: now.found.name.clone(),
            version: now.found.version.clone(),
            feed: feed.title.clone(),
            kind: fault.0,
            words: fault.1,
        });
    }
}
