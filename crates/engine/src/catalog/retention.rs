//! What a policy of retention would remove, worked out beforehand.
//!
//! **Invariant**: a version goes only when it is beyond both limits: more than so many newer ones of its crate, and not
//! downloaded for so many days. Promoted ones stay. The job itself is the feed's.

use std::collections::HashMap;
use std::sync::Arc;

use semver::Version;
use tokio::task::JoinSet;

use super::KeptFeed;
use super::{Catalog, Error, Locks, RetentionPreview};
use crate::feeds::{Downloads, FeedClient, FeedReference, Retention, VersionReference};
use crate::moment::Moment;

/// How many crates are asked about at the same time.
const AT_ONCE: usize = 4;

/// A version as the policy looks at it.
#[derive(Debug, Clone)]
struct Aged {
    krate: String,
    crate_guid: Option<String>,
    guid: String,
    version: String,
    published: Option<Moment>,
    is_promoted: bool,
}

/// What a policy would remove, were it to work now.
pub(crate) async fn preview(
    catalog: &Arc<Catalog>,
    client: &FeedClient,
    kept: &KeptFeed,
    feed: &FeedReference,
    locks: &Locks,
    retention: Retention,
) -> Result<RetentionPreview, crate::Error> {
    let mut surplus = Vec::new();
    let of = kept.clone();
    for versions in catalog.off_thread(move |catalog| catalog.aged(&of)).await? {
        surplus.extend(beyond_count(versions, retention.count_limit));
    }
    let (downloaded, knows_downloads) = last_downloads(client, feed, &surplus).await?;
    let removed = unused(surplus, &downloaded, retention.days, Moment::now());
    Ok(RetentionPreview {
        retention,
        used: locks.used(&removed),
        removed,
        knows_downloads,
    })
}

/// Those that nobody downloaded, and nobody published, for so many days.
fn unused(
    versions: Vec<Aged>,
    downloaded: &HashMap<String, Moment>,
    days: u32,
    now: Moment,
) -> Vec<VersionReference> {
    let is_old = |aged: &Aged| {
        let last = downloaded.get(&aged.guid).copied().max(aged.published);
        last.is_none_or(|last| now.days_since(last) >= i64::from(days))
    };
    let old = versions.into_iter().filter(is_old);
    old.map(|aged| VersionReference {
        name: aged.krate,
        version: aged.version,
    })
    .collect()
}

/// The versions of a crate that are more than it may have, promoted ones left out.
fn beyond_count(mut versions: Vec<Aged>, limit: u32) -> Vec<Aged> {
    versions
        .sort_by_cached_key(|aged| std::cmp::Reverse((aged.published, Version::parse(&aged.version).ok())));
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    versions
        .into_iter()
        .skip(limit)
        .filter(|aged| !aged.is_promoted)
        .collect()
}

/// When versions were last downloaded, by their ids, and whether one may know.
async fn last_downloads(
    client: &FeedClient,
    feed: &FeedReference,
    versions: &[Aged],
) -> Result<(HashMap<String, Moment>, bool), crate::Error> {
    let mut by_crate = HashMap::<String, Vec<String>>::new();
    for aged in versions {
        if let Some(guid) = &aged.crate_guid {
            by_crate.entry(guid.clone()).or_default().push(aged.guid.clone());
        }
    }
    let crates = by_crate.keys().cloned().collect::<Vec<_>>();
    let Some(ever) = client.crate_downloads(feed, &crates).await? else {
        return Ok((HashMap::new(), false));
    };
    // A crate nobody ever downloaded has no version anybody did.
    let mut waiting = by_crate.into_iter().filter(|(krate, _)| ever.contains_key(krate));
    let (mut asked, mut found) = (JoinSet::new(), HashMap::new());
    loop {
        while asked.len() < AT_ONCE
            && let Some((krate, versions)) = waiting.next()
        {
            let (client, feed) = (client.clone(), feed.clone());
            asked.spawn(async move { client.version_downloads(&feed, &krate, &versions).await });
        }
        match asked.join_next().await {
            Some(Ok(answer)) => {
                let Some(downloads) = answer? else {
                    return Ok((HashMap::new(), false));
                };
                let last = |(guid, downloads): (String, Downloads)| Some((guid, downloads.last?));
                found.extend(downloads.into_iter().filter_map(last));
            }
            Some(Err(lost)) => std::panic::resume_unwind(lost.into_panic()),
            None => return Ok((found, true)),
        }
    }
}

impl Catalog {
    /// All versions of crates of a feed, crate by crate.
    fn aged(&self, kept: &KeptFeed) -> Result<Vec<Vec<Aged>>, Error> {
        let rows = self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT c.name, c.guid, v.guid, v.version, v.published, v.views <> ''
                 FROM crates c JOIN versions v ON v.crate = c.id WHERE c.feed = ?1 AND c.version_count > 1
                 ORDER BY c.folded",
            )?;
            let rows = statement.query_map([kept.id], |row| {
                Ok(Aged {
                    krate: row.get(0)?,
                    crate_guid: row.get(1)?,
                    guid: row.get(2)?,
                    version: row.get(3)?,
                    published: row.get::<_, Option<i64>>(4)?.map(Moment),
                    is_promoted: row.get(5)?,
                })
            })?;
            rows.collect::<Result<Vec<_>, _>>()
        })?;
        let by_crate = rows.chunk_by(|one, other| one.krate == other.krate);
        Ok(by_crate.map(<[Aged]>::to_vec).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aged(version: &str, published: i64, is_promoted: bool) -> Aged {
        Aged {
            krate: "demo".to_owned(),
            crate_guid: None,
            guid: version.to_owned(),
            version: version.to_owned(),
            published: Some(Moment(published)),
            is_promoted,
        }
    }

    #[test]
    fn the_oldest_beyond_the_limit_go_but_not_what_was_promoted() {
        let versions = vec![
            aged("1.0.0", 1, false),
            aged("1.1.0", 2, true),
            aged("1.2.0", 3, false),
            aged("2.0.0", 4, false),
        ];
        let gone = |limit| {
            let gone = beyond_count(versions.clone(), limit).into_iter();
            gone.map(|aged| aged.version).collect::<Vec<_>>()
        };
        assert_eq!(gone(4), Vec::<String>::new());
        assert_eq!(gone(2), ["1.0.0"]);
        assert_eq!(gone(1), ["1.2.0", "1.0.0"]);
    }

    #[test]
    fn what_somebody_downloaded_of_late_stays() {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        let versions = vec![
            aged("1.0.0", 0, false),
            aged("1.1.0", 0, false),
            aged("1.2.0", 95 * DAY, false),
        ];
        let downloaded = HashMap::from([("1.1.0".to_owned(), Moment(90 * DAY))]);
        let gone = |days| {
            let gone = unused(versions.clone(), &downloaded, days, Moment(100 * DAY)).into_iter();
            gone.map(|which| which.version).collect::<Vec<_>>()
        };
        assert_eq!(gone(101), Vec::<String>::new());
        assert_eq!(gone(11), ["1.0.0"]);
        assert_eq!(gone(10), ["1.0.0", "1.1.0"]);
        assert_eq!(gone(5), ["1.0.0", "1.1.0", "1.2.0"]);
    }
}
