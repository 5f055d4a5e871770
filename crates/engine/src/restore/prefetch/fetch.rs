//! One thing asked of a registry: what it says of itself, an index file, a crate.
//!
//! **Invariant**: what comes goes to the disk as it comes; a file that breaks off is gone on with, so often and no more.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use credentials::SignIns;

use crate::registry::{Config, Error, Listener, Opened, Registry, Transport};

use super::super::cache::{CachedCrate, Coming, Placing, Unplaceable};
use super::super::steps::{Step, Steps, Transfer, Transferring};
use super::super::{network, said};
use super::needed::FromRegistry;
use super::pace::{Came, Pace};

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
    IndexFile,
    /// A crate, which can be unpacked now.
    Crate(Box<CachedCrate>),
}

/// Why something did not come.
#[derive(Debug)]
pub(super) enum Missed {
    /// Nothing will come from there.
    Registry(String),
    /// Nothing can be written here.
    Disk(String),
    /// This one did not, after all patience, and as likely nothing else will.
    Trouble(String),
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

    /// Files of an index that come by it: its own, and those behind it.
    pub(super) fn index_files(&self) -> usize {
        match self {
            Self::Introduce(_, needed) => 1 + needed.entries.len(),
            Self::Entry(..) => 1,
            Self::Crate(..) => 0,
        }
    }

    fn file(&self, lane: usize) -> Transfer {
        let config = Transfer::of_config(self.index_url());
        let (name, version) = match self {
            Self::Introduce(..) => return Transfer { lane, ..config },
            Self::Entry(_, name, _) => (name, None),
            Self::Crate(_, wanted) => (&wanted.name, Some(wanted.version.clone())),
        };
        Transfer {
            name: name.clone(),
            version,
            lane,
            ..config
        }
    }
}

/// What every task works with.
#[derive(Debug)]
pub(super) struct Tools {
    pub(super) signs: SignIns,
    pub(super) transport: Transport,
    pub(super) placing: Placing,
    pub(super) pace: Arc<Mutex<Pace>>,
    /// Bytes as they come, for the meter.
    pub(super) bytes: Arc<AtomicU64>,
    pub(super) steps: Steps,
}

impl Tools {
    /// Hears of what goes wrong with a file while it does; as many as the server bears are asked from then on.
    fn listener(&self, transferring: &Transferring) -> Listener {
        let (pace, began) = (Arc::clone(&self.pace), transferring.began());
        let tells = transferring.listener();
        Listener::new(move |heard| {
            let mut pace = pace.lock().unwrap_or_else(PoisonError::into_inner);
            pace.turned_away(began, Instant::now());
            drop(pace);
            tells.hear(heard);
        })
    }
}

/// Does one task.
pub(super) async fn ask(task: Task, lane: usize, tools: Arc<Tools>) -> Asked {
    let index_url = task.index_url().to_owned();
    let behind = task.index_files().saturating_sub(1);
    let transferring = Transferring::begin(&tools.steps, task.file(lane));
    let mut came = None;
    let result = match task {
        Task::Introduce(index_url, needed) => introduce(index_url, needed, &tools, &transferring).await,
        Task::Entry(known, name, versions) => {
            let entry = entry(&known, &name, &versions, &tools, &transferring, &mut came).await;
            entry.map(|bytes| (Fetched::IndexFile, bytes))
        }
        Task::Crate(known, wanted) => {
            let fetching = Fetching {
                known: &known,
                wanted: &wanted,
                tools: &tools,
                transferring: &transferring,
                counted: 0,
            };
            let bytes = fetching.run(&mut came).await;
            bytes.map(|bytes| (Fetched::Crate(Box::new(wanted)), bytes))
        }
    };
    if let Some(came) = &mut came {
        came.retries = transferring.retries();
    }
    let result = transferring.ended(result, |(_, bytes)| *bytes);
    let result = result.map(|(fetched, _)| fetched);
    if result.is_err() {
        tools.steps.add(Step::NotAsked(behind));
    }
    Asked {
        index_url,
        lane,
        came,
        result,
    }
}

async fn introduce(
    index_url: String,
    needed: FromRegistry,
    tools: &Tools,
    transferring: &Transferring,
) -> Result<(Fetched, u64), Missed> {
    let registry = network::registry(&tools.signs, &tools.transport, &index_url).await;
    let registry = registry.map_err(|error| Missed::Registry(said(&error)))?;
    let introduced = registry.heard_by(tools.listener(transferring)).introduced().await;
    let (registry, config) = introduced.map_err(|error| Missed::Registry(said(&error)))?;
    let kept = tools.placing.config(&index_url, &config.file);
    kept.map_err(|error| Missed::Disk(said(&error)))?;
    let bytes = config.file.len() as u64;
    let known = Arc::new(Known {
        registry,
        config,
        index_url,
    });
    let entries = needed.entries.into_iter();
    let entries = entries.map(|(name, versions)| Task::Entry(Arc::clone(&known), name, versions));
    let crates = needed.crates.into_iter();
    let crates = crates.map(|wanted| Task::Crate(Arc::clone(&known), wanted));
    Ok((Fetched::Introduced(entries.chain(crates).collect()), bytes))
}

