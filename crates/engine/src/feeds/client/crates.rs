//! Crates and versions: listing, what changed, looking closer, acting on them, the recycle bin.
//!
//! **Invariant**: as the room's front door says. Several versions are several requests: Azure publishes neither what a
//! batch may hold nor what becomes of half of one.

use std::collections::HashMap;
use std::time::Duration;

use url::Url;

use crate::http::Request;
use crate::moment::Moment;

use super::super::endpoints::{self, PAGE};
use super::super::listed::{ListedChange, ListedCrate, folded};
use super::super::wire::{
    List, WireChanges, WireFeedChange, WireMetrics, WireOperation, WirePackage, WireProvenance,
    WireUpstreaming, WireVersionFull,
};
use super::super::{DeletedVersion, Error, FeedReference, Provenance, Upstreaming, VersionReference};
use super::{FeedClient, MOST_PAGES, parsed};

/// How often crates were downloaded, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Downloads {
    pub(crate) count: u32,
    pub(crate) last: Option<Moment>,
}

/// How many ids are asked about at once.
const IDS_AT_ONCE: usize = 500;

/// How often an operation is asked whether it ended.
const OPERATION_LOOKS: u32 = 60;

impl FeedClient {
    /// A stretch of a feed's list: at most `top` crates after the first `skip`, and whether the list ends there.
    pub(crate) async fn crate_stretch(
        &self,
        reference: &FeedReference,
        skip: usize,
        top: usize,
    ) -> Result<(Vec<ListedCrate>, usize), Error> {
        let what = format!("list the crates of `{reference}`");
        let request = endpoints::crate_page(&self.place, reference, skip, top);
        let list: List<WirePackage> = self.ask(&request, &what).await?;
        let given = list.value.len();
        Ok((
            list.value.into_iter().filter_map(WirePackage::listed).collect(),
            given,
        ))
    }

    /// Where a feed's changes stand; none where the host does not count them.
    pub(crate) async fn changes_now(&self, feed: &FeedReference) -> Result<Option<i64>, Error> {
        if self.place.kind == credentials::AccountKind::Server {
            return Ok(None);
        }
        let what = format!("ask what changed in `{feed}`");
        let request = endpoints::changes_now(&self.place, feed);
        let change: Option<WireFeedChange> = self.ask_if_told(&request, &what).await?;
        Ok(change.and_then(|change| change.latest_package_continuation_token))
    }

    /// What changed after a token, how many changes were told, and the token to ask with next.
    pub(crate) async fn changes_after(
        &self,
        feed: &FeedReference,
        token: i64,
    ) -> Result<(Vec<ListedChange>, usize, Option<i64>), Error> {
        let what = format!("ask what changed in `{feed}`");
        let request = endpoints::crate_changes(&self.place, feed, Some(token));
        let changes: WireChanges = self.ask(&request, &what).await?;
        let (told, next) = (changes.len(), changes.next());
        Ok((changes.into_changes(), told, next))
    }

    /// A crate by its name; none when the feed holds none.
    pub(crate) async fn find_crate(
        &self,
        reference: &FeedReference,
        name: &str,
    ) -> Result<Option<ListedCrate>, Error> {
        let what = format!("read `{name}` in `{reference}`");
        let mut spellings = vec![name.to_owned(), name.replace('_', "-"), name.replace('-', "_")];
        spellings.dedup();
        for spelling in spellings {
            let mut skip = 0;
            // Azure looks for names that contain it, and there may be more of these than fit into one answer.
            while skip < PAGE * MOST_PAGES {
                let request = endpoints::crate_find(&self.place, reference, &spelling, skip);
                let list: List<WirePackage> = self.ask(&request, &what).await?;
                skip += list.value.len();
                let is_last = list.value.is_empty();
                let mut crates = list.value.into_iter().filter_map(WirePackage::listed);
                if let Some(found) = crates.find(|krate| folded(&krate.name) == folded(name)) {
                    return Ok(Some(found));
                }
                if is_last {
                    break;
                }
            }
        }
        Ok(None)
    }

