//! The feeds of a project of which something may be kept.
//!
//! **Invariant**: asks nobody.

use std::collections::BTreeMap;

use credentials::LocalFeeds;

use super::Engine;
use crate::Error;
use crate::feeds::FeedReference;
use crate::project::{Project, RegistryInUse};
use crate::restore::Holding;

impl Engine {
    /// What is kept of a project's feeds; nothing where that cannot be read, since all else goes without it.
    pub(super) fn holdings(&self, project: &Project) -> Vec<Holding> {
        self.kept_holdings(project).unwrap_or_else(|error| {
            tracing::warn!(%error, "what feeds hold is not known");
            Vec::new()
        })
    }

    fn kept_holdings(&self, project: &Project) -> Result<Vec<Holding>, Error> {
        let connection = &project.connection;
        let mut holdings = BTreeMap::new();
        for registry in connection.registries.iter().chain(&connection.crates_io_through) {
            let Some(feed) = registry.feed.clone().filter(|feed| !holdings.contains_key(feed)) else {
                continue;
            };
            let Some(reference) = self.kept_reference(registry)? else {
                continue;
            };
            let catalog = self.catalogs.of(&reference.account)?;
            if let Some(kept) = catalog.feed(&reference)? {
                let holding = Holding {
                    feed: feed.clone(),
                    kept,
                    catalog,
                };
                holdings.insert(feed, holding);
            }
        }
        Ok(holdings.into_values().collect())
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
