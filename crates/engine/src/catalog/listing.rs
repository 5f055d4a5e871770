//! A feed, listed from its beginning to its end, several pages at a time.
//!
//! **Invariant**: pages are counted from the front, so that when a crate goes, one at the edge of two pages is in neither. Where
//! that is told, or seen, the feed is listed again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;

use super::sync::Told;
use super::{Catalog, KeptFeed, RefreshEvent, Sources};
use crate::Error;
use crate::feeds::{FeedClient, FeedReference, ListedCrate};
use crate::moment::Moment;

/// How many pages are asked for at the same time.
const AT_ONCE: usize = 4;

/// How many crates a page holds. The first is small, so that there is something to see.
const PAGE: usize = 1000;
const FIRST_PAGE: usize = 100;

/// How often a feed is listed at most when crates go while it is read.
const MOST_LISTINGS: usize = 3;

/// How many crates are listed at most.
const MOST_CRATES: usize = 1_000_000;

/// A feed that is listed from beginning to end.
#[derive(Clone)]
pub(super) struct Listing {
    pub(super) catalog: Arc<Catalog>,
    pub(super) client: FeedClient,
    pub(super) feed: FeedReference,
    pub(super) kept: KeptFeed,
    pub(super) sources: Sources,
}

/// One reading of the whole list, and where its workers stand.
#[derive(Default)]
struct Round {
    number: i64,
    /// Whether each page begins with the last crate of the one before: where nobody tells what went, that shows it.
    overlaps: bool,
    next: AtomicUsize,
    ended: AtomicBool,
    edges: Mutex<Edges>,
}

/// The ids at the edges of pages, by how many crates come before; none where there was nothing any more.
#[derive(Debug, Default)]
struct Edges(Vec<(usize, Option<String>)>);

impl Edges {
    /// Notes the first and the last of the crates after the first `skip`.
    fn note(&mut self, skip: usize, crates: &[ListedCrate]) {
        let id = |krate: &ListedCrate| krate.id.clone();
        self.0.push((skip, crates.first().map(id)));
        if let Some(last) = crates.last() {
            self.0.push((skip + crates.len() - 1, Some(id(last))));
        }
    }

    /// Whether a place was seen with two crates, or with one and then with none: then what follows it has moved up.
    fn have_moved(&self) -> bool {
        let mut seen = HashMap::new();
        let mut noted = self.0.iter();
        noted.any(|(place, id)| *seen.entry(place).or_insert(id) != id)
    }
}

impl Listing {
    /// Lists all of it; answers how many crates are kept then.
    pub(super) async fn whole(self, on_event: &(impl Fn(RefreshEvent) + Send + Sync)) -> Result<u32, Error> {
        let (id, mut first, mut since) = (self.kept.id, None, None);
        for round in 1.. {
            let begin = move |catalog: &Catalog| catalog.begin_listing(id);
            let number = self.catalog.off_thread(begin).await?;
            // Before the list: what changes while it is read is told again afterwards. From one round to the next nothing is left out.
            let before = match since {
                Some(token) => Some(token),
                None => self.client.changes_now(&self.feed).await?,
            };
            let reading = Round {
                number,
                overlaps: before.is_none(),
                ..Round::default()
            };
            let mut any_gone = self.once(reading, on_event).await?;
            let told = match before {
                Some(token) => {
                    Told::since(&self.catalog, &self.client, &self.kept, &self.feed, token).await?
                }
                None => None,
            };
            any_gone |= told.as_ref().is_some_and(|told| told.any_gone);
            let first = *first.get_or_insert(number);
            since = told.as_ref().map(|told| told.token);
            if round < MOST_LISTINGS && any_gone {
                continue;
            }
            // What an earlier round had and this one has not is between two pages again: were it gone, that would have been told.
            let oldest = if since.is_some() { first } else { number };
            let token = since.or(before);
            let end = move |catalog: &Catalog| {
                catalog.end_listing(id, oldest)?;
                catalog.refreshed(id, token, Moment::now())
            };
            self.catalog.off_thread(end).await?;
            break;
        }
        let of = self.kept.clone();
        let kept = self
            .catalog
            .off_thread(move |catalog| catalog.kept_of(&of))
            .await?;
        Ok(kept.saved)
    }

