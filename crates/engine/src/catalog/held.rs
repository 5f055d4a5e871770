//! Whether a feed has a version: as far as is kept of it, or now.
//!
//! **Invariant**: where nobody can tell, nothing is said.

use std::sync::Arc;

use crate::Error;
use crate::feeds::{Feed, FeedClient, FeedReference};
use crate::project::Held;

use super::{Catalog, HeldVersion, Locks, refresh};

/// A feed that can be asked what it holds.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub(crate) reference: FeedReference,
    pub(crate) client: FeedClient,
    pub(crate) catalog: Arc<Catalog>,
    /// What the known projects lock of it, which is kept with it.
    pub(crate) locks: Locks,
}

impl Holder {
    /// What it holds of some versions now, each by its crate's name and number, in their order.
    pub(crate) async fn held(&self, names: Vec<(String, String)>) -> Result<Vec<Held>, Error> {
        refresh(
            &self.catalog,
            &self.client,
            &self.reference,
            self.locks.clone(),
            |_| (),
        )
        .await?;
        let reference = self.reference.clone();
        let look = move |catalog: &Catalog| {
            let Some(kept) = catalog.feed(&reference)? else {
                return Ok(None);
            };
            Ok(Some((catalog.held_versions(&kept, &names)?, kept.feed)))
        };
        let Some((held, feed)) = self.catalog.off_thread(look).await? else {
            return Err(crate::feeds::Error::NoFeed(self.reference.to_string()).into());
        };
        // It was listed whole just now.
        let judged = held.iter().map(|held| judged(held.as_ref(), &feed, true));
        Ok(judged.map(|held| held.unwrap_or(Held::Missing)).collect())
    }
}

/// What a feed holds of a version; none where nobody can tell.
pub(crate) fn judged(held: Option<&HeldVersion>, feed: &Feed, is_complete: bool) -> Option<Held> {
    let has_upstream = feed.upstreams_enabled
        && feed
            .upstreams
            .iter()
            .any(|upstream| upstream.removed_at.is_none());
    match (held, is_complete, has_upstream) {
        (Some(held), _, _) if held.is_yanked => Some(Held::Yanked),
        (Some(_), _, _) => Some(Held::Saved),
        (None, false, _) => None,
        (None, true, true) => Some(Held::NotSaved),
        (None, true, false) => Some(Held::Missing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_feed_holds_is_told_only_where_it_is_known() {
        let mut feed = super::super::tests::feed();
        let held = |is_yanked| HeldVersion {
            is_yanked,
            size: None,
        };
        assert_eq!(judged(Some(&held(false)), &feed, false), Some(Held::Saved));
        assert_eq!(judged(Some(&held(true)), &feed, true), Some(Held::Yanked));
        assert_eq!(judged(None, &feed, false), None);
        assert_eq!(judged(None, &feed, true), Some(Held::NotSaved));
        feed.upstreams_enabled = false;
        assert_eq!(judged(None, &feed, true), Some(Held::Missing));
    }
}
