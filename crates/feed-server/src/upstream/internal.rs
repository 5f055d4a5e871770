//! Another feed of this server as an upstream: what it holds is offered, and saved without being fetched.
//!
//! **Invariant:** a feed offers what it holds and its view shows, never what its own upstreams merely have; so feeds may
//! be each other's upstreams, and no question goes round in circles.

use std::sync::Arc;

use serde_json::json;

use super::save::{insert, settle};
use super::{Saved, Upstream, UpstreamError};
use crate::storage::{
    CrateRecord, FeedRecord, NewVersion, Origin, Storage, StorageError, UpstreamRecord, VersionRecord,
};

/// A feed that offers a crate, and what of the crate it offers.
#[derive(Debug)]
pub(crate) struct Offered {
    feed: FeedRecord,
    pub(crate) held: CrateRecord,
}

impl Offered {
    /// Whether it offers anything that was published to it, or to a feed behind it: then the name is ours.
    pub(crate) fn is_ours(&self) -> bool {
        self.held.is_ours(&self.feed)
    }
}

/// What another feed offers of a crate; `None` when it has none, or is silent.
pub(crate) async fn offered_by_feed(
    storage: &Arc<Storage>,
    source: &UpstreamRecord,
    name: &str,
) -> Result<Option<Offered>, StorageError> {
    let Some(internal) = source.internal.clone().filter(|one| one.silent.is_none()) else {
        return Ok(None);
    };
    let name = name.to_owned();
    storage
        .read(move |connection| {
            let Some(feed) = FeedRecord::by_id(connection, &internal.feed)? else {
                return Ok(None);
            };
            let view = internal.view.as_ref().and_then(|view| feed.view(view)).cloned();
            let held = CrateRecord::find(connection, &feed.id, &name)?;
            // The index tells spellings apart.
            let held = held.filter(|held| held.name.eq_ignore_ascii_case(&name) && view.is_some());
            Ok(held.map(|held| Offered {
                held: held.seen_through(view.as_ref()),
                feed,
            }))
        })
        .await
}

impl Upstream {
    /// Saves a version into a feed from another; `None` when that one does not offer it.
    pub(crate) async fn save_from_feed(
        &self,
        feed: &str,
        source: &UpstreamRecord,
        name: &str,
        version: &str,
    ) -> Result<Option<Saved>, UpstreamError> {
        let Some(offered) = offered_by_feed(&self.storage, source, name).await? else {
            return Ok(None);
        };
        let mut versions = offered.held.versions.iter();
        let Some(found) = versions.find(|one| one.version == version) else {
            return Ok(None);
        };
        let Ok(number) = semver::Version::parse(version) else {
            return Ok(None);
        };
        let new = NewVersion {
            name: offered.held.name.clone(),
            version: number,
            digest: found.digest.clone(),
            size: found.size,
            line: found.line.clone(),
            origin: Origin::Feed {
                id: source.id.clone(),
                yanked: found.is_yanked(),
                chain: chain_behind(&offered.feed, found),
            },
            description: found.description.clone(),
            authors: found.authors.clone(),
            keywords: found.keywords.clone(),
        };
        let feed = feed.to_owned();
        settle(
            self.storage
                .write(move |transaction| insert(transaction, &feed, new))
                .await,
        )
    }
}

/// What a version came through before it lay in a feed: its upstream there, and what lay behind that.
fn chain_behind(feed: &FeedRecord, version: &VersionRecord) -> Option<String> {
    let direct = version.upstream.as_ref()?;
    let source = feed.upstreams.iter().find(|source| source.id == *direct)?;
    let link = json!({
        "id": source.id,
        "name": source.name,
        "location": source.location,
        "displayLocation": source.display_location,
        "kind": if source.internal.is_some() { "internal" } else { "public" },
    });
    let mut chain = vec![link];
    chain.extend(version.chain_behind());
    Some(json!(chain).to_string())
}
