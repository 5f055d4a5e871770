//! Every address of a feed that a person needs, ready to copy.
//!
//! **Invariant**: as the floor's front door says: no Azure JSON.

use serde::Serialize;

/// What one copies to use a feed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FeedAddresses {
    /// What cargo calls it.
    pub registry_name: String,
    /// All addresses, the one to take first.
    pub addresses: Vec<FeedAddress>,
    /// Lines for `.cargo/config.toml`.
    pub cargo_config: String,
    /// A step of an Azure pipeline; none on this computer, where no pipeline can reach.
    pub pipeline: Option<String>,
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FeedAddress {
    /// What it is for.
    pub kind: FeedAddressKind,
    /// The view it shows; none for the whole feed.
    pub view: Option<String>,
    /// The address itself.
    pub url: String,
}

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum FeedAddressKind {
    /// What cargo reads.
    Index,
    /// What cargo reads of a public feed, signed in: only so are versions saved from upstream.
    SignedInIndex,
    /// The feed's page at Azure.
    Page,
}
