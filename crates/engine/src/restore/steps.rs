//! What happens while something is brought in or looked at, step by step, for whoever tells of it.
//!
//! **Invariant**: those who work add steps, and the one who tells takes them away; a file adds few, whatever a registry does.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::registry::{Heard, Listener};

use super::cache::Holder;
use super::{LogLevel, LogSource, said};

/// How often it is said of one file that it is asked for again; all of it is counted.
const MOST_SAID: u32 = 10;

/// What happens.
#[derive(Debug)]
pub(super) enum Step {
    /// Another holds cargo's lock, and who, where the system tells.
    Waiting(Option<Holder>),
    /// How many files of indexes and crates are missing, and how many crates are packed.
    Begun {
        index_files: usize,
        crates: usize,
        packed: usize,
    },
    /// A crate that was here has to be fetched as well.
    OneMore,
    /// A file is asked for.
    Asked(Transfer),
    /// It is asked for again.
    AskedAgain,
    /// It is here.
    Arrived(Transferred),
    /// It did not come, or something else did.
    Missed(Transferred),
    /// So many files of indexes are not asked for: their registry is left to cargo.
    NotAsked(usize),
    /// A crate is unpacked.
    Unpacked,
    /// How many crates are looked at.
    Looking(usize),
    /// A crate was looked at.
    LookedAt,
    /// Something is left to cargo, and why.
    Left(LogSource, String),
    /// Something to know, or to look at.
    Said(LogSource, LogLevel, String),
}

/// A file that goes over the network: a crate's, or one of an index.
#[derive(Debug, Clone)]
pub(super) struct Transfer {
    pub(super) name: String,
    /// Of a crate; none of a file of an index.
    pub(super) version: Option<String>,
    pub(super) index_url: String,
    /// Which of the requests side by side it is.
    pub(super) lane: usize,
    /// Whether its feed saves it by that, where somebody asked the feed.
    pub(super) saves: Option<bool>,
    pub(super) began: Instant,
}

impl Transfer {
    /// What a registry says of itself, asked for before all else.
    pub(super) fn of_config(index_url: &str) -> Self {
        Self {
            name: "config.json".to_owned(),
            version: None,
            index_url: index_url.to_owned(),
            lane: 0,
            saves: None,
            began: Instant::now(),
        }
    }

    /// As it is called in the log.
    fn shown(&self) -> String {
        match &self.version {
            Some(version) => format!("{} {version}", self.name),
            None => format!("{} of the index", self.name),
        }
    }
}

/// A file that came, or did not.
#[derive(Debug)]
pub(super) struct Transferred {
    pub(super) file: Transfer,
    pub(super) ended: Instant,
    /// None of what did not come.
    pub(super) bytes: u64,
    pub(super) retries: u32,
}

/// Steps that were not told yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps(Arc<Mutex<Vec<Step>>>);

impl Steps {
    pub(super) fn add(&self, step: Step) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(step);
    }

    pub(super) fn warn(&self, source: LogSource, text: String) {
        self.add(Step::Said(source, LogLevel::Warning, text));
    }

    pub(super) fn take(&self) -> Vec<Step> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A file from when it is first asked for until it is here; each of these moments is a step.
#[derive(Debug, Clone)]
pub(super) struct Transferring {
    file: Transfer,
    steps: Steps,
    retries: Arc<AtomicU32>,
}

impl Transferring {
    pub(super) fn begin(steps: &Steps, file: Transfer) -> Self {
        steps.add(Step::Asked(file.clone()));
        Self {
            file,
            steps: steps.clone(),
            retries: Arc::default(),
        }
    }

    pub(super) fn began(&self) -> Instant {
        self.file.began
    }

    /// How often it was asked for again.
    pub(super) fn retries(&self) -> u32 {
        self.retries.load(Ordering::Relaxed)
    }

    /// It is asked for again after a while.
    pub(super) fn again(&self, why: &str, wait: Duration) {
        let time = self.retries.fetch_add(1, Ordering::Relaxed) + 2;
        self.steps.add(Step::AskedAgain);
        if time <= MOST_SAID + 1 {
            let (shown, wait) = (self.file.shown(), wait.as_secs_f64());
            let text = format!("{shown}: {why}; trying again in {wait:.1} s, try {time}");
            self.steps.warn(LogSource::Retry, text);
        }
    }

    /// The server asks for time, which holds for all that is asked of it.
    fn slower(&self, wait: Duration) {
        let (name, wait) = (&self.file.name, wait.as_secs_f64());
        let text = format!("{name} came, and its server asks for time: it is left alone for {wait:.1} s");
        self.steps.warn(LogSource::Retry, text);
    }

    /// Hears of it where the network asks again by itself, or waits.
    pub(super) fn listener(&self) -> Listener {
        let this = self.clone();
        Listener::new(move |heard| match heard {
            Heard::Again { error, wait } => this.again(&said(error), wait),
            Heard::Slower { wait } => this.slower(wait),
        })
    }

    /// It came, or did not.
    pub(super) fn ended<T, E>(self, result: Result<T, E>, bytes: impl FnOnce(&T) -> u64) -> Result<T, E> {
        match &result {
            Ok(came) => self.arrived(bytes(came)),
            Err(_) => self.missed(),
        }
        result
    }

    fn arrived(self, bytes: u64) {
        let steps = self.steps.clone();
        steps.add(Step::Arrived(self.end(bytes)));
    }

    fn missed(self) {
        let steps = self.steps.clone();
        steps.add(Step::Missed(self.end(0)));
    }

    fn end(self, bytes: u64) -> Transferred {
        Transferred {
            retries: self.retries(),
            file: self.file,
            ended: Instant::now(),
            bytes,
        }
    }
}
