//! Azure's JSON, as it comes over the wire, turned into the model.
//!
//! **Invariant**: nothing outside `feeds` sees these types; missing and `null` are the same; unknown fields are
//! Azure's business.

mod crates;
mod feed;
mod people;

use serde::{Deserialize, Deserializer};

pub(super) use crates::{
    WireChanges, WireFeedChange, WireMetrics, WirePackage, WireProvenance, WireUpstreaming, WireVersionFull,
};
pub(crate) use feed::index_of;
pub(super) use feed::{WireFeed, WireProject, WireProjectFull, role_word};
pub(super) use people::{
    WireIdentity, WireOperation, WirePermission, WireRetention, WireSubject, WireView, pipeline_collaborator,
};

/// Azure wraps every list. A miss among identities is a `null` in it.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct List<T> {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) value: Vec<T>,
}

fn null_is_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Text that says something.
fn some_text(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
