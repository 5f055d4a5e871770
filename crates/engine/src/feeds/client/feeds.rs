//! Feeds: listing, making, changing, deleting and bringing back.
//!
//! **Invariant**: as the room's front door says.

use std::collections::{BTreeMap, BTreeSet};

use tokio::task::JoinSet;

use crate::Code;
use crate::http::Refusal;

use super::super::endpoints::{self, crates_io_source, feed_body};
use super::super::wire::{List, WireFeed, WireProject, WireProjectFull, pipeline_collaborator};
use super::super::{
    Error, Feed, FeedChange, FeedDraft, FeedOutcome, FeedReference, PairDraft, PairOutcome, Role, ViewChange,
    check_feed_name,
};
use super::{FeedClient, MOST_PAGES, parsed};

/// How many lists of feeds are asked for at the same time.
const LISTS_AT_ONCE: usize = 4;

/// A list of feeds: of a project or the whole organization, of all or of those in which one has a role.
type AskedList = (Option<String>, Option<Role>);

impl FeedClient {
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

    /// All feeds one may see, each with one's role: the organization's list and each project's, merged by id, sorted by
    /// name. A project that refuses to be listed costs its own feeds; it is named beside them.
    pub(crate) async fn list(&self) -> Result<(Vec<Feed>, BTreeSet<String>), Error> {
        let mut feeds = self.list_in(None).await?;
        let (projects, mut unread) = (self.projects_with(&feeds).await?, BTreeSet::new());
        let asked = projects.into_iter().map(|project| (Some(project), None));
        for (asked, answer) in self.lists(asked.collect()).await {
            match (answer, asked.0) {
                (Ok(list), _) => feeds.extend(list.into_iter().map(|feed| self.with_id(feed))),
                // A token that is no good any more is no word of one project alone.
                (Err(error), Some(project)) if error.is_refused() && error.code() != Code::NotSignedIn => {
                    tracing::warn!(%error, project, "the feeds of a project cannot be listed");
                    unread.insert(project);
                }
                (Err(error), _) => return Err(error),
            }
        }
        self.add_roles(&mut feeds).await?;
        Ok((sorted(feeds), unread))
    }

    /// The projects there are; where a token for packages alone may not see them, those that feeds name.
    async fn projects_with(&self, feeds: &BTreeMap<String, Feed>) -> Result<BTreeSet<String>, Error> {
        match self.projects().await {
            Err(Error::Request { source, .. })
                if matches!(source.refusal(), Some(Refusal::NotSignedIn | Refusal::Forbidden)) =>
            {
                Ok(feeds.values().filter_map(|feed| feed.project.clone()).collect())
            }
            projects => Ok(projects?.into_iter().collect()),
        }
    }

    async fn list_in(&self, project: Option<&str>) -> Result<BTreeMap<String, Feed>, Error> {
        let list = self.one_list(&(project.map(str::to_owned), None)).await?;
        Ok(list.into_iter().map(|feed| self.with_id(feed)).collect())
    }

    fn with_id(&self, feed: WireFeed) -> (String, Feed) {
        let feed = self.feed(feed);
        (feed.id.clone(), feed)
    }

    async fn one_list(&self, (project, role): &AskedList) -> Result<Vec<WireFeed>, Error> {
        let place = project.as_ref().unwrap_or(&self.place.account);
        let what = match role {
            None => format!("list the feeds of `{place}`"),
            Some(_) => format!("list one's roles in `{place}`"),
        };
        let request = endpoints::feed_list(&self.place, project.as_deref(), *role);
        Ok(self.ask::<List<WireFeed>>(&request, &what).await?.value)
    }

    /// Asks for several lists, a few at a time; each has an answer of its own.
    async fn lists(&self, asked: Vec<AskedList>) -> Vec<(AskedList, Result<Vec<WireFeed>, Error>)> {
        let (mut waiting, mut under_way) = (asked.into_iter(), JoinSet::new());
        let mut answers = Vec::new();
        loop {
            while under_way.len() < LISTS_AT_ONCE
                && let Some(one) = waiting.next()
            {
                let client = self.clone();
                under_way.spawn(async move { (client.one_list(&one).await, one) });
            }
            match under_way.join_next().await {
                Some(Ok((answer, one))) => answers.push((one, answer)),
                Some(Err(lost)) => std::panic::resume_unwind(lost.into_panic()),
                None => return answers,
            }
        }
    }

