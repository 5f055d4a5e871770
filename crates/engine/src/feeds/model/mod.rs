//! Feeds and crates as the product speaks of them.
//!
//! **Invariant**: no Azure JSON here; these types cross to the window and into `granary --json`.

mod addresses;
mod crates;
mod feed;
mod people;
mod version;

pub use addresses::{FeedAddress, FeedAddressKind, FeedAddresses};
pub use crates::{
    BatchOutcome, CrateChange, CrateVersion, DeletedVersion, NameWatch, Origin, RefusedVersion, Upstreaming,
    VersionReference,
};
pub use feed::{
    Feed, FeedChange, FeedDraft, FeedOutcome, PairDraft, PairOutcome, Role, Upstream, UpstreamChange,
    UpstreamKind,
};
pub use people::{Identity, IdentityKind, Permission, Retention, View, ViewChange, ViewDraft, Visibility};
pub use version::{
    CrateFeature, Dependency, DependencyKind, DependencySource, Provenance, Readme, VersionDetails,
};
