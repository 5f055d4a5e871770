//! One thing asked of a registry: what it says of itself, an index file, a crate.
//!
//! **Invariant**: what comes goes to the disk as it comes; a file that breaks off is gone on with, so often and no more.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use credentials::SignIns;

use crate::error::Code;
use crate::registry::{Config, Error, Registry, Transport};

use super::super::cache::{CachedCrate, Placing, Unplaceable};
use super::super::network;
use super::needed::FromRegistry;
use super::pace::Came;
use super::{Arrived, said};

/// The largest index file that is taken, in bytes; what is larger is left to cargo.
const LARGEST_ENTRY: usize = 16 * 1024 * 1024;
/// The largest crate that is taken, in bytes.
const LARGEST_CRATE: u64 = 1024 * 1024 * 1024;
/// How often a file that breaks off is gone on with.
const RESUMES: u32 = 5;

/// A registry that was introduced.
#[derive(Debug)]
pub(super) struct Known {
    registry: Registry,
    config: Config,
    index_url: String,
}

/// What shall be asked.
#[derive(Debug)]
pub(super) enum Task {
    /// A registry: what it says of itself, before all else it shall give.
    Introduce(String, FromRegistry),
    /// An index file that must tell of versions.
    Entry(Arc<Known>, String, BTreeSet<String>),
    /// A crate.
    Crate(Arc<Known>, CachedCrate),
}

/// What came.
#[derive(Debug)]
pub(super) enum Fetched {
    Introduced(Vec<Task>),
    /// A file; with the crate whose file it is, which can be unpacked now.
    File(Arrived, Option<Box<CachedCrate>>),
}

/// Why something did not come.
#[derive(Debug)]
pub(super) enum Missed {
    /// Nothing will come from there.
    Registry(String),
    /// This one did not.
    One(String),
    /// Something else came.
    Wrong(String),
}

/// What became of a task.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) index_url: String,
    pub(super) lane: usize,
    pub(super) came: Option<Came>,
    pub(super) result: Result<Fetched, Missed>,
}

impl Task {
    pub(super) fn index_url(&self) -> &str {
        match self {
            Self::Introduce(index_url, _) => index_url,
            Self::Entry(known, ..) | Self::Crate(known, _) => &known.index_url,
        }
    }
}

/// What every task works with.
#[derive(Debug)]
pub(super) struct Tools {
    pub(super) signs: SignIns,
    pub(super) transport: Transport,
    pub(super) placing: Placing,
    /// Bytes as they come, for the meter.
    pub(super) bytes: Arc<AtomicU64>,
}

/// Does one task.
pub(super) async fn ask(task: Task, lane: usize, tools: Arc<Tools>) -> Asked {
    let index_url = task.index_url().to_owned();
    let mut came = None;
    let result = match task {
        Task::Introduce(index_url, needed) => introduce(index_url, needed, &tools).await,
        Task::Entry(known, name, versions) => {
            entry(&known, &name, &versions, &tools.placing, &mut came).await
        }
        Task::Crate(known, wanted) => {
            let fetching = Fetching {
                known: &known,
                wanted: &wanted,
                tools: &tools,
                retries: 0,
                counted: 0,
            };
            let arrived = fetching.run(&mut came).await;
            arrived.map(|arrived| Fetched::File(arrived, Some(Box::new(wanted))))
        }
    };
    Asked {
        index_url,
        lane,
        came,
        result,
    }
}

async fn introduce(index_url: String, needed: FromRegistry, tools: &Tools) -> Result<Fetched, Missed> {
    let registry = network::registry(&tools.signs, &tools.transport, &index_url).await;
    let registry = registry.map_err(|error| Missed::Registry(said(&error)))?;
    let introduced = registry.introduced().await;
    let (registry, config) = introduced.map_err(|error| Missed::Registry(said(&error)))?;
    let kept = tools.placing.config(&index_url, &config.file);
    kept.map_err(|error| Missed::Registry(said(&error)))?;
    let known = Arc::new(Known {
        registry,
        config,
        index_url,
    });
    let entries = needed.entries.into_iter();
    let entries = entries.map(|(name, versions)| Task::Entry(Arc::clone(&known), name, versions));
    let crates = needed.crates.into_iter();
    let crates = crates.map(|wanted| Task::Crate(Arc::clone(&known), wanted));
    Ok(Fetched::Introduced(entries.chain(crates).collect()))
}