    /// Whoever sees a feed may read it; Azure lists those one may do more with, role by role. Where a project does not say, the
    /// roles in it are not known, and those elsewhere are.
    async fn add_roles(&self, feeds: &mut BTreeMap<String, Feed>) -> Result<(), Error> {
        if feeds.values().all(|feed| feed.role.is_some()) {
            return Ok(());
        }
        let projects: BTreeSet<_> = feeds.values().map(|feed| feed.project.clone()).collect();
        let of_project = |project: Option<String>| {
            let roles = [Role::Collaborator, Role::Contributor, Role::Owner].into_iter();
            roles.map(move |role| (project.clone(), Some(role)))
        };
        let mut silent = BTreeSet::new();
        let asked = projects.into_iter().flat_map(of_project).collect();
        for ((project, role), answer) in self.lists(asked).await {
            match answer {
                Ok(held) => raise(feeds, &held, role),
                Err(error) if error.is_refused() => {
                    tracing::warn!(%error, project, "one's roles in a project are not told");
                    silent.insert(project);
                }
                Err(error) => return Err(error),
            }
        }
        let is_reader = |feed: &&mut Feed| feed.role.is_none() && !silent.contains(&feed.project);
        for feed in feeds.values_mut().filter(is_reader) {
            feed.role = Some(Role::Reader);
        }
        Ok(())
    }

    /// One feed, with one's role.
    pub async fn show(&self, reference: &FeedReference) -> Result<Feed, Error> {
        let feed = self.feed(self.wire_feed(reference).await?);
        let mut feeds = BTreeMap::from([(feed.id.clone(), feed)]);
        self.add_roles(&mut feeds).await?;
        let feed = feeds.into_values().next();
        feed.ok_or_else(|| Error::NoFeed(reference.to_string()))
    }

    /// One feed, without asking for one's role.
    pub(crate) async fn look_at(&self, reference: &FeedReference) -> Result<Feed, Error> {
        Ok(self.feed(self.wire_feed(reference).await?))
    }

    /// Creates a feed; the answer is read back, since what Azure adds by itself is not written down.
    pub async fn create(&self, draft: &FeedDraft) -> Result<Feed, Error> {
        check_feed_name(&draft.name).map_err(|fault| Error::Name {
            name: draft.name.clone(),
            fault,
        })?;
        let what = format!("create the feed `{}`", draft.name);
        let mut sources = Vec::new();
        if draft.include_crates_io {
            sources.push(crates_io_source());
        }
        for feed in &draft.upstream_feeds {
            sources.push(self.source_of(&feed.parse()?).await?);
        }
        let permissions = self.first_permissions(draft).await?;
        let body = feed_body(draft, &sources, &permissions);
        let request = endpoints::feed_create(&self.place, draft, body);
        let created = self.feed(self.ask::<WireFeed>(&request, &what).await?);
        let reference: FeedReference = created.reference.parse()?;
        if let Some(visibility) = draft.visibility {
            self.set_default_visibility(&reference, visibility).await?;
        }
        self.show(&reference).await
    }

    /// What pipelines run as, where they shall save crates.
    async fn first_permissions(&self, draft: &FeedDraft) -> Result<Vec<serde_json::Value>, Error> {
        if !draft.build_service {
            return Ok(Vec::new());
        }
        let collection = self.collection_id().await?;
        let project = match &draft.project {
            Some(name) => {
                let what = format!("read the project `{name}`");
                let request = endpoints::project(&self.place, name);
                self.ask::<WireProjectFull>(&request, &what).await?.id
            }
            // The organization's own, for feeds that belong to no project.
            None => collection.clone(),
        };
        Ok(vec![pipeline_collaborator(&collection, &project)])
    }

