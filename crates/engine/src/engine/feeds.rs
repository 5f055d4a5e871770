//! The front door's verbs of feeds: listing, making, changing, bringing up to date, every address.
//!
//! **Invariant**: as in the room above, decides nothing.

use std::sync::Arc;

use super::Engine;
use crate::Error;
use crate::catalog::{self, Catalog, KeptFeed, KeptFeeds, Lock, Locks, RefreshEvent, Refreshed};
use crate::feeds::{
    self, Feed, FeedAddresses, FeedChange, FeedClient, FeedDraft, FeedReference, PairDraft, PairOutcome,
    Upstream, UpstreamChange,
};
use crate::moment::Moment;
use crate::project::{self, LockedCrate, LockedOrigin, Project};
use crate::registry::Registry;

/// A feed to work with: whom to ask, and what is kept of it.
pub(super) struct AtFeed {
    pub(super) reference: FeedReference,
    pub(super) client: FeedClient,
    pub(super) catalog: Arc<Catalog>,
}

impl AtFeed {
    /// What is kept of the feed; asked for where nothing is.
    pub(super) async fn kept(&self) -> Result<KeptFeed, Error> {
        if let Some(kept) = self.catalog.feed(&self.reference)? {
            return Ok(kept);
        }
        let feed = self.client.look_at(&self.whole()).await?;
        Ok(self.catalog.keep_feed(&feed)?)
    }

    /// The feed, without a view.
    pub(super) fn whole(&self) -> FeedReference {
        self.reference.whole()
    }

    /// The feed as cargo sees it, by its id: names change while one works.
    pub(super) fn registry(&self, kept: &KeptFeed) -> Result<Registry, Error> {
        catalog::registry(&self.client, &catalog::by_id(kept, &self.reference))
    }
}

pub(super) fn reference(feed: &str) -> Result<FeedReference, Error> {
    Ok(feed.parse().map_err(feeds::Error::from)?)
}

impl Engine {
    pub(super) async fn at(&self, feed: &str) -> Result<AtFeed, Error> {
        let reference = reference(feed)?;
        Ok(AtFeed {
            client: self.client(&reference.account).await?,
            catalog: self.catalogs.of(&reference.account)?,
            reference,
        })
    }

    /// The feeds of an account. What is kept of a project that does not answer stays kept.
    pub async fn feed_list(&self, account: &str) -> Result<Vec<Feed>, Error> {
        let catalog = self.catalogs.of(account)?;
        let mut known = catalog.known_feeds()?;
        let (feeds, unread) = self.client(account).await?.list().await?;
        known.retain(|(_, project)| project.as_ref().is_none_or(|project| !unread.contains(project)));
        let known = known.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        let listed = feeds.clone();
        let keep = move |catalog: &Catalog| catalog.keep_feeds(&listed, &known, Moment::now());
        catalog.off_thread(keep).await?;
        Ok(feeds)
    }

    /// The feeds of an account as they were last seen, without asking anybody.
    pub fn feed_kept(&self, account: &str) -> Result<KeptFeeds, Error> {
        Ok(self.catalogs.of(account)?.kept_feeds()?)
    }

    /// One feed.
    pub async fn feed_show(&self, feed: &str) -> Result<Feed, Error> {
        let at = self.at(feed).await?;
        let feed = at.client.show(&at.whole()).await?;
        at.catalog.keep_feed(&feed)?;
        Ok(feed)
    }

    /// Creates a feed.
    pub async fn feed_create(&self, draft: &FeedDraft) -> Result<Feed, Error> {
        Ok(self.client(&draft.account).await?.create(draft).await?)
    }

    /// Creates the recommended two.
    pub async fn feed_create_pair(&self, draft: &PairDraft) -> Result<PairOutcome, Error> {
        Ok(self.client(&draft.account).await?.create_pair(draft).await)
    }

    /// Changes what a feed is.
    pub async fn feed_update(&self, feed: &str, change: &FeedChange) -> Result<Feed, Error> {
        let at = self.at(feed).await?;
        let feed = at.client.update(&at.whole(), change).await?;
        at.catalog.keep_feed(&feed)?;
        Ok(feed)
    }

    /// Changes where a feed gets what it lacks.
    pub async fn feed_upstream_change(&self, feed: &str, change: &UpstreamChange) -> Result<Feed, Error> {
        let at = self.at(feed).await?;
        let feed = at.client.change_upstreams(&at.whole(), change).await?;
        at.catalog.keep_feed(&feed)?;
        Ok(feed)
    }

    /// An upstream source of a feed, by its name or id.
    pub async fn feed_upstream_named(&self, feed: &str, name: &str) -> Result<Upstream, Error> {
        let at = self.at(feed).await?;
        let sources = at.client.look_at(&at.whole()).await?.upstreams;
        let is_meant = |source: &Upstream| {
            source.removed_at.is_none()
                && (source.name.eq_ignore_ascii_case(name) || source.id.eq_ignore_ascii_case(name))
        };
        let found = sources.into_iter().find(is_meant);
        let missing = || crate::feeds::Error::NoUpstream {
            feed: feed.to_owned(),
        };
        Ok(found.ok_or_else(missing)?)
    }

