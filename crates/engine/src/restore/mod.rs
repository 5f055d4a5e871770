//! Fetching all that a project needs: the order of it all, what is told meanwhile, and what came of it.
//!
//! **Invariant**: no HTTP and no processes of its own; cargo's cache is looked at and written through `cache` only.

mod cache;
mod error;
mod log;
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
mod teller;
mod tokens;
mod trust;

pub(crate) use cache::cached_sizes;
pub use error::Error;
pub(crate) use log::end_of_log;
pub use model::{
    FeedShare, Fetch, LogLevel, LogLine, LogSource, Phase, PhaseTime, Progress, RestoreRequest, RunEvent,
    RunState, RunSummary,
};
pub(crate) use restore::kept_log;
pub use restore::{Context, Run, start};
pub(crate) use tokens::require_own_variable;
pub(crate) use trust::first_untrusted;
