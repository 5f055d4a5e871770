//! Bringing a feed up to date: the first time page by page, later by what changed.
//!
//! **Invariant**: the cost of a later refresh grows with the changes, not with the feed. What cannot tell its changes (an Azure
//! DevOps Server) is listed anew, and stays readable meanwhile.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::KeptFeed;
use super::listing::Listing;
use super::{Catalog, Locks, RefreshEvent, Refreshed, Sources};
use crate::Error;
use crate::feeds::{FeedClient, FeedReference, index_of};
use crate::moment::Moment;
use crate::registry::Registry;

/// How many crates are looked up at the same time.
const AT_ONCE: usize = 4;

/// How many pages of changes are read before a list is the shorter way.
const MOST_CHANGE_PAGES: usize = 20;

/// How many crates that projects need are looked up in the index at one refresh.
const MOST_LOOKED_UP: usize = 200;

/// Brings what is kept of a feed up to date. Rows can be read as they come; dropping the future cancels.
pub(crate) async fn refresh(
    catalog: &Arc<Catalog>,
    client: &FeedClient,
    reference: &FeedReference,
    locks: Locks,
    on_event: impl Fn(RefreshEvent) + Send + Sync,
) -> Result<Refreshed, Error> {
    let alone = catalog.turn(reference);
    let _alone = alone.lock().await;
    let kept = look_at(catalog, client, reference).await?;
    let by_id = by_id(&kept, reference);
    let sources = Sources::of(&kept.feed);
    if reference.view.is_some() && kept.is_complete {
        learn_views(catalog, client, &kept, &by_id).await?;
    }
    let changed = match (kept.is_complete, kept.token) {
        (true, Some(token)) => changes(catalog, client, &kept, &by_id, token).await?,
        _ => None,
    };
    let changed = match changed {
        Some(changed) => changed,
        None => {
            let listing = Listing {
                catalog: Arc::clone(catalog),
                client: client.clone(),
                feed: by_id.clone(),
                kept: kept.clone(),
                sources,
            };
            // Beside the first page, which one waits for.
            let views = learn_views(catalog, client, &kept, &by_id);
            tokio::try_join!(listing.whole(&on_event), views)?.0
        }
    };
    let of = kept.clone();
    catalog
        .off_thread(move |catalog| catalog.put_locks(&of, &locks))
        .await?;
    look_up_needed(catalog, &registry(client, &by_id)?, &kept).await?;
    let kept = catalog.feed(reference)?.unwrap_or(kept);
    Ok(Refreshed {
        changed,
        kept: catalog.kept_of(&kept)?,
    })
}

/// A feed by its id: names change while one works.
pub(crate) fn by_id(kept: &KeptFeed, reference: &FeedReference) -> FeedReference {
    FeedReference {
        feed: kept.feed.id.clone(),
        ..reference.whole()
    }
}

/// A feed as cargo sees it.
pub(crate) fn registry(client: &FeedClient, feed: &FeedReference) -> Result<Registry, Error> {
    let index = index_of(client.place(), feed, false).index_url();
    Ok(Registry::at(client.http().clone(), &index)?)
}

