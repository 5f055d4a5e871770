//! Where a feed gets what it lacks. Azure takes the list whole, so it is read, changed and written.
//!
//! **Invariant**: an entry that is not the one to change is sent back as it came, also where Granary cannot read it.

use serde_json::{Value, json};

use super::super::endpoints::{self, crates_io_source};
use super::super::wire::WireFeed;
use super::super::{Error, Feed, FeedReference, UpstreamChange};
use super::FeedClient;
use crate::moment::Moment;

impl FeedClient {
    /// Changes where a feed gets what it lacks; answers the feed as it is then.
    pub async fn change_upstreams(
        &self,
        reference: &FeedReference,
        change: &UpstreamChange,
    ) -> Result<Feed, Error> {
        let what = format!("change the upstream sources of `{reference}`");
        let added = match change {
            UpstreamChange::AddCratesIo => Some(crates_io_source()),
            UpstreamChange::AddFeed { feed } => Some(self.source_of(&feed.parse()?).await?),
            _ => None,
        };
        // Read as late as can be: what somebody else wrote meanwhile is in it.
        let before = self.wire_feed(reference).await?.upstream_sources;
        let after = changed(before.clone(), change, added).ok_or_else(|| Error::NoUpstream {
            feed: reference.to_string(),
        })?;
        if after != before {
            let is_first = before.iter().all(is_removed);
            let request = match is_first {
                true => endpoints::feed_first_source(&self.place, reference, &after),
                false => endpoints::feed_set_sources(&self.place, reference, &after),
            };
            self.ask::<WireFeed>(&request, &what).await?;
            self.put_back_what_was_added_meanwhile(reference, &before, &what)
                .await?;
        }
        self.show(reference).await
    }

    /// An entry that somebody added between reading and writing was taken out by the writing: it stands among the removed ones, and
    /// was not there before.
    async fn put_back_what_was_added_meanwhile(
        &self,
        reference: &FeedReference,
        before: &[Value],
        what: &str,
    ) -> Result<(), Error> {
        let now = self.wire_feed(reference).await?.upstream_sources;
        let (removed, mut here): (Vec<_>, Vec<_>) = now.into_iter().partition(is_removed);
        let lost = removed.into_iter().filter(|source| {
            let id = source["id"].as_str().unwrap_or_default();
            !before.iter().any(|known| has_id(known, id))
        });
        let lost = lost.map(without_removal).collect::<Vec<_>>();
        if lost.is_empty() {
            return Ok(());
        }
        here.extend(lost);
        let request = endpoints::feed_set_sources(&self.place, reference, &here);
        self.ask::<WireFeed>(&request, what).await.map(drop)
    }

    /// Another feed as an upstream source: named by ids, since names change.
    pub(super) async fn source_of(&self, feed: &FeedReference) -> Result<Value, Error> {
        if feed.account != self.place.account {
            return Err(Error::OtherAccount(feed.to_string()));
        }
        let whole = feed.whole();
        let source = self.look_at(&whole).await?;
        let views = self.views(&whole, source.default_view.as_deref()).await?;
        let wanted = |view: &&super::super::View| match &feed.view {
            Some(name) => view.name.eq_ignore_ascii_case(name),
            None => view.is_default,
        };
        let view = views.iter().find(wanted).ok_or_else(|| Error::NoView {
            feed: whole.to_string(),
            view: feed.view.clone().unwrap_or_default(),
        })?;
        let project = match &feed.project {
            Some(name) => {
                let what = format!("read the project `{name}`");
                let request = endpoints::project(&self.place, name);
                Some(
                    self.ask::<super::super::wire::WireProjectFull>(&request, &what)
                        .await?
                        .id,
                )
            }
            None => None,
        };
        let scope = feed
            .project
            .as_ref()
            .map(|name| format!("/{name}"))
            .unwrap_or_default();
        let place = &self.place.organization;
        let location = format!("azure-feed://{place}{scope}/{}@{}", source.name, view.name);
        Ok(json!({
            "name": format!("{}@{}", source.name, view.name),
            "protocol": "Cargo",
            "location": location,
            "displayLocation": location,
            "upstreamSourceType": "internal",
            "status": "ok",
            "internalUpstreamCollectionId": self.collection_id().await?,
            "internalUpstreamProjectId": project,
            "internalUpstreamFeedId": source.id,
            "internalUpstreamViewId": view.id,
        }))
    }
}

