//! Azure's side of a feed: what it is, and which crates it holds.
//!
//! **Invariant**: no disk, no processes, and no HTTP but through [`crate::http`]; Azure's JSON stays in `wire`.

mod addresses;
mod client;
mod endpoints;
mod error;
mod listed;
mod model;
mod names;
mod reference;
mod wire;

pub(crate) use addresses::{addresses, crate_page};
pub(crate) use client::Downloads;
pub use client::FeedClient;
pub use error::Error;
pub(crate) use listed::{ListedChange, ListedCrate, ListedVersion, folded};
pub use model::{
    BadVersion, BatchOutcome, CrateChange, CrateFeature, CrateVersion, DeletedVersion, Dependency,
    DependencyKind, DependencySource, Feed, FeedAddress, FeedAddressKind, FeedAddresses, FeedChange,
    FeedDraft, FeedOutcome, Identity, IdentityKind, NameWatch, Origin, PairDraft, PairOutcome, Permission,
    Provenance, Readme, RefusedVersion, Retention, Role, Upstream, UpstreamChange, UpstreamKind, Upstreaming,
    VersionDetails, VersionReference, View, ViewChange, ViewDraft, Visibility,
};
pub use names::{NameFault, check_feed_name, registry_name};
pub use reference::{BadReference, FeedReference};
pub(crate) use wire::index_of;
