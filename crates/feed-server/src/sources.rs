//! What a feed's upstreams offer of a crate, in the order they are searched.
//!
//! **Invariant:** a public upstream is not asked for a name that it is to be kept from: one of which this feed, or another one
//! upstream of it, has a version of its own.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::Transaction;

use crate::Person;
use crate::access;
use crate::dispatch::App;
use crate::index_line;
use crate::refusal::Refusal;
use crate::storage::{CrateRecord, FeedRecord, NewUpstream, StorageError, allows_external};
use crate::upstream::{Offered, Saved, UpstreamError, Wanted, offered_by_feed};

/// The lines of an index file that one upstream offers.
#[derive(Debug)]
pub(crate) struct Offer {
    /// The upstream's id.
    pub(crate) source: String,
    pub(crate) text: Arc<str>,
}

/// What all upstreams offer of a crate the feed may hold some of.
pub(crate) async fn offers(
    app: &App,
    feed: &FeedRecord,
    held: Option<&CrateRecord>,
    name: &str,
) -> Result<Vec<Offer>, Refusal> {
    let of_feeds = of_feeds(app, feed, name).await?;
    let hides_public = held.is_some_and(|held| held.hides_upstream(feed))
        || hidden_by_feeds(app, feed, &of_feeds, name).await?;
    let mut offers = Vec::new();
    for source in feed.sources() {
        let text = match &source.internal {
            Some(_) => of_feeds.get(source.id.as_str()).and_then(text),
            None if hides_public => None,
            None => public(app, name, held.is_some() || !offers.is_empty()).await?,
        };
        offers.extend(text.map(|text| Offer {
            source: source.id.clone(),
            text,
        }));
    }
    Ok(offers)
}

/// What other feeds offer, by the ids of the upstreams they are.
async fn of_feeds<'f>(
    app: &App,
    feed: &'f FeedRecord,
    name: &str,
) -> Result<HashMap<&'f str, Offered>, StorageError> {
    let mut found = HashMap::new();
    for source in feed.sources().filter(|source| source.internal.is_some()) {
        let offered = offered_by_feed(&app.storage, source, name).await?;
        found.extend(offered.map(|offered| (source.id.as_str(), offered)));
    }
    Ok(found)
}

/// Whether a name is another feed's own, wherever that stands in the list, and nobody allowed the public's.
async fn hidden_by_feeds(
    app: &App,
    feed: &FeedRecord,
    offered: &HashMap<&str, Offered>,
    name: &str,
) -> Result<bool, StorageError> {
    if !offered.values().any(Offered::is_ours) {
        return Ok(false);
    }
    let (feed, name) = (feed.id.clone(), name.to_owned());
    let allowed = app
        .storage
        .read(move |connection| allows_external(connection, &feed, &name));
    Ok(!allowed.await?)
}

fn text(offered: &Offered) -> Option<Arc<str>> {
    let text = index_line::merge(Some(&offered.held), &[]).text;
    (!text.is_empty()).then(|| Arc::from(text))
}

async fn public(app: &App, name: &str, has_some: bool) -> Result<Option<Arc<str>>, UpstreamError> {
    match app.upstream.entry(name).await {
        // What is saved, or offered by a feed before it, can still be built with.
        Err(failure) if has_some => {
            tracing::warn!(
                error = &failure as &dyn std::error::Error,
                "answering without upstream"
            );
            Ok(None)
        }
        entry => entry,
    }
}

/// Saves a version from the first upstream that has it; `None` when none has.
pub(crate) async fn save(
    app: &App,
    feed: &FeedRecord,
    (name, version): (&str, &str),
    hides_public: bool,
) -> Result<Option<Saved>, UpstreamError> {
    let hides_public =
        hides_public || hidden_by_feeds(app, feed, &of_feeds(app, feed, name).await?, name).await?;
    for source in feed.sources() {
        let saved = match &source.internal {
            Some(_) => {
                app.upstream
                    .save_from_feed(&feed.id, source, name, version)
                    .await?
            }
            None if hides_public => None,
            None => {
                let wanted = Wanted {
                    feed: feed.id.clone(),
                    upstream: source.id.clone(),
                    name: name.to_owned(),
                    version: version.to_owned(),
                };
                app.upstream.save(wanted).await?
            }
        };
        if saved.is_some() {
            return Ok(saved);
        }
    }
    Ok(None)
}

/// Finds the feeds that a list of upstreams names, and refuses what cannot be one; `own` is the feed they are for.
pub(crate) fn resolve(
    transaction: &Transaction<'_>,
    caller: &Person,
    organization: &str,
    own: Option<&str>,
    wanted: &mut [NewUpstream],
) -> Result<(), Refusal> {
    let own_feed = own
        .map(|own| FeedRecord::by_id(transaction, own))
        .transpose()?
        .flatten();
    for upstream in wanted {
        // One that is there already stays as it is, also when the feed behind it is gone by now.
        let is_kept = own_feed.as_ref().is_some_and(|own| {
            let mut known = own.upstreams.iter();
            known.any(|known| {
                upstream
                    .id
                    .as_ref()
                    .is_some_and(|id| known.id.eq_ignore_ascii_case(id))
            })
        });
        let Some(internal) = &mut upstream.internal else {
            continue;
        };
        let found = FeedRecord::by_id(transaction, &internal.feed)?;
        if found.is_none() && is_kept {
            continue;
        }
        let unknown = || Refusal::unknown_feed(&internal.feed);
        let feed = found.filter(|feed| own != Some(&feed.id)).ok_or_else(unknown)?;
        let named = internal.view.clone();
        let view = match &named {
            Some(named) => feed.view(named).ok_or_else(|| Refusal::unknown_view(named))?,
            None => feed
                .view(&feed.default_view)
                .ok_or_else(|| Refusal::unknown_view(&feed.default_view))?,
        };
        let may_see = !view.is_private() || access::role_in(transaction, caller, &feed.id)?.is_some();
        if !may_see {
            return Err(unknown());
        }
        internal.view = named.map(|_| view.id.clone());
        let (id_of_project, project) = match &feed.project {
            Some(project) => (format!("{}/", project.id), format!("{}/", project.name)),
            None => Default::default(),
        };
        upstream.location = format!(
            "azure-feed://{organization}/{id_of_project}{}@{}",
            feed.id, view.id
        );
        upstream.display_location =
            format!("azure-feed://{organization}/{project}{}@{}", feed.name, view.name);
        if upstream.name.is_empty() {
            upstream.name = format!("{}@{}", feed.name, view.name);
        }
    }
    Ok(())
}