/// Asks what the feed is now, and keeps that. One that is gone is forgotten; one that was renamed is kept under its new name.
async fn look_at(
    catalog: &Arc<Catalog>,
    client: &FeedClient,
    reference: &FeedReference,
) -> Result<KeptFeed, Error> {
    let gone = match client.look_at(&reference.whole()).await {
        Ok(feed) if feed.deleted_at.is_none() => return Ok(catalog.keep_feed(&feed)?),
        Ok(_) => crate::feeds::Error::NoFeed(reference.to_string()),
        Err(gone @ crate::feeds::Error::NoFeed(_)) => gone,
        Err(error) => return Err(error.into()),
    };
    let Some(kept) = catalog.feed(reference)? else {
        return Err(gone.into());
    };
    match client.look_at(&by_id(&kept, reference)).await {
        Ok(feed) if feed.deleted_at.is_none() => {
            catalog.keep_feed(&feed)?;
            Err(super::Error::Renamed {
                old: reference.to_string(),
                new: feed.reference,
            }
            .into())
        }
        Ok(_) | Err(crate::feeds::Error::NoFeed(_)) => {
            let forget = move |catalog: &Catalog| catalog.forget_feed(kept.id);
            catalog.off_thread(forget).await?;
            Err(gone.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks what the views are called now, before the versions in them: to be renamed is no change of a version, so nobody else tells.
/// Worth a request with a first listing, and where a view is asked for; whoever lists the views learns it as well.
async fn learn_views(
    catalog: &Arc<Catalog>,
    client: &FeedClient,
    kept: &KeptFeed,
    feed: &FeedReference,
) -> Result<(), Error> {
    let views = match client.views(feed, None).await {
        Err(error) if error.is_not_told() => return Ok(()),
        views => views?,
    };
    let of = kept.clone();
    let learn = move |catalog: &Catalog| catalog.learn_views(&of, &views);
    Ok(catalog.off_thread(learn).await?)
}

/// Takes over what changed; none where the feed has to be listed anew.
async fn changes(
    catalog: &Arc<Catalog>,
    client: &FeedClient,
    kept: &KeptFeed,
    feed: &FeedReference,
    token: i64,
) -> Result<Option<u32>, Error> {
    let told = Told::since(catalog, client, kept, feed, token).await?;
    let Some(told) = told else { return Ok(None) };
    let (id, now) = (kept.id, Moment::now());
    let done = move |catalog: &Catalog| catalog.refreshed(id, Some(told.token), now);
    catalog.off_thread(done).await?;
    Ok(Some(told.changed))
}

/// What was told to have changed, and is kept now.
pub(super) struct Told {
    changed: u32,
    /// Whether a version went.
    pub(super) any_gone: bool,
    /// From where to ask next.
    pub(super) token: i64,
}

impl Told {
    /// Reads changes until there are no more; none where a list is the shorter way, or the host no longer knows the token.
    pub(super) async fn since(
        catalog: &Arc<Catalog>,
        client: &FeedClient,
        kept: &KeptFeed,
        feed: &FeedReference,
        token: i64,
    ) -> Result<Option<Self>, Error> {
        let mut so_far = Self {
            changed: 0,
            any_gone: false,
            token,
        };
        for _ in 0..MOST_CHANGE_PAGES {
            let (changes, told, next) = match client.changes_after(feed, so_far.token).await {
                Err(error) if error.is_not_told() => return Ok(None),
                answer => answer?,
            };
            so_far.any_gone |= changes.iter().any(|change| change.version.is_deleted);
            let (id, sources) = (kept.id, Sources::of(&kept.feed));
            let put = move |catalog: &Catalog| catalog.put_changes(id, &sources, &changes);
            so_far.changed += catalog.off_thread(put).await?;
            // A page may be shorter than was asked for: only an empty one, or a token that stays, is the end.
            match next.filter(|next| told > 0 && *next > so_far.token) {
                Some(next) => so_far.token = next,
                None => return Ok(Some(so_far)),
            }
        }
        Ok(None)
    }
}

/// Looks whether the index has what projects need and nobody saved.
async fn look_up_needed(catalog: &Arc<Catalog>, registry: &Registry, kept: &KeptFeed) -> Result<(), Error> {
    let mut names = catalog.to_look_up(kept)?;
    names.truncate(MOST_LOOKED_UP);
    look_up(catalog, registry, kept, names).await
}

/// Asks the index about some crates. One that cannot be asked about stays as it was, unless none can be.
pub(crate) async fn look_up(
    catalog: &Arc<Catalog>,
    registry: &Registry,
    kept: &KeptFeed,
    names: Vec<String>,
) -> Result<(), Error> {
    let mut waiting = names.into_iter();
    let mut asked = JoinSet::new();
    let (mut answered, mut failure) = (false, None);
    loop {
        while asked.len() < AT_ONCE
            && let Some(name) = waiting.next()
        {
            let registry = registry.clone();
            asked.spawn(async move {
                let file = registry.file(&name).await;
                (name, file)
            });
        }
        let Some(ended) = asked.join_next().await else {
            break;
        };
        let Ok((name, file)) = ended else { continue };
        match file {
            Ok(file) => {
                answered = true;
                let of = kept.clone();
                let learn = move |catalog: &Catalog| catalog.learn_index(&of, &name, file.as_deref());
                catalog.off_thread(learn).await?;
            }
            Err(error) => failure = Some(error),
        }
    }
    let of = kept.clone();
    catalog
        .off_thread(move |catalog| catalog.settle_needed(&of))
        .await?;
    match failure {
        Some(error) if !answered => Err(error.into()),
        Some(error) => {
            tracing::debug!(%error, "a crate could not be looked up in the index");
            Ok(())
        }
        None => Ok(()),
    }
}
