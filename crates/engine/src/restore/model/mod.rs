//! A run as the product speaks of it: what is asked, what is told meanwhile, what came of it.
//!
//! **Invariant**: plain values that cross to the window, into `granary restore --json` and into the records of runs.

mod checked;
mod kept;
mod log;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::Told;

pub use checked::{CrateFault, CrateFaultKind, SeedFault, SeedFaultKind, Seeded, Verified};
pub use kept::{KeptRun, RunEntry};
pub use log::{Diagnostic, LogCounts, LogFilter, LogHit, LogLevel, LogLine, LogSource};

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum RunVerb {
    /// Brings in all that is locked: `cargo fetch`.
    #[default]
    Fetch,
    /// The same, then `cargo check`.
    Check,
    /// The same, then `cargo build`.
    Build,
    /// Has the feed save what is locked and is not saved yet; cargo is not run.
    Seed,
    /// Holds what is in cargo's cache against `Cargo.lock` and the feeds; nothing is changed.
    Verify,
    /// The same, and brings in anew what is not as it should be.
    Repair,
}

/// What shall be run, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RestoreRequest {
    /// The project: its folder, or a path within.
    pub folder: PathBuf,
    /// What to do.
    #[serde(default)]
    pub verb: RunVerb,
    /// `--release`, for `check` and `build`.
    #[serde(default)]
    pub release: bool,
    /// `--locked`: fail rather than change `Cargo.lock`.
    pub locked: bool,
    /// `--offline`: use what is here.
    pub offline: bool,
    /// Cargo alone: nothing is fetched before it runs.
    #[serde(default)]
    pub no_prefetch: bool,
}

/// What is told while a restore goes on, in order; `started` comes first and `ended` last.
#[expect(clippy::large_enum_variant, reason = "the large one comes once")]
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RunEvent {
    /// It begins.
    Started {
        /// The run.
        id: String,
        /// What it does.
        verb: RunVerb,
        /// The command as one would type it.
        command: String,
        /// When, ISO 8601 in UTC.
        started_at: String,
        /// Locked crates that are not in cargo's cache; none without a lock file.
        to_fetch: Option<u32>,
        /// Locked crates that are.
        already_here: u32,
    },
    /// The log grew, told at most 30 times a second; its lines are to be had by their rows.
    Logged {
        /// How long it is.
        log: LogCounts,
    },
    /// What the compiler said, at most 100 at a time and 1,000 in all.
    Diagnosed {
        /// What it said, in order.
        diagnostics: Vec<Diagnostic>,
    },
    /// How far it is, at most 30 times a second.
    Progress {
        /// How far.
        progress: Progress,
    },
    /// What was asked for since and is still under way; each is told again once it ended, unless the run ends first.
    Fetching {
        /// The files, with what is known of them now; none is in the place of another of its lane.
        fetches: Vec<Fetch>,
    },
    /// What was asked for before cargo ran, and came or did not, at most 500 at a time.
    Fetched {
        /// The files, in the order they ended in.
        fetches: Vec<Fetch>,
    },
    /// It is over.
    Ended {
        /// What came of it.
        summary: RunSummary,
    },
}

/// A file that was asked for over the network, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Fetch {
    /// The crate.
    pub name: String,
    /// The version whose file it is; none for a file of the index: what it says of the crate, or of itself (`config.json`).
    pub version: Option<String>,
    /// The feed it came from, or the registry's address.
    pub from: String,
    /// Which of the requests side by side it was, from 0 on.
    pub lane: u32,
    /// Seconds from the run's start until it was asked for.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub began: f64,
    /// Seconds until all of it was here, or it was given up; until now while it is under way.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub seconds: f64,
    /// Its bytes; of what did not come, none.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub bytes: f64,
    /// How often it was asked for again.
    pub retries: u32,
    /// Whether it did not come, or something else did.
    #[serde(default)]
    pub refused: bool,
    /// Whether the feed had not saved it before, as far as is known, so that this saved it for everybody.
    pub saves: bool,
}

/// Where a restore stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Finding out what is needed.
    Plan,
    /// Reading indexes.
    Index,
    /// Downloading crates.
    Download,
    /// Unpacking crates.
    Unpack,
    /// Cargo makes sure.
    Finish,
    /// Cargo compiles.
    Compile,
    /// What is in the cache is held against what should be.
    Verify,
}

/// How far a restore is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Where it stands.
    pub phase: Phase,
    /// Crates downloaded.
    pub crates: u32,
    /// Crates to download, when it is known.
    pub crates_total: Option<u32>,
    /// Bytes of the crates downloaded.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub bytes: f64,
    /// Bytes that are not here yet, as cargo counts them.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub remaining_bytes: Option<f64>,
    /// Bytes per second since the first download.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub bytes_per_second: Option<f64>,
    /// Seconds left, once enough came to tell.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub seconds_left: Option<f64>,
    /// How often something was asked for again.
    pub retries: u32,
    /// Units that were compiled, or crates that were looked at.
    pub done: u32,
    /// All of them, when it is known.
    pub done_total: Option<u32>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum RunState {
    /// All is here.
    Done,
    /// Cargo failed.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// Its program ended before it did.
    BrokenOff,
}

/// What came of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RunSummary {
    /// What it did.
    pub verb: RunVerb,
    /// How it ended.
    pub state: RunState,
    /// How long it took.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub seconds: f64,
    /// Crates that are here now and were not before.
    pub downloaded: u32,
    /// Their bytes.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub bytes: f64,
    /// Locked crates that were here before.
    pub already_here: u32,
    /// All locked crates that come from a registry.
    pub locked: u32,
    /// The same by feed.
    pub feeds: Vec<FeedShare>,
    /// How long each phase took, in their order.
    pub phases: Vec<PhaseTime>,
    /// The crate that took longest.
    pub slowest: Option<Fetch>,
    /// Crates that the feed saved for everybody because this run asked for them, as far as is known.
    pub saved: u32,
    /// How often something was asked for again.
    pub retries: u32,
    /// What was left to cargo, and why.
    pub left_to_cargo: Vec<String>,
    /// Seconds that cargo alone would have needed at least, for its requests over two connections; none where several
    /// go over one connection, or nothing was fetched before cargo ran.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub cargo_alone_seconds: Option<f64>,
    /// What the feeds saved of what is locked; of `seed` alone.
    pub seeded: Option<Seeded>,
    /// What was found in cargo's cache; of `verify` and `repair` alone.
    pub verified: Option<Verified>,
    /// Why it failed.
    pub failure: Option<Told>,
}

impl RunSummary {
    /// Of a run of which nothing was counted.
    pub fn uncounted(verb: RunVerb, state: RunState, seconds: f64) -> Self {
        Self {
            verb,
            state,
            seconds,
            downloaded: 0,
            bytes: 0.0,
            already_here: 0,
            locked: 0,
            feeds: Vec::new(),
            phases: Vec::new(),
            slowest: None,
            saved: 0,
            retries: 0,
            left_to_cargo: Vec::new(),
            cargo_alone_seconds: None,
            seeded: None,
            verified: None,
            failure: None,
        }
    }
}

/// How long a phase took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PhaseTime {
    /// Which.
    pub phase: Phase,
    /// How long.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub seconds: f64,
}

/// A feed's share of a restore.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FeedShare {
    /// The feed's reference, or the address of a registry that is no feed.
    pub title: String,
    /// Locked crates that come from it.
    pub crates: u32,
    /// Those that this run downloaded.
    pub downloaded: u32,
    /// Their bytes.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub bytes: f64,
    /// Cargo's folder for its crates.
    pub cache_folder: PathBuf,
}