    /// Reads the whole list once; answers whether it is seen to have moved meanwhile.
    async fn once(
        &self,
        round: Round,
        on_event: &(impl Fn(RefreshEvent) + Send + Sync),
    ) -> Result<bool, Error> {
        let (mut crates, given) = self.stretch(&round, 0, FIRST_PAGE).await?;
        on_event(RefreshEvent::Rows { crates });
        if given == 0 {
            return Ok(false);
        }
        let round = Arc::new(round);
        let mut workers = JoinSet::new();
        let (tell, mut told) = tokio::sync::mpsc::channel(AT_ONCE);
        for _ in 0..AT_ONCE {
            let (listing, round, tell) = (self.clone(), Arc::clone(&round), tell.clone());
            workers.spawn(async move { listing.work(&round, given, &tell).await });
        }
        drop(tell);
        while let Some(now) = told.recv().await {
            crates = crates.max(now);
            on_event(RefreshEvent::Rows { crates });
        }
        while let Some(ended) = workers.join_next().await {
            match ended {
                Ok(worked) => worked?,
                Err(lost) => std::panic::resume_unwind(lost.into_panic()),
            }
        }
        Ok(held(&round.edges).have_moved())
    }

    /// Takes page after page, until one is empty.
    async fn work(
        &self,
        round: &Round,
        first: usize,
        tell: &tokio::sync::mpsc::Sender<u32>,
    ) -> Result<(), Error> {
        let page = PAGE - usize::from(round.overlaps);
        while !round.ended.load(Ordering::Relaxed) {
            let begin = first + round.next.fetch_add(1, Ordering::Relaxed) * page;
            if begin > MOST_CRATES {
                return Ok(());
            }
            let mut given = 0;
            // A page may be shorter than was asked for, and there may still be more behind it.
            while given < page {
                let (crates, more) = self.stretch(round, begin + given, page - given).await?;
                if more == 0 {
                    round.ended.store(true, Ordering::Relaxed);
                    return Ok(());
                }
                given += more;
                if tell.send(crates).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Reads and writes one stretch; answers how many crates are kept by now, and how many it gave.
    async fn stretch(&self, round: &Round, skip: usize, mut top: usize) -> Result<(u32, usize), Error> {
        let again = usize::from(round.overlaps && skip > 0);
        let (crates, given) = loop {
            let stretch = self.client.crate_stretch(&self.feed, skip - again, top + again);
            match stretch.await {
                // Crates with thousands of versions: fewer of them fit into an answer.
                Err(error) if error.is_too_large() && top > 1 => top /= 2,
                stretch => break stretch?,
            }
        };
        // With something else than crates among them, nobody knows which place is whose.
        if round.overlaps && crates.len() == given {
            held(&round.edges).note(skip - again, &crates);
        }
        let (id, number, sources) = (self.kept.id, round.number, self.sources.clone());
        let put = move |catalog: &Catalog| catalog.put_listed(id, number, &sources, &crates);
        Ok((self.catalog.off_thread(put).await?, given.saturating_sub(again)))
    }
}

fn held(edges: &Mutex<Edges>) -> MutexGuard<'_, Edges> {
    edges.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moved_between_two_pages_is_seen_at_their_edge() {
        let check = |pages: &[(usize, &[&str])], expected: bool| {
            let mut edges = Edges::default();
            for (skip, ids) in pages {
                let krate = |id: &&str| ListedCrate {
                    id: (*id).to_owned(),
                    name: (*id).to_owned(),
                    versions: Vec::new(),
                };
                edges.note(*skip, &ids.iter().map(krate).collect::<Vec<_>>());
            }
            assert_eq!(edges.have_moved(), expected, "{pages:?}");
        };
        check(
            &[(0, &["a", "b", "c"]), (2, &["c", "d"]), (3, &["d"]), (7, &[])],
            false,
        );
        // `b` went, so that `d` stands where `c` did.
        check(&[(0, &["a", "b", "c"]), (2, &["d", "e"])], true);
        check(&[(2, &["d", "e"]), (0, &["a", "b", "c"])], true);
        // `c` was the last, and there is no third any more.
        check(&[(0, &["a", "b", "c"]), (2, &[])], true);
        check(&[(0, &[])], false);
    }
}
