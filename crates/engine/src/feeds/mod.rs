//! Azure's side of a feed: what it is, and which crates it holds.
//!
//! **Invariant**: no disk, no processes, and no HTTP but through [`crate::http`]; Azure's JSON stays in `wire`.

mod client;
mod endpoints;
mod error;
mod model;
mod names;
mod reference;
mod wire;

pub use client::FeedClient;
pub use error::Error;
pub use model::{
    CrateSummary, Feed, FeedDraft, FeedOutcome, Origin, PairDraft, PairOutcome, Upstream, UpstreamKind,
};
pub use names::{NameFault, check_feed_name, registry_name};
pub use reference::{BadReference, FeedReference};