    async fn set_default_visibility(
        &self,
        reference: &FeedReference,
        visibility: super::super::Visibility,
    ) -> Result<(), Error> {
        let views = self.views(reference, None).await?;
        let Some(view) = views.into_iter().find(|view| view.is_default) else {
            return Ok(());
        };
        let change = ViewChange {
            visibility: Some(visibility),
            name: None,
        };
        self.update_view(reference, &view.id, &change).await
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

    /// Changes what a feed is.
    pub async fn update(&self, reference: &FeedReference, change: &FeedChange) -> Result<Feed, Error> {
        if let Some(name) = &change.name {
            check_feed_name(name).map_err(|fault| Error::Name {
                name: name.clone(),
                fault,
            })?;
        }
        let what = format!("change the feed `{reference}`");
        let request = endpoints::feed_update(&self.place, reference, change);
        let changed = self.feed(self.ask::<WireFeed>(&request, &what).await?);
        self.show(&changed.reference.parse()?).await
    }

    /// Moves a feed to the recycle bin.
    pub async fn delete(&self, reference: &FeedReference) -> Result<(), Error> {
        let what = format!("delete the feed `{reference}`");
        let request = endpoints::feed_delete(&self.place, reference);
        self.send(&request, &what).await.map(drop)
    }

    /// The feeds in the recycle bin.
    pub async fn deleted(&self) -> Result<Vec<Feed>, Error> {
        let what = format!("read the recycle bin of `{}`", self.place.account);
        let mut feeds = BTreeMap::new();
        let projects = self.projects_with(&self.list_in(None).await?).await?;
        for project in [None].into_iter().chain(projects.iter().map(Some)) {
            let request = endpoints::feed_bin(&self.place, project.map(String::as_str));
            let list = self.ask_if_told::<List<WireFeed>>(&request, &what).await?;
            let list = list.into_iter().flat_map(|list| list.value);
            feeds.extend(
                list.map(|feed| self.feed(feed))
                    .map(|feed| (feed.id.clone(), feed)),
            );
        }
        Ok(sorted(feeds))
    }

    /// Brings a feed back from the recycle bin.
    pub async fn recover(&self, reference: &FeedReference) -> Result<Feed, Error> {
        let what = format!("recover the feed `{reference}`");
        let in_bin = self.in_bin(reference).await?;
        self.send(&endpoints::feed_recover(&self.place, &in_bin), &what)
            .await?;
        self.show(reference).await
    }

    /// Deletes a feed of the recycle bin for ever.
    pub async fn purge(&self, reference: &FeedReference) -> Result<(), Error> {
        let what = format!("delete the feed `{reference}` for ever");
        let in_bin = self.in_bin(reference).await?;
        self.send(&endpoints::feed_purge(&self.place, &in_bin), &what)
            .await
            .map(drop)
    }

    /// A feed of the recycle bin by its id: names there may be taken anew.
    async fn in_bin(&self, reference: &FeedReference) -> Result<FeedReference, Error> {
        let deleted = self.deleted().await?;
        let same = |feed: &&Feed| {
            feed.project == reference.project && feed.name.eq_ignore_ascii_case(&reference.feed)
        };
        let found = deleted.iter().find(same);
        let id = found.ok_or_else(|| Error::NoDeletedFeed(reference.to_string()))?;
        Ok(FeedReference {
            feed: id.id.clone(),
            ..reference.clone()
        })
    }

    pub(super) fn feed(&self, wire: WireFeed) -> Feed {
        wire.into_feed(&self.place)
    }
}

fn sorted(feeds: BTreeMap<String, Feed>) -> Vec<Feed> {
    let mut feeds = feeds.into_values().collect::<Vec<_>>();
    feeds.sort_by(|left, right| (&left.project, &left.name).cmp(&(&right.project, &right.name)));
    feeds
}

/// Notes a role in the feeds that were listed with it.
fn raise(feeds: &mut BTreeMap<String, Feed>, held: &[WireFeed], role: Option<Role>) {
    for held in held {
        if let Some(feed) = feeds.get_mut(&held.id.to_ascii_lowercase()) {
            feed.role = feed.role.max(role);
        }
    }
}
