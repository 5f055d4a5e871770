//! What feeds hold of what a project locks, as far as is kept of them; and how much there is to download.
//!
//! **Invariant**: asks nobody; where nothing is kept, nothing is said.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::Error;
use crate::catalog::{self, Catalog, KeptFeed};
use crate::project::{LockedCrate, LockedOrigin, Project};

use super::cache::cached_sizes;

/// A feed of a project's, and what is kept of it.
#[derive(Debug, Clone)]
pub(crate) struct Holding {
    /// Its reference, as the project's registries have it.
    pub(crate) feed: String,
    pub(crate) kept: KeptFeed,
    pub(crate) catalog: Arc<Catalog>,
}

impl Holding {
    async fn add_held(&self, locked: &mut [LockedCrate], places: &[usize]) -> Result<(), Error> {
        let wanted = places.iter().map(|at| {
            let LockedCrate { name, version, .. } = &locked[*at];
            (name.clone(), version.clone())
        });
        let (kept, wanted) = (self.kept.clone(), wanted.collect::<Vec<_>>());
        let look = move |catalog: &Catalog| {
            let held = catalog.held_versions(&kept, &wanted)?;
            Ok((held, catalog.kept_of(&kept)?.is_complete))
        };
        let (held, is_complete) = self.catalog.off_thread(look).await?;
        for (at, held) in places.iter().zip(held) {
            locked[*at].size = held.as_ref().and_then(|held| held.size);
            locked[*at].held = catalog::judged(held.as_ref(), &self.kept.feed, is_complete);
        }
        Ok(())
    }
}

/// Says of each locked crate whether its feed has it, and how large it is. A project is shown, and restored, without what
/// cannot be looked up of its feeds.
pub(crate) async fn add_holdings(project: &mut Project, holdings: &[Holding], cargo_home: &Path) {
    let Some(mut locked) = project.locked.clone() else {
        return;
    };
    let mut by_feed: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, locked) in locked.iter().enumerate() {
        if let Some(feed) = feed_of(&locked.origin) {
            by_feed.entry(feed.to_owned()).or_default().push(at);
        }
    }
    for holding in holdings {
        let places = by_feed.get(&holding.feed).map_or(&[][..], Vec::as_slice);
        if let Err(error) = holding.add_held(&mut locked, places).await {
            tracing::warn!(%error, feed = holding.feed, "what the feed holds is not known");
        }
    }
    let sizes = cached_sizes(project, cargo_home);
    for locked in &mut locked {
        let key = (locked.name.clone(), locked.version.clone());
        locked.size = sizes.get(&key).copied().or(locked.size);
    }
    project.locked = Some(locked);
}

fn feed_of(origin: &LockedOrigin) -> Option<&str> {
    match origin {
        LockedOrigin::Feed { feed } => Some(feed),
        LockedOrigin::CratesIo { through } => through.as_deref(),
        _ => None,
    }
}