async fn entry(
    known: &Known,
    name: &str,
    versions: &BTreeSet<String>,
    placing: &Placing,
    came: &mut Option<Came>,
) -> Result<Fetched, Missed> {
    let began = Instant::now();
    let answer = known.registry.entry(name, LARGEST_ENTRY).await;
    let answer = answer.map_err(|error| missed(&error))?;
    let answer = answer.ok_or_else(|| Missed::One(format!("the index has no `{name}`")))?;
    *came = Some(Came {
        began,
        is_crate: false,
        after: began.elapsed(),
        retries: answer.way.retries,
        is_multiplexed: answer.way.is_multiplexed,
    });
    let versions = versions.iter().map(String::as_str).collect::<Vec<_>>();
    let placed = placing.entry(&known.index_url, name, &answer, &versions);
    placed.map_err(not_placed)?;
    let arrived = Arrived {
        name: name.to_owned(),
        version: None,
        index_url: known.index_url.clone(),
        lane: 0,
        began,
        ended: Instant::now(),
        bytes: answer.body.len() as u64,
        retries: answer.way.retries,
    };
    Ok(Fetched::File(arrived, None))
}

/// A crate on its way.
struct Fetching<'a> {
    known: &'a Known,
    wanted: &'a CachedCrate,
    tools: &'a Tools,
    retries: u32,
    /// Bytes the meter was told of.
    counted: u64,
}

impl Fetching<'_> {
    async fn run(mut self, came: &mut Option<Came>) -> Result<Arrived, Missed> {
        let fetched = self.fetch(came).await;
        if fetched.is_err() {
            // What came of it is not here, and cargo fetches it anew.
            self.tools.bytes.fetch_sub(self.counted, Ordering::Relaxed);
        }
        fetched
    }

    async fn fetch(&mut self, came: &mut Option<Came>) -> Result<Arrived, Missed> {
        let began = Instant::now();
        let mut coming = self.tools.placing.begin_crate(self.wanted).map_err(not_placed)?;
        let mut resumes = 0;
        loop {
            let (name, version) = (&self.wanted.name, &self.wanted.version);
            let checksum = self.wanted.checksum.as_deref();
            let from = coming.length();
            let opened = self
                .known
                .registry
                .open_crate(&self.known.config, name, version, checksum, from);
            let mut opened = opened.await.map_err(|error| missed(&error))?;
            self.retries += opened.way.retries;
            came.get_or_insert(Came {
                began,
                is_crate: true,
                after: began.elapsed(),
                retries: opened.way.retries,
                is_multiplexed: opened.way.is_multiplexed,
            });
            if opened.starts_at != from {
                // It knows no parts, and sends all of it again.
                self.tools.bytes.fetch_sub(from, Ordering::Relaxed);
                self.counted -= from;
                coming = self.tools.placing.begin_crate(self.wanted).map_err(not_placed)?;
            }
            let broken = loop {
                match opened.chunk().await {
                    Ok(Some(chunk)) => {
                        coming.take(chunk.as_ref()).map_err(not_placed)?;
                        let more = chunk.as_ref().len() as u64;
                        self.tools.bytes.fetch_add(more, Ordering::Relaxed);
                        self.counted += more;
                        if coming.length() > LARGEST_CRATE {
                            return Err(Missed::One(format!(
                                "`{name} {version}` is larger than any crate"
                            )));
                        }
                    }
                    Ok(None) => break None,
                    Err(error) => break Some(error),
                }
            };
            let Some(error) = broken else { break };
            resumes += 1;
            self.retries += 1;
            if resumes > RESUMES {
                return Err(Missed::One(format!(
                    "`{name} {version}` breaks off: {}",
                    said(&error)
                )));
            }
            tokio::time::sleep(Duration::from_millis(50 << resumes)).await;
        }
        if let Some(came) = came {
            came.retries = came.retries.max(self.retries);
        }
        let bytes = coming.length();
        self.tools
            .placing
            .end_crate(self.wanted, coming)
            .map_err(not_placed)?;
        Ok(Arrived {
            name: self.wanted.name.clone(),
            version: Some(self.wanted.version.clone()),
            index_url: self.known.index_url.clone(),
            lane: 0,
            began,
            ended: Instant::now(),
            bytes,
            retries: self.retries,
        })
    }
}

/// A registry that is out of reach gives nothing else either.
fn missed(error: &Error) -> Missed {
    match error.code() {
        Code::Unreachable if !error.is_of_one_file() => Missed::Registry(said(error)),
        _ => Missed::One(said(error)),
    }
}

fn not_placed(error: Unplaceable) -> Missed {
    match error {
        Unplaceable::Write { .. } => Missed::Registry(said(&error)),
        Unplaceable::Checksum { .. } => Missed::Wrong(error.to_string()),
        _ => Missed::One(said(&error)),
    }
}
