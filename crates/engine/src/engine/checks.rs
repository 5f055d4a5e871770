//! The front door's verb of checks: why a project would not build.
//!
//! **Invariant**: as in the room above, decides nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use credentials::{LocalFeeds, blocking};

use super::Engine;
use crate::Error;
use crate::catalog::{Catalog, CrateQuery};
use crate::checks::{self, CheckReport, FeedFacts, Place, Subject};
use crate::feeds::{Feed, Origin, folded};
use crate::moment::Moment;
use crate::project::{Project, RegistryInUse};

/// How long a feed may take to say what it is.
const PATIENCE: Duration = Duration::from_secs(15);
/// How many feeds are asked: nobody has as many in one project.
const MOST: usize = 10;

impl Engine {
    /// Looks for all that is known to keep a project from building; asks nobody where it shall not.
    pub async fn check(&self, folder: &Path, is_offline: bool) -> Result<CheckReport, Error> {
        let project = self.project_show(folder).await?;
        self.check_read(project, is_offline).await
    }

    pub(super) async fn check_read(&self, project: Project, is_offline: bool) -> Result<CheckReport, Error> {
        let read = move || Ok::<_, Error>(Subject::of(project, Moment::now().iso()));
        let mut subject = blocking(read).await?;
        subject.has_cargo = crate::cargo::find(&self.cargo_home).is_ok();
        let search_path = std::env::var_os("PATH").unwrap_or_default();
        subject.search_path = std::env::split_paths(&search_path).collect();
        // A window that was not started from a terminal has a shorter path than cargo will have.
        subject.search_path.push(self.cargo_home.join("bin"));
        self.add_accounts(&mut subject)?;
        for registry in subject.feed_registries().cloned().collect::<Vec<_>>() {
            let facts = self.facts(&subject, &registry).await?;
            let is_new = |facts: &FeedFacts| subject.feeds.iter().all(|known| known.feed.id != facts.feed.id);
            if let Some(facts) = facts.filter(is_new) {
                subject.feeds.push(facts);
            }
        }
        if is_offline {
            return Ok(checks::run(&subject, None).await);
        }
        let places = self.places(&subject).await?;
        Ok(checks::run(&subject, Some(&places)).await)
    }

    fn add_accounts(&self, subject: &mut Subject) -> Result<(), Error> {
        let (known, local) = (self.accounts_in_use()?, LocalFeeds::of(&self.signs));
        for registry in subject.feed_registries().cloned().collect::<Vec<_>>() {
            if local.serves(&registry.index_url) {
                subject.local.insert(registry.index_url);
                continue;
            }
            let Some((found, _)) = self.signs.find(&registry.index_url)? else {
                continue;
            };
            if let Some(account) = known.iter().find(|account| account.id == found.id) {
                subject.accounts.insert(registry.index_url, account.clone());
            }
        }
        Ok(())
    }

    /// What is kept of a registry's feed; none where nothing is, or nobody is signed in there.
    async fn facts(&self, subject: &Subject, registry: &RegistryInUse) -> Result<Option<FeedFacts>, Error> {
        let Some(reference) = self.kept_reference(registry)? else {
            return Ok(None);
        };
        let catalog = self.catalogs.of(&reference.account)?;
        let Some(kept) = catalog.feed(&reference)? else {
            return Ok(None);
        };
        let summary = self
            .crate_page(&reference.to_string(), CrateQuery::default(), 0, 0)
            .await?
            .kept;
        let names = subject.names().into_iter().collect::<Vec<_>>();
        let look = move |catalog: &Catalog| {
            let rows = catalog.rows_named(&kept, &names)?;
            let ours = rows.iter().filter(|row| row.origin == Origin::Ours);
            Ok(FeedFacts {
                at: summary.at,
                published: ours.clone().map(|row| folded(&row.name)).collect(),
                on_both_sides: ours
                    .filter(|row| row.on_both_sides == Some(true))
                    .map(|row| row.name.clone())
                    .collect::<BTreeSet<_>>(),
                feed: kept.feed.clone(),
            })
        };
        Ok(Some(catalog.off_thread(look).await?))
    }

    async fn places(&self, subject: &Subject) -> Result<Vec<Place>, Error> {
        let mut places = Vec::new();
        for registry in subject.registries().take(MOST).cloned().collect::<Vec<_>>() {
            let source = self.signs.source_at(&registry.index_url)?;
            let feed = match &source {
                Some(_) => self.said_of_itself(&registry).await,
                None => None,
            };
            places.push(Place {
                registry,
                source,
                feed,
            });
        }
        Ok(places)
    }

    /// What a feed says of itself; none where it cannot be asked, which asking its index tells better.
    async fn said_of_itself(&self, registry: &RegistryInUse) -> Option<Feed> {
        let reference = self.kept_reference(registry).ok()??;
        let client = self.client(&reference.account).await.ok()?;
        let asked = tokio::time::timeout(PATIENCE, client.show(&reference)).await;
        asked.ok()?.ok()
    }
}