async fn entry(
    known: &Known,
    name: &str,
    versions: &BTreeSet<String>,
    tools: &Tools,
    transferring: &Transferring,
    came: &mut Option<Came>,
) -> Result<u64, Missed> {
    let registry = known.registry.heard_by(tools.listener(transferring));
    let answer = registry.entry(name, LARGEST_ENTRY).await;
    let answer = answer.map_err(|error| missed(&error))?;
    let answer = answer.ok_or_else(|| Missed::One(format!("the index has no `{name}`")))?;
    *came = Some(Came {
        began: transferring.began(),
        is_crate: false,
        after: transferring.began().elapsed(),
        retries: 0,
        is_multiplexed: answer.is_multiplexed,
    });
    let versions = versions.iter().map(String::as_str).collect::<Vec<_>>();
    let placed = tools.placing.entry(&known.index_url, name, &answer, &versions);
    placed.map_err(not_placed)?;
    Ok(answer.body.len() as u64)
}

/// A crate on its way.
struct Fetching<'a> {
    known: &'a Known,
    wanted: &'a CachedCrate,
    tools: &'a Tools,
    transferring: &'a Transferring,
    /// Bytes the meter was told of.
    counted: u64,
}

impl Fetching<'_> {
    async fn run(mut self, came: &mut Option<Came>) -> Result<u64, Missed> {
        let fetched = self.fetch(came).await;
        if fetched.is_err() {
            // What came of it is not here, and cargo fetches it anew.
            self.tools.bytes.fetch_sub(self.counted, Ordering::Relaxed);
        }
        fetched
    }

    async fn fetch(&mut self, came: &mut Option<Came>) -> Result<u64, Missed> {
        let began = self.transferring.began();
        let registry = self
            .known
            .registry
            .heard_by(self.tools.listener(self.transferring));
        let mut coming = self.begin()?;
        let mut resumes = 0;
        loop {
            let (name, version) = (&self.wanted.name, &self.wanted.version);
            let checksum = self.wanted.checksum.as_deref();
            let from = coming.length();
            let opened = registry.open_crate(&self.known.config, name, version, checksum, from);
            let mut opened = opened.await.map_err(|error| missed(&error))?;
            came.get_or_insert(Came {
                began,
                is_crate: true,
                after: began.elapsed(),
                retries: 0,
                is_multiplexed: opened.is_multiplexed,
            });
            if opened.starts_at != from {
                // It knows no parts, and sends all of it again.
                self.tools.bytes.fetch_sub(from, Ordering::Relaxed);
                self.counted -= from;
                coming = self.begin()?;
            }
            let Some(why) = self.take(&mut opened, &mut coming).await? else {
                break;
            };
            resumes += 1;
            if resumes > RESUMES {
                return Err(Missed::One(format!("`{name} {version}` breaks off: {why}")));
            }
            let wait = Duration::from_millis(50 << resumes);
            let why = format!("{why}, after {} bytes", coming.length());
            self.transferring.again(&why, wait);
            tokio::time::sleep(wait).await;
        }
        let bytes = coming.length();
        let placed = self.tools.placing.end_crate(self.wanted, coming);
        placed.map(|()| bytes).map_err(not_placed)
    }

    fn begin(&self) -> Result<Coming, Missed> {
        self.tools.placing.begin_crate(self.wanted).map_err(not_placed)
    }

    /// Takes what comes to the disk; answers what broke it off, if something did.
    async fn take(&mut self, opened: &mut Opened, coming: &mut Coming) -> Result<Option<String>, Missed> {
        loop {
            let chunk = match opened.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return Ok(None),
                Err(error) => return Ok(Some(said(&error))),
            };
            coming.take(chunk.as_ref()).map_err(not_placed)?;
            let more = chunk.as_ref().len() as u64;
            self.tools.bytes.fetch_add(more, Ordering::Relaxed);
            self.counted += more;
            if coming.length() > LARGEST_CRATE {
                let (name, version) = (&self.wanted.name, &self.wanted.version);
                return Err(Missed::One(format!(
                    "`{name} {version}` is larger than any crate"
                )));
            }
        }
    }
}

/// A registry that is out of reach gives nothing else either.
fn missed(error: &Error) -> Missed {
    match error {
        error if error.is_out_of_reach() => Missed::Registry(said(error)),
        error if error.is_of_the_server() => Missed::Trouble(said(error)),
        error => Missed::One(said(error)),
    }
}

fn not_placed(error: Unplaceable) -> Missed {
    match error {
        Unplaceable::Write { .. } => Missed::Disk(said(&error)),
        Unplaceable::Checksum { .. } => Missed::Wrong(error.to_string()),
        _ => Missed::One(said(&error)),
    }
}
