//! A feed's host, asked: builds a request, sends it, turns the answer into the model.
//!
//! **Invariant**: one call of the product is one method here; nothing is kept between calls.

use std::collections::BTreeMap;

use credentials::Token;
use reqwest::Url;
use serde::de::DeserializeOwned;

use crate::http::{Answer, Http, Request};

use super::endpoints::{self, Hosts, PAGE};
use super::wire::{List, WireFeed, WirePackage, WireProject};
use super::{
    CrateSummary, Error, Feed, FeedDraft, FeedOutcome, FeedReference, PairDraft, PairOutcome, check_feed_name,
};

/// How many pages are read at most: a feed of a million crates.
const MOST_PAGES: usize = 1000;

/// The feeds of one organization, as one identity sees them.
#[derive(Debug, Clone)]
pub struct FeedClient {
    http: Http,
    hosts: Hosts,
    organization: String,
}

impl FeedClient {
    /// A client for an organization whose every host is `base`: this computer, or an Azure DevOps Server.
    pub fn at_one_host(base: Url, organization: &str, token: Token) -> Result<Self, Error> {
        let http = Http::new(token, std::slice::from_ref(&base)).map_err(|source| Error::Request {
            what: format!("ask `{organization}`"),
            source,
        })?;
        let hosts = Hosts {
            core: base.clone(),
            feeds: base.clone(),
            packages: base,
        };
        Ok(Self {
            http,
            hosts,
            organization: organization.to_owned(),
        })
    }

    /// The names of the Azure projects one may see.
    pub async fn projects(&self) -> Result<Vec<String>, Error> {
        let what = format!("list the projects of `{}`", self.organization);
        let (mut names, mut continuation) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let request = endpoints::projects(&self.hosts, &self.organization, continuation.as_deref());
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
        for project in self.projects().await? {
            feeds.append(&mut self.list_in(Some(&project)).await?);
        }
        let mut feeds = feeds.into_values().collect::<Vec<_>>();
        feeds.sort_by(|left, right| (&left.project, &left.name).cmp(&(&right.project, &right.name)));
        Ok(feeds)
    }

    async fn list_in(&self, project: Option<&str>) -> Result<BTreeMap<String, Feed>, Error> {
        let what = format!("list the feeds of `{}`", project.unwrap_or(&self.organization));
        let request = endpoints::feed_list(&self.hosts, &self.organization, project);
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
        let request = endpoints::feed_create(&self.hosts, &self.organization, draft);
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

    /// The crates a feed holds, sorted by name.
    pub async fn crates(&self, reference: &FeedReference) -> Result<Vec<CrateSummary>, Error> {
        let sources = self.wire_feed(reference).await?.sources();
        let what = format!("list the crates of `{reference}`");
        let mut crates = Vec::new();
        for page in 0..MOST_PAGES {
            let request = endpoints::crate_list(&self.hosts, &self.organization, reference, page * PAGE);
            let list: List<WirePackage> = parsed(&self.send(&request, &what).await?, &what)?;
            let last = list.value.len() < PAGE;
            crates.extend(
                list.value
                    .into_iter()
                    .filter_map(|package| package.into_summary(&sources)),
            );
            if last {
                break;
            }
        }
        crates.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(crates)
    }

    async fn wire_feed(&self, reference: &FeedReference) -> Result<WireFeed, Error> {
        let what = format!("read the feed `{reference}`");
        let request = endpoints::feed_show(&self.hosts, &self.organization, reference);
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
        wire.into_feed(&self.organization, &self.hosts.packages)
    }
}

fn parsed<T: DeserializeOwned>(answer: &Answer, what: &str) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|source| Error::Answer {
        what: what.to_owned(),
        source,
    })
}
