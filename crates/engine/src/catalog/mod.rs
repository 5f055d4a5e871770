//! A feed's crates kept on disk, one file an account: searched at once, also with no network, and brought up to date by
//! what changed.
//!
//! **Invariant**: writes its own SQLite files alone, and asks the network only through [`crate::feeds`] and
//! [`crate::registry`]; what it does not know is *unknown*, never guessed. It is a copy: a file that cannot be read is begun
//! anew.

mod error;
mod feeds;
mod held;
mod index_facts;
mod latest;
mod learn;
mod listing;
mod locks;
mod model;
mod opened;
mod retention;
mod schema;
mod search;
mod source;
mod store;
mod sync;
mod versions;
mod views;
mod watch;

pub use error::Error;
pub(crate) use feeds::KeptFeed;
pub(crate) use held::{Holder, judged};
pub(crate) use locks::{Lock, Locks};
pub use model::{
    CrateDetails, CratePage, CrateQuery, CrateRow, CrateSort, Kept, KeptFeeds, OriginCounts, OriginFilter,
    RefreshEvent, Refreshed, RetentionPreview, UsedBy,
};
pub(crate) use opened::Opening;
pub(crate) use retention::preview;
pub(crate) use schema::{Catalog, Catalogs};
pub(crate) use source::Sources;
pub(crate) use sync::{by_id, look_up, refresh, registry};
pub(crate) use versions::HeldVersion;
pub(crate) use watch::{ask_crates_io, name_watch};

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use super::KeptFeed;
    use super::{Catalog, Catalogs};
    use crate::feeds::{Feed, ListedCrate, ListedVersion, Upstream, UpstreamKind};
    use crate::moment::Moment;

    /// An empty catalogue with one feed, fed by crates.io (`ab`) and another feed (`cd`).
    pub(crate) fn catalog() -> (tempfile::TempDir, Arc<Catalog>, KeptFeed) {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalogs::at(folder.path().to_owned()).of("contoso").unwrap();
        let kept = catalog.keep_feed(&feed()).unwrap();
        (folder, catalog, kept)
    }

    pub(crate) fn feed() -> Feed {
        let upstream = |id: &str, name: &str, kind| Upstream {
            id: id.to_owned(),
            name: name.to_owned(),
            kind,
            location: None,
            trouble: None,
            removed_at: None,
        };
        Feed {
            reference: "contoso/internal".to_owned(),
            account: "contoso".to_owned(),
            project: None,
            id: "guid".to_owned(),
            name: "internal".to_owned(),
            description: None,
            index_url: String::new(),
            upstreams: vec![
                upstream("ab", "crates.io", UpstreamKind::CratesIo),
                upstream("cd", "shared@Local", UpstreamKind::Feed),
            ],
            includes_crates_io: true,
            upstreams_enabled: true,
            role: None,
            is_public: false,
            hides_deleted: true,
            badges: false,
            default_view: None,
            under_maintenance: false,
            deleted_at: None,
            purged_at: None,
        }
    }

    /// A crate with versions, each with the upstream it was saved from.
    pub(crate) fn listed(name: &str, versions: &[(&str, Option<&str>)], description: &str) -> ListedCrate {
        let version = |(at, (version, source)): (usize, &(&str, Option<&str>))| ListedVersion {
            id: format!("{name}-{version}"),
            version: (*version).to_owned(),
            is_yanked: false,
            is_deleted: false,
            published: Some(Moment(
                1_700_000_000_000 + 1000 * i64::try_from(at + name.len()).unwrap(),
            )),
            description: Some(description.to_owned()).filter(|text| !text.is_empty()),
            source: source.map(str::to_owned),
            views: Vec::new(),
        };
        ListedCrate {
            id: format!("id-{name}"),
            name: name.to_owned(),
            versions: versions.iter().enumerate().map(version).collect(),
        }
    }
}
