//! The front door's verbs of crates: finding, opening, acting on several, the recycle bin, name watch.
//!
//! **Invariant**: as in the rooms above, decides nothing.

use tokio::task::JoinSet;

use super::Engine;
use super::feeds::{AtFeed, reference};
use crate::Error;
use crate::catalog::{
    self, Catalog, CrateDetails, CratePage, CrateQuery, CrateRow, KeptFeed, Opening, Sources, UsedBy,
};
use crate::feeds::{
    BatchOutcome, CrateChange, CrateVersion, DeletedVersion, NameWatch, RefusedVersion, Upstreaming,
    VersionDetails, VersionReference,
};
use crate::project::FeedNames;
use crate::registry::Registry;

/// How many versions are acted on at the same time.
const AT_ONCE: usize = 4;

/// How many crates are looked up at once: what is on screen.
const MOST_ON_SCREEN: usize = 200;

impl Engine {
    /// A stretch of a feed's crates, from what is kept here; of a view where the reference names one.
    pub async fn crate_page(
        &self,
        feed: &str,
        mut query: CrateQuery,
        offset: u32,
        limit: u32,
    ) -> Result<CratePage, Error> {
        let reference = reference(feed)?;
        let catalog = self.catalogs.of(&reference.account)?;
        query.view = query.view.or_else(|| reference.view.clone());
        let page = move |catalog: &Catalog| catalog.page(&reference, &query, offset, limit);
        Ok(catalog.off_thread(page).await?)
    }

    /// Asks the index about crates that are on screen, and how often they were downloaded; answers the rows that are
    /// different now.
    pub async fn crate_look_up(&self, feed: &str, names: &[String]) -> Result<Vec<CrateRow>, Error> {
        let at = self.at(feed).await?;
        let kept = at.kept().await?;
        let names = names.iter().take(MOST_ON_SCREEN).cloned().collect::<Vec<_>>();
        let before = at.catalog.rows_named(&kept, &names)?;
        learn_downloads(&at, &kept, &names).await?;
        // A warning that cannot be had now is no reason to know nothing.
        if let Err(error) = catalog::ask_crates_io(&at.catalog, &self.crates_io()?, &kept, &names).await {
            tracing::debug!(%error, "crates.io could not be asked about names of ours");
        }
        catalog::look_up(&at.catalog, &at.registry(&kept)?, &kept, names.clone()).await?;
        let mut rows = at.catalog.rows_named(&kept, &names)?;
        rows.retain(|row| !before.contains(row));
        Ok(rows)
    }

    /// A crate, opened.
    pub async fn crate_show(&self, feed: &str, name: &str) -> Result<CrateDetails, Error> {
        let at = self.at(feed).await?;
        self.opening(&at, async |opening| opening.krate(name).await).await
    }

    /// A version, opened.
    pub async fn version_show(
        &self,
        feed: &str,
        version: &VersionReference,
    ) -> Result<VersionDetails, Error> {
        let at = self.at(feed).await?;
        self.opening(&at, async |opening| opening.version(version).await)
            .await
    }

