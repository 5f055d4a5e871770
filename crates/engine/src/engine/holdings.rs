//! What feeds hold of what a project locks, as far as is kept of them; and how much there is to download.
//!
//! **Invariant**: asks nobody; where nothing is kept, nothing is said.

use std::collections::BTreeMap;

use credentials::LocalFeeds;

use super::Engine;
use crate::Error;
use crate::catalog::{self, Catalog};
use crate::feeds::FeedReference;
use crate::project::{LockedCrate, LockedOrigin, Project, RegistryInUse};
use crate::restore;

impl Engine {
    /// Says of each locked crate whether its feed has it, and how large it is.
    pub(super) async fn add_holdings(&self, project: &mut Project) -> Result<(), Error> {
        let Some(mut locked) = project.locked.clone() else {
            return Ok(());
        };
        let mut by_feed: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, locked) in locked.iter().enumerate() {
            if let Some(feed) = feed_of(&locked.origin) {
                by_feed.entry(feed.to_owned()).or_default().push(at);
            }
        }
        for (feed, places) in by_feed {
            let registry = registry_of(project, &feed).cloned();
            let Some(reference) = registry.and_then(|registry| self.kept_reference(&registry).transpose())
            else {
                continue;
            };
            self.add_held(&reference?, &mut locked, &places).await?;
        }
        let sizes = restore::cached_sizes(project, &self.cargo_home);
        for locked in &mut locked {
            let key = (locked.name.clone(), locked.version.clone());
            locked.size = sizes.get(&key).copied().or(locked.size);
        }
        project.locked = Some(locked);
        Ok(())
    }

    async fn add_held(
        &self,
        reference: &FeedReference,
        locked: &mut [LockedCrate],
        places: &[usize],
    ) -> Result<(), Error> {
        let catalog = self.catalogs.of(&reference.account)?;
        let Some(kept) = catalog.feed(reference)? else {
            return Ok(());
        };
        let feed = kept.feed.clone();
        let wanted = places.iter().map(|at| {
            let LockedCrate { name, version, .. } = &locked[*at];
            (name.clone(), version.clone())
        });
        let wanted = wanted.collect::<Vec<_>>();
        let look = move |catalog: &Catalog| {
            let held = catalog.held_versions(&kept, &wanted)?;
            Ok((held, catalog.kept_of(&kept)?.is_complete))
        };
        let (held, is_complete) = catalog.off_thread(look).await?;
        for (at, held) in places.iter().zip(held) {
            locked[*at].size = held.as_ref().and_then(|held| held.size);
            locked[*at].held = catalog::judged(held.as_ref(), &feed, is_complete);
        }
        Ok(())
    }

    /// The feed of a registry, where something of its account may be kept.
    pub(super) fn kept_reference(&self, registry: &RegistryInUse) -> Result<Option<FeedReference>, Error> {
        let is_known = LocalFeeds::of(&self.signs).serves(&registry.index_url)
            || self.signs.find(&registry.index_url)?.is_some();
        let reference = registry.feed.as_ref().filter(|_| is_known);
        let reference = reference.and_then(|reference| reference.parse::<FeedReference>().ok());
        Ok(reference.map(|reference| reference.whole()))
    }
}

fn feed_of(origin: &LockedOrigin) -> Option<&str> {
    match origin {
        LockedOrigin::Feed { feed } => Some(feed),
        LockedOrigin::CratesIo { through } => through.as_deref(),
        _ => None,
    }
}

fn registry_of<'p>(project: &'p Project, feed: &str) -> Option<&'p RegistryInUse> {
    let connection = &project.connection;
    let mut registries = connection.registries.iter().chain(&connection.crates_io_through);
    registries.find(|registry| registry.feed.as_deref() == Some(feed))
}
