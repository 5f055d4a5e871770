//! What a feed's upstreams offer of a crate, in the order they are searched.
//!
//! **Invariant:** a public upstream is not asked for a name that it is to be kept from.

use std::sync::Arc;

use rusqlite::Transaction;

use crate::Person;
use crate::access;
use crate::dispatch::App;
use crate::index_line;
use crate::refusal::Refusal;
use crate::storage::{CrateRecord, FeedRecord, NewUpstream, StorageError, UpstreamRecord};
use crate::upstream::{Saved, UpstreamError, Wanted, held_upstream};

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
    let mut offers = Vec::new();
    for source in feed.sources() {
        let text = match &source.internal {
            Some(_) => of_feed(app, source, name).await?,
            None if held.is_some_and(CrateRecord::hides_upstream) => None,
            None => public(app, name, held.is_some() || !offers.is_empty()).await?,
        };
        offers.extend(text.map(|text| Offer {
            source: source.id.clone(),
            text,
        }));
    }
    Ok(offers)
}

async fn of_feed(app: &App, source: &UpstreamRecord, name: &str) -> Result<Option<Arc<str>>, StorageError> {
    let held = held_upstream(&app.storage, source, name).await?;
    let text = index_line::merge(held.as_ref(), &[]).text;
    Ok((!text.is_empty()).then(|| Arc::from(text)))
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
