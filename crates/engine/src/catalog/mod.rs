//! A feed's crates kept on disk, one file an account: searched at once, also with no network, and brought up to date by
//! what changed.
//!
//! **Invariant**: writes its own SQLite file alone and asks the network only through [`crate::feeds`] and
//! [`crate::registry`]; what it does not know is *unknown*, never guessed.

mod model;

pub use model::{
    CrateDetails, CratePage, CrateQuery, CrateRow, CrateSort, Kept, KeptFeeds, OriginCounts, OriginFilter,
    RefreshEvent, Refreshed, RetentionPreview, UsedBy,
};