    /// How often crates were downloaded, by their ids; none where one may not know. One never downloaded is missing.
    pub(crate) async fn crate_downloads(
        &self,
        reference: &FeedReference,
        ids: &[String],
    ) -> Result<Option<HashMap<String, Downloads>>, Error> {
        let request = |ids: &[String]| endpoints::crate_metrics(&self.place, reference, ids);
        self.downloads(ids, request, reference, |metrics| metrics.package_id.clone())
            .await
    }

    /// How often versions of a crate were downloaded, as above.
    pub(crate) async fn version_downloads(
        &self,
        reference: &FeedReference,
        krate: &str,
        ids: &[String],
    ) -> Result<Option<HashMap<String, Downloads>>, Error> {
        let request = |ids: &[String]| endpoints::version_metrics(&self.place, reference, krate, ids);
        let id = |metrics: &WireMetrics| metrics.package_version_id.clone();
        self.downloads(ids, request, reference, id).await
    }

    async fn downloads(
        &self,
        ids: &[String],
        request: impl Fn(&[String]) -> Request,
        reference: &FeedReference,
        id: impl Fn(&WireMetrics) -> Option<String>,
    ) -> Result<Option<HashMap<String, Downloads>>, Error> {
        let what = format!("read the downloads of `{reference}`");
        let mut all = HashMap::new();
        let read = |metrics: WireMetrics| {
            let count = metrics.download_count.clamp(0.0, f64::from(u32::MAX)).round();
            let downloads = Downloads {
                // In bounds by the line above.
                count: count as u32,
                last: metrics.last_downloaded.as_deref().and_then(Moment::parse),
            };
            Some((id(&metrics)?, downloads))
        };
        for some in ids.chunks(IDS_AT_ONCE) {
            match self.ask::<List<WireMetrics>>(&request(some), &what).await {
                Ok(list) => all.extend(list.value.into_iter().filter_map(&read)),
                Err(error) if error.is_kept_from_us() => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(Some(all))
    }

    /// The names of the sources a version moved through, the immediate one first; none where nobody says.
    pub(crate) async fn source_chain(
        &self,
        reference: &FeedReference,
        which: &VersionReference,
    ) -> Result<Option<Vec<String>>, Error> {
        let what = format!("read `{} {}` in `{reference}`", which.name, which.version);
        let request = endpoints::version_show(&self.place, reference, &which.name, &which.version);
        let version: Option<WireVersionFull> = self.ask_if_told(&request, &what).await?;
        Ok(version.map(WireVersionFull::chain))
    }

    /// Who published a version, by the ids of the crate and the version; none where nobody says.
    pub(crate) async fn provenance(
        &self,
        reference: &FeedReference,
        krate: &str,
        version: &str,
    ) -> Result<Option<Provenance>, Error> {
        let what = format!("read who published to `{reference}`");
        let request = endpoints::provenance(&self.place, reference, krate, version);
        let told: Option<WireProvenance> = self.ask_if_told(&request, &what).await?;
        Ok(told
            .and_then(WireProvenance::read)
            .map(|(provenance, _)| provenance))
    }

    /// Puts a version into a view.
    pub(crate) async fn promote(
        &self,
        reference: &FeedReference,
        which: &VersionReference,
        view: &str,
    ) -> Result<(), Error> {
        let request = endpoints::version_promote(&self.place, reference, which, view);
        self.act("promote", reference, which, &request).await
    }

    /// Moves a version to the recycle bin.
    pub(crate) async fn delete_version(
        &self,
        reference: &FeedReference,
        which: &VersionReference,
    ) -> Result<(), Error> {
        let request = endpoints::version_delete(&self.place, reference, which);
        self.act("delete", reference, which, &request).await
    }

    /// Brings a version back from the recycle bin.
    pub(crate) async fn recover_version(
        &self,
        reference: &FeedReference,
        which: &VersionReference,
    ) -> Result<(), Error> {
        let request = endpoints::version_recover(&self.place, reference, which);
        self.act("recover", reference, which, &request).await
    }

    /// Deletes a version of the recycle bin for ever.
    pub(crate) async fn purge_version(
        &self,
        reference: &FeedReference,
        which: &VersionReference,
    ) -> Result<(), Error> {
        let request = endpoints::version_purge(&self.place, reference, which);
        self.act("purge", reference, which, &request).await
    }

    async fn act(
        &self,
        verb: &str,
        reference: &FeedReference,
        which: &VersionReference,
        request: &Request,
    ) -> Result<(), Error> {
        let what = format!("{verb} `{} {}` in `{reference}`", which.name, which.version);
        self.send(request, &what).await.map(drop)
    }

    /// What a feed does with public versions of a name; none where one may not know.
    pub(crate) async fn upstreaming(
        &self,
        reference: &FeedReference,
        name: &str,
    ) -> Result<Option<Upstreaming>, Error> {
        let what = format!("read what `{reference}` does with other versions of `{name}`");
        let request = endpoints::upstreaming_show(&self.place, reference, name);
        let told: Option<WireUpstreaming> = self.ask_if_told(&request, &what).await?;
        Ok(told.map(|told| told.read()))
    }

    /// Says what a feed does with public versions of a name.
    pub(crate) async fn set_upstreaming(
        &self,
        reference: &FeedReference,
        name: &str,
        upstreaming: Upstreaming,
    ) -> Result<(), Error> {
        let what = format!("set what `{reference}` does with other versions of `{name}`");
        let request = endpoints::upstreaming_set(&self.place, reference, name, upstreaming);
        self.send(&request, &what).await.map(drop)
    }

    /// The recycle bin of a feed, each version with the id of the source it was saved from.
    pub(crate) async fn bin(
        &self,
        reference: &FeedReference,
    ) -> Result<Vec<(DeletedVersion, Option<String>)>, Error> {
        let what = format!("read the recycle bin of `{reference}`");
        let mut found = Vec::new();
        let mut skip = 0;
        // A page may be shorter than was asked for: only an empty one is the last.
        while skip < PAGE * MOST_PAGES {
            let request = endpoints::bin_page(&self.place, reference, skip);
            let list: List<WirePackage> = self.ask(&request, &what).await?;
            let given = list.value.len();
            skip += given;
            for (id, name) in list.value.into_iter().filter_map(WirePackage::in_bin) {
                let request = endpoints::bin_versions(&self.place, reference, &id);
                let versions: List<WireVersionFull> = self.ask(&request, &what).await?;
                found.extend(versions.value.into_iter().map(|version| version.deleted(&name)));
            }
            if given == 0 {
                break;
            }
        }
        Ok(found)
    }

    /// Deletes all of the recycle bin for ever, and waits until that is done.
    pub(crate) async fn empty_bin(&self, reference: &FeedReference) -> Result<(), Error> {
        let what = format!("empty the recycle bin of `{reference}`");
        let answer = self
            .send(&endpoints::bin_empty(&self.place, reference), &what)
            .await?;
        let Ok(operation) = parsed::<WireOperation>(&answer, &what) else {
            return Ok(());
        };
        self.wait_for(operation, &what).await
    }

    async fn wait_for(&self, mut operation: WireOperation, what: &str) -> Result<(), Error> {
        for _ in 0..OPERATION_LOOKS {
            let status = operation
                .status
                .as_deref()
                .unwrap_or_default()
                .to_ascii_lowercase();
            match (status.as_str(), &operation.url) {
                ("succeeded", _) | (_, None) => return Ok(()),
                ("failed" | "cancelled", _) => break,
                (_, Some(url)) => {
                    let Ok(url) = Url::parse(url) else { return Ok(()) };
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    let request = endpoints::operation(&self.place, url);
                    operation = self.ask(&request, what).await?;
                }
            }
        }
        Err(Error::NotYet {
            what: what.to_owned(),
        })
    }
}