/// The list as it shall be; none where the entry to change is not in it.
fn changed(sources: Vec<Value>, change: &UpstreamChange, added: Option<Value>) -> Option<Vec<Value>> {
    let (gone, mut here): (Vec<_>, Vec<_>) = sources.into_iter().partition(is_removed);
    let at = |here: &[Value], id: &str| here.iter().position(|source| has_id(source, id));
    match change {
        UpstreamChange::AddCratesIo | UpstreamChange::AddFeed { .. } => {
            let added = added?;
            // The same source twice says nothing more.
            if !here.iter().any(|source| is_same(source, &added)) {
                here.push(added);
            }
        }
        UpstreamChange::Remove { id } => {
            here.remove(at(&here, id)?);
        }
        UpstreamChange::Move { id, before } => {
            let moved = here.remove(at(&here, id)?);
            let place = here.len().min(usize::try_from(*before).unwrap_or(usize::MAX));
            here.insert(place, moved);
        }
        UpstreamChange::Restore { id, before } => {
            if at(&here, id).is_none() {
                let back = without_removal(gone.iter().find(|source| has_id(source, id))?.clone());
                let place = here.len().min(usize::try_from(*before).unwrap_or(usize::MAX));
                here.insert(place, back);
            }
        }
    }
    Some(here)
}

fn is_removed(source: &Value) -> bool {
    // A year before there were feeds stands for never.
    source["deletedDate"].as_str().and_then(Moment::parse).is_some()
}

fn without_removal(mut source: Value) -> Value {
    if let Some(fields) = source.as_object_mut() {
        fields.remove("deletedDate");
    }
    source
}

fn has_id(source: &Value, id: &str) -> bool {
    source["id"]
        .as_str()
        .is_some_and(|own| own.eq_ignore_ascii_case(id))
}

fn is_same(one: &Value, other: &Value) -> bool {
    let same = |key: &str| {
        let text = |value: &Value| value[key].as_str().map(str::to_ascii_lowercase);
        text(one) == text(other)
    };
    match other["upstreamSourceType"].as_str() {
        Some("internal") => same("internalUpstreamFeedId") && same("internalUpstreamViewId"),
        _ => same("protocol") && same("upstreamSourceType"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<Value> {
        ["a", "b", "c"]
            .map(|id| {
                json!({"id": id, "protocol": "Cargo", "upstreamSourceType": "internal", "strange": {"x": 1},
                             "internalUpstreamFeedId": id, "internalUpstreamViewId": "v"})
            })
            .to_vec()
    }

    fn check(sources: Vec<Value>, change: UpstreamChange, added: Option<Value>, expected: Option<&str>) {
        let ids = changed(sources, &change, added).map(|sources| {
            let id = |source: &Value| source["id"].as_str().unwrap_or("+").to_owned();
            sources.iter().map(id).collect::<String>()
        });
        assert_eq!(ids.as_deref(), expected, "{change:?}");
    }

    #[test]
    fn only_what_is_asked_for_changes() {
        let id = |id: &str| id.to_owned();
        check(list(), UpstreamChange::Remove { id: id("B") }, None, Some("ac"));
        check(list(), UpstreamChange::Remove { id: id("x") }, None, None);
        check(
            list(),
            UpstreamChange::Move {
                id: id("c"),
                before: 0,
            },
            None,
            Some("cab"),
        );
        check(
            list(),
            UpstreamChange::Move {
                id: id("a"),
                before: 9,
            },
            None,
            Some("bca"),
        );
        check(
            list(),
            UpstreamChange::AddCratesIo,
            Some(crates_io_source()),
            Some("abc+"),
        );
        let mut gone = list();
        gone[1]["deletedDate"] = "2026-01-01T00:00:00Z".into();
        check(
            gone.clone(),
            UpstreamChange::Restore {
                id: id("b"),
                before: 1,
            },
            None,
            Some("abc"),
        );
        check(gone, UpstreamChange::Remove { id: id("b") }, None, None);
        let twice = Some(list()[0].clone());
        check(
            list(),
            UpstreamChange::AddFeed { feed: id("x/y") },
            twice,
            Some("abc"),
        );
    }

    #[test]
    fn entries_that_stay_are_sent_back_as_they_came() {
        let change = UpstreamChange::Remove { id: "b".to_owned() };
        let after = changed(list(), &change, None).unwrap();
        assert_eq!(after[0], list()[0]);
        assert_eq!(after[1], list()[2]);
    }
}
