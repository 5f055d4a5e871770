//! Where a version came from, as the tables have it.
//!
//! **Invariant**: origin belongs to a version; a crate's is that of its latest.

use std::collections::HashMap;

use crate::feeds::{Feed, Origin, UpstreamKind};

/// Published to the feed.
pub(super) const OURS: i64 = 0;
/// Saved from crates.io.
pub(super) const CRATES_IO: i64 = 1;
/// Saved from another feed, whose name stands beside it.
pub(super) const OTHER_FEED: i64 = 2;
/// The bit of a crate that a known project needs and nobody saved.
pub(super) const NOT_SAVED: i64 = 1 << 3;

/// The bit of an origin in a crate's set.
pub(super) fn bit(origin: i64) -> i64 {
    1 << origin
}

/// What a row says of its origin.
pub(super) fn origin(code: i64, source: Option<String>, saved: bool) -> Origin {
    match code {
        OURS => Origin::Ours,
        CRATES_IO => Origin::CratesIo { saved },
        _ => Origin::OtherFeed {
            feed: source.unwrap_or_default(),
            saved,
        },
    }
}

/// What the ids of a feed's upstream sources stand for, those that were removed too.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    known: HashMap<String, (i64, Option<String>)>,
    /// Where a version that nobody saved would come from.
    first: Option<(i64, Option<String>)>,
}

impl Sources {
    pub(crate) fn of(feed: &Feed) -> Self {
        let code = |kind: UpstreamKind, name: &str| match kind {
            UpstreamKind::CratesIo => (CRATES_IO, None),
            UpstreamKind::Feed | UpstreamKind::Other => (OTHER_FEED, Some(feed_name(name))),
        };
        let known = feed
            .upstreams
            .iter()
            .map(|upstream| (upstream.id.clone(), code(upstream.kind, &upstream.name)));
        let asked = |upstream: &&crate::feeds::Upstream| {
            upstream.removed_at.is_none() && upstream.kind != UpstreamKind::Other
        };
        let first = feed.upstreams.iter().find(asked);
        Self {
            known: known.collect(),
            first: first
                .filter(|_| feed.upstreams_enabled)
                .map(|upstream| code(upstream.kind, &upstream.name)),
        }
    }

    /// The origin of a version that was saved from `source`, or published here.
    pub(super) fn of_version(&self, source: Option<&str>) -> (i64, Option<String>) {
        match source {
            None => (OURS, None),
            Some(id) => self
                .known
                .get(id)
                .cloned()
                .unwrap_or_else(|| (OTHER_FEED, Some("a removed upstream".to_owned()))),
        }
    }

    /// The same, in the product's words.
    pub(crate) fn origin(&self, source: Option<&str>) -> Origin {
        let (code, source) = self.of_version(source);
        origin(code, source, true)
    }

    /// Where a version that the index has, and nobody saved, would come from; none where nothing feeds the feed.
    pub(super) fn unsaved(&self) -> Option<(i64, Option<String>)> {
        self.first.clone()
    }
}

/// `shared@Local` is the feed `shared` to people.
fn feed_name(upstream: &str) -> String {
    let (name, _) = upstream.rsplit_once('@').unwrap_or((upstream, ""));
    if name.is_empty() { upstream } else { name }.to_owned()
}
