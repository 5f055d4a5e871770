//! A feed's host, asked: builds a request, sends it, turns the answer into the model.
//!
//! **Invariant**: one call of the product is one method here; nothing is kept between calls.

use std::collections::{BTreeMap, BTreeSet};

use credentials::TokenSource;
use serde::de::DeserializeOwned;

use crate::accounts::AccountPlace;
use crate::http::{Answer, Http, Refusal, Request};

use super::endpoints;
use super::wire::{List, WireFeed, WireProject};
use super::{Error, Feed, FeedDraft, FeedOutcome, FeedReference, PairDraft, PairOutcome, check_feed_name};

/// How many pages are read at most: a feed of a million crates.
const MOST_PAGES: usize = 1000;

/// The feeds of one organization, as one identity sees them.
#[derive(Debug, Clone)]
pub struct FeedClient {
    http: Http,
    place: AccountPlace,
}

impl FeedClient {
    /// A client for an account, whose tokens come from `source`.
    pub(crate) fn new(place: AccountPlace, source: TokenSource) -> Result<Self, Error> {
        let http = Http::new(source, &place.bases()).map_err(|source| Error::Request {
            what: format!("ask `{}`", place.account),
            source,
        })?;
        Ok(Self { http, place })
    }

    /// The names of the Azure projects one may see.
    pub async fn projects(&self) -> Result<Vec<String>, Error> {
        let what = format!("list the projects of `{}`", self.place.account);
        let (mut names, mut continuation) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let request = endpoints::projects(&self.place, continuation.as_deref());
            let answer = self.send(&request, &what).await?;
            let page: List<WireProject> = parsed(&answer, &what)?;
            names.extend(page.value.into_iter().map(|project| project.name));
            continuation = answer.continuation;
            if continuation.is_none() {
                break;
            }
        }
        Ok(names)
    }

    /// All feeds one may see: the organization's list and each project's, merged by id, sorted by name.
    pub async fn list(&self) -> Result<Vec<Feed>, Error> {
        let mut feeds = self.list_in(None).await?;
        let projects = match self.projects().await {
            // A token for packages alone may not see projects; the feeds' own list names what it may see.
            Err(Error::Request { source, .. })
                if matches!(source.refusal(), Some(Refusal::NotSignedIn | Refusal::Forbidden)) =>
            {
                feeds.values().filter_map(|feed| feed.project.clone()).collect()
            }
            projects => projects?.into_iter().collect::<BTreeSet<_>>(),
        };
        for project in projects {
            feeds.append(&mut self.list_in(Some(&project)).await?);
        }
        let mut feeds = feeds.into_values().collect::<Vec<_>>();
        feeds.sort_by(|left, right| (&left.project, &left.name).cmp(&(&right.project, &right.name)));
        Ok(feeds)
    }

    async fn list_in(&self, project: Option<&str>) -> Result<BTreeMap<String, Feed>, Error> {
        let what = format!("list the feeds of `{}`", project.unwrap_or(&self.place.account));
        let request = endpoints::feed_list(&self.place, project);
        let list: List<WireFeed> = parsed(&self.send(&request, &what).await?, &what)?;
        Ok(list
            .value
            .into_iter()
            .map(|feed| (feed.id.clone(), self.feed(feed)))
            .collect())
    }

    /// One feed.
    pub async fn show(&self, reference: &FeedReference) -> Result<Feed, Error> {
        Ok(self.feed(self.wire_feed(reference).await?))
    }

    /// Creates a feed.
    pub async fn create(&self, draft: &FeedDraft) -> Result<Feed, Error> {
        check_feed_name(&draft.name).map_err(|fault| Error::Name {
            name: draft.name.clone(),
            fault,
        })?;
        let what = format!("create the feed `{}`", draft.name);
        let request = endpoints::feed_create(&self.place, draft);
        Ok(self.feed(parsed(&self.send(&request, &what).await?, &what)?))
    }

    /// Creates the recommended two, each by itself: one that is refused does not stop the other.
    pub async fn create_pair(&self, draft: &PairDraft) -> PairOutcome {
        let one = async |name: &str, include_crates_io| {
            let draft = FeedDraft {
                account: draft.account.clone(),
                project: draft.project.clone(),
                name: name.to_owned(),
                description: draft.description.clone(),
                include_crates_io,
                upstream_feeds: Vec::new(),
                visibility: draft.visibility,
                build_service: draft.build_service,
            };
            match self.create(&draft).await {
                Ok(feed) => FeedOutcome::Created { feed },
                Err(error) => FeedOutcome::Refused {
                    name: draft.name,
                    error: crate::Error::from(error).told(),
                },
            }
        };
        PairOutcome {
            upstream: one(&draft.upstream, true).await,
            internal: one(&draft.internal, false).await,
        }
    }

    async fn wire_feed(&self, reference: &FeedReference) -> Result<WireFeed, Error> {
        let what = format!("read the feed `{reference}`");
        let request = endpoints::feed_show(&self.place, reference);
        match self.send(&request, &what).await {
            Err(error) if error.code() == crate::Code::NotFound => Err(Error::NoFeed(reference.to_string())),
            answer => parsed(&answer?, &what),
        }
    }

    async fn send(&self, request: &Request, what: &str) -> Result<Answer, Error> {
        self.http.send(request).await.map_err(|source| Error::Request {
            what: what.to_owned(),
            source,
        })
    }

    fn feed(&self, wire: WireFeed) -> Feed {
        wire.into_feed(&self.place)
    }
}

fn parsed<T: DeserializeOwned>(answer: &Answer, what: &str) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|source| Error::Answer {
        what: what.to_owned(),
        source,
    })
}
