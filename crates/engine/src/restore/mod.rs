//! Fetching all that a project needs, having feeds save it, holding it against what should be, and compiling: the order of it
//! all, what is told meanwhile, what came of it, and the runs that are kept.
//!
//! **Invariant**: no HTTP and no processes of its own; cargo's cache is looked at and written through `cache` only.

mod bringing;
mod cache;
mod commands;
mod error;
mod history;
mod holdings;
mod log;
mod lost;
mod meter;
mod model;
mod network;
mod outcome;
mod prefetch;
#[expect(
    clippy::module_inception,
    reason = "the order of it all has the room's name, as the ground plan says"
)]
mod restore;
mod running;
mod seed;
mod steps;
mod teller;
mod tokens;
mod trust;
mod verify;

pub use error::Error;
use error::said;
pub(crate) use history::{list as list_runs, show as show_run};
pub(crate) use holdings::{Holding, add_holdings};
pub(crate) use log::{KeptLog, kept_log};
pub use model::{
    CrateFault, CrateFaultKind, Diagnostic, FeedShare, Fetch, KeptRun, LogCounts, LogFilter, LogHit,
    LogLevel, LogLine, LogSource, Phase, PhaseTime, Progress, RestoreRequest, RunEntry, RunEvent, RunState,
    RunSummary, RunVerb, SeedFault, SeedFaultKind, Seeded, Verified,
};
pub use restore::{Context, Run, start};
pub(crate) use seed::SeedFeed;
pub(crate) use tokens::require_own_variable;
pub(crate) use trust::first_untrusted;