    async fn opening<T>(
        &self,
        at: &AtFeed,
        open: impl AsyncFnOnce(Opening<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let kept = at.kept().await?;
        let names = FeedNames::of(&self.signs)?;
        let opening = Opening {
            catalog: &at.catalog,
            client: &at.client,
            registry: &at.registry(&kept)?,
            names: &names,
            locks: self.locks(&at.reference).await?,
            feed: catalog::by_id(&kept, &at.reference),
            kept,
        };
        open(opening).await
    }

    /// Yanks, promotes, deletes or brings back versions, each by itself; what the feed says of their crates then is kept.
    pub async fn crate_change(
        &self,
        feed: &str,
        change: &CrateChange,
        versions: Vec<VersionReference>,
    ) -> Result<BatchOutcome, Error> {
        let at = self.at(feed).await?;
        let kept = at.kept().await?;
        let registry = at.registry(&kept)?;
        let acting = Acting {
            client: at.client.clone(),
            registry: registry.clone(),
            feed: at.whole(),
            change: change.clone(),
        };
        let outcome = acting.all(versions).await;
        let mut names = outcome
            .done
            .iter()
            .map(|version| version.name.clone())
            .collect::<Vec<_>>();
        names.dedup();
        // What was done stays done, whether or not one can look at it now; the next refresh does.
        if let Err(error) = look_again(&at, &registry, &kept, names).await {
            tracing::warn!(%error, "crates were changed, and cannot be looked at yet");
        }
        Ok(outcome)
    }

    /// Which known projects lock some versions; a version nobody locks is left out.
    pub async fn crate_used_by(
        &self,
        feed: &str,
        versions: Vec<VersionReference>,
    ) -> Result<Vec<UsedBy>, Error> {
        let locks = self.locks(&reference(feed)?).await?;
        Ok(locks.used(&versions))
    }

    /// Refuses where a known project locks one of some versions: who deletes them shall know.
    pub async fn require_unused(&self, feed: &str, versions: &[VersionReference]) -> Result<(), Error> {
        let used = self.crate_used_by(feed, versions.to_vec()).await?;
        match used.is_empty() {
            true => Ok(()),
            false => Err(catalog::Error::InUse { used }.into()),
        }
    }

    /// The saved versions of a crate, as they are kept.
    pub async fn version_list(&self, feed: &str, name: &str) -> Result<Vec<CrateVersion>, Error> {
        let at = self.at(feed).await?;
        Ok(at.catalog.versions(&at.kept().await?, name)?)
    }

    /// The recycle bin of a feed.
    pub async fn deleted_crate_list(&self, feed: &str) -> Result<Vec<DeletedVersion>, Error> {
        let at = self.at(feed).await?;
        let kept = at.kept().await?;
        let (sources, locks) = (Sources::of(&kept.feed), self.locks(&at.reference).await?);
        let mut deleted = Vec::new();
        for (mut version, source) in at.client.bin(&at.whole()).await? {
            version.origin = sources.origin(source.as_deref());
            version.used_by = locks.users(&version.name, &version.version);
            deleted.push(version);
        }
        Ok(deleted)
    }

    /// Deletes all of a feed's recycle bin for ever.
    pub async fn deleted_crate_empty(&self, feed: &str) -> Result<(), Error> {
        let at = self.at(feed).await?;
        Ok(at.client.empty_bin(&at.whole()).await?)
    }

    /// Crates of ours whose name crates.io has too.
    pub async fn name_watch(&self, feed: &str) -> Result<Vec<NameWatch>, Error> {
        let at = self.at(feed).await?;
        let kept = at.kept().await?;
        catalog::name_watch(&at.catalog, &at.client, &self.crates_io()?, &kept, &at.whole()).await
    }

    /// Says what a feed does with a public version of a name of ours.
    pub async fn upstreaming_set(
        &self,
        feed: &str,
        name: &str,
        upstreaming: Upstreaming,
    ) -> Result<(), Error> {
        let at = self.at(feed).await?;
        Ok(at.client.set_upstreaming(&at.whole(), name, upstreaming).await?)
    }
}

/// Keeps what the feed says of some crates now.
async fn look_again(
    at: &AtFeed,
    registry: &Registry,
    kept: &KeptFeed,
    names: Vec<String>,
) -> Result<(), Error> {
    for name in &names {
        let now = at.client.find_crate(&at.whole(), name).await?;
        let (of, name) = (kept.clone(), name.clone());
        let put = move |catalog: &Catalog| catalog.put_one(&of, &name, now.as_ref());
        at.catalog.off_thread(put).await?;
    }
    catalog::look_up(&at.catalog, registry, kept, names).await
}

/// How often the crates on screen were downloaded, where one may know.
async fn learn_downloads(at: &AtFeed, kept: &KeptFeed, names: &[String]) -> Result<(), Error> {
    let mut guids = Vec::new();
    for name in names {
        let guid = at.catalog.krate(kept, name)?.and_then(|krate| krate.guid);
        guids.extend(guid.map(|guid| (name.clone(), guid)));
    }
    if guids.is_empty() {
        return Ok(());
    }
    let feed = catalog::by_id(kept, &at.reference);
    let ids = guids.iter().map(|(_, guid)| guid.clone()).collect::<Vec<_>>();
    if let Some(downloads) = at.client.crate_downloads(&feed, &ids).await? {
        // One that is not told of never was.
        let count = |guid: &String| downloads.get(guid).map_or(0, |one| one.count);
        let counts = guids.iter().map(|(name, guid)| (name.clone(), count(guid)));
        let (of, counts) = (kept.clone(), counts.collect::<Vec<_>>());
        let learn = move |catalog: &Catalog| catalog.learn_downloads(&of, &counts);
        at.catalog.off_thread(learn).await?;
    }
    Ok(())
}

/// What is done to versions of a feed.
#[derive(Clone)]
struct Acting {
    client: crate::feeds::FeedClient,
    registry: Registry,
    feed: crate::feeds::FeedReference,
    change: CrateChange,
}

impl Acting {
    /// Does it to all, a few at a time; one that is refused stops no other.
    async fn all(self, versions: Vec<VersionReference>) -> BatchOutcome {
        let mut outcome = BatchOutcome {
            done: Vec::new(),
            refused: Vec::new(),
        };
        let mut waiting = versions.into_iter();
        let mut asked = JoinSet::new();
        loop {
            while asked.len() < AT_ONCE
                && let Some(version) = waiting.next()
            {
                let acting = self.clone();
                asked.spawn(async move { (acting.one(&version).await, version) });
            }
            match asked.join_next().await {
                Some(Ok((Ok(()), version))) => outcome.done.push(version),
                Some(Ok((Err(error), version))) => outcome.refused.push(RefusedVersion {
                    name: version.name,
                    version: version.version,
                    error: error.told(),
                }),
                Some(Err(lost)) => tracing::error!(%lost, "a version was lost on the way"),
                None => break,
            }
        }
        outcome.done.sort_unstable();
        outcome
    }

    async fn one(&self, version: &VersionReference) -> Result<(), Error> {
        let (client, feed) = (&self.client, &self.feed);
        match &self.change {
            CrateChange::Yank => {
                self.registry
                    .set_yanked(&version.name, &version.version, true)
                    .await?
            }
            CrateChange::Unyank => {
                self.registry
                    .set_yanked(&version.name, &version.version, false)
                    .await?
            }
            CrateChange::Promote { view } => client.promote(feed, version, view).await?,
            CrateChange::Delete => client.delete_version(feed, version).await?,
            CrateChange::Recover => client.recover_version(feed, version).await?,
            CrateChange::Purge => client.purge_version(feed, version).await?,
        }
        Ok(())
    }
}
