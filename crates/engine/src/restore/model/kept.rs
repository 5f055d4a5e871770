//! Runs as they are kept.
//!
//! **Invariant**: plain values, as they stand in the records' files.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Diagnostic, Fetch, LogCounts, RestoreRequest, RunState, RunSummary};

/// A run as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RunEntry {
    /// Its id.
    pub id: String,
    /// The project's folder.
    pub folder: PathBuf,
    /// The project's name then.
    pub project: String,
    /// What was asked, to ask it again.
    pub request: RestoreRequest,
    /// The command as one would type it.
    pub command: String,
    /// When it began, ISO 8601 in UTC.
    pub started_at: String,
    /// What stands for crates.io in the project; none where it is crates.io itself.
    pub crates_io: Option<String>,
    /// How it ended; none while it goes on, here or in another program.
    pub state: Option<RunState>,
    /// How long its log is.
    pub log: LogCounts,
    /// What came of it; none while it goes on, and where it was broken off.
    pub summary: Option<RunSummary>,
}

/// A run that is kept, whole but for its log.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KeptRun {
    /// What it was.
    pub entry: RunEntry,
    /// What was asked for over the network before cargo ran.
    pub fetches: Vec<Fetch>,
    /// What the compiler said.
    pub diagnostics: Vec<Diagnostic>,
}