    /// Moves a feed to the recycle bin.
    pub async fn feed_delete(&self, feed: &str) -> Result<(), Error> {
        let at = self.at(feed).await?;
        at.client.delete(&at.whole()).await?;
        if let Some(kept) = at.catalog.feed(&at.reference)? {
            let forget = move |catalog: &Catalog| catalog.forget_feed(kept.id);
            at.catalog.off_thread(forget).await?;
        }
        Ok(())
    }

    /// The feeds in the recycle bin.
    pub async fn feed_deleted_list(&self, account: &str) -> Result<Vec<Feed>, Error> {
        Ok(self.client(account).await?.deleted().await?)
    }

    /// Brings a feed back from the recycle bin.
    pub async fn feed_recover(&self, feed: &str) -> Result<Feed, Error> {
        let at = self.at(feed).await?;
        Ok(at.client.recover(&at.whole()).await?)
    }

    /// Deletes a feed of the recycle bin for ever.
    pub async fn feed_purge(&self, feed: &str) -> Result<(), Error> {
        let at = self.at(feed).await?;
        Ok(at.client.purge(&at.whole()).await?)
    }

    /// Every address of a feed that a person needs.
    pub async fn feed_addresses(&self, feed: &str) -> Result<FeedAddresses, Error> {
        let at = self.at(feed).await?;
        let feed = at.client.look_at(&at.whole()).await?;
        let views = at.client.views(&at.whole(), feed.default_view.as_deref()).await?;
        Ok(feeds::addresses(at.client.place(), &at.reference, &feed, &views))
    }

    /// Brings what is kept of a feed up to date; rows can be read while it goes on.
    pub async fn feed_refresh(
        &self,
        feed: &str,
        on_event: impl Fn(RefreshEvent) + Send + Sync,
    ) -> Result<Refreshed, Error> {
        let at = self.at(feed).await?;
        let locks = self.locks(&at.reference).await?;
        catalog::refresh(&at.catalog, &at.client, &at.reference, locks, on_event).await
    }

    /// Which known projects are connected to a feed.
    pub async fn feed_used_by(&self, feed: &str) -> Result<Vec<String>, Error> {
        let wanted = reference(feed)?;
        let projects = self.known_projects().await?.into_iter();
        let connected = projects.filter(|project| is_connected(project, &wanted));
        Ok(connected.map(|project| project.name).collect())
    }

    /// What the known projects lock of a feed.
    pub(super) async fn locks(&self, feed: &FeedReference) -> Result<Locks, Error> {
        let of_feed = |locked: &&LockedCrate| match &locked.origin {
            LockedOrigin::CratesIo { through } => through.as_ref().is_some_and(|name| names(name, feed)),
            LockedOrigin::Feed { feed: name } => names(name, feed),
            _ => false,
        };
        let projects = self.known_projects().await?;
        let of_project = |project: &Project| {
            let locked = project.locked.iter().flatten().filter(of_feed);
            let lock = |locked: &LockedCrate| Lock {
                project: project.name.clone(),
                name: locked.name.clone(),
                version: locked.version.clone(),
            };
            locked.map(lock).collect::<Vec<_>>()
        };
        Ok(projects.iter().flat_map(of_project).collect())
    }

    /// The projects that were opened; one that cannot be read now is left out.
    async fn known_projects(&self) -> Result<Vec<Project>, Error> {
        let (entries, around) = (self.project_list(), self.surroundings()?);
        let read = move || {
            let read = entries.iter().map(|entry| project::read(&entry.folder, &around));
            Ok::<_, Error>(read.filter_map(Result::ok).collect())
        };
        credentials::blocking(read).await
    }

    /// crates.io itself, as anybody may read it.
    pub(super) fn crates_io(&self) -> Result<Registry, Error> {
        let set = self.signs.settings().local.crates_io_index.as_deref();
        let index = set.unwrap_or(tame_index::CRATES_IO_HTTP_INDEX);
        Ok(Registry::of_everybody(index)?)
    }
}

/// Whether a name, with or without a view, is that feed's.
fn names(name: &str, feed: &FeedReference) -> bool {
    name.parse::<FeedReference>().is_ok_and(|name| {
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        let scope = match (&name.project, &feed.project) {
            (Some(one), Some(other)) => same(one, other),
            (None, None) => true,
            _ => false,
        };
        scope && same(&name.account, &feed.account) && same(&name.feed, &feed.feed)
    })
}

fn is_connected(project: &Project, feed: &FeedReference) -> bool {
    let connection = &project.connection;
    let mut registries = connection.registries.iter().chain(&connection.crates_io_through);
    registries.any(|registry| registry.feed.as_ref().is_some_and(|name| names(name, feed)))
}
