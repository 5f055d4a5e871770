//! Name watch: which of our own crates crates.io has too.
//!
//! **Invariant**: asks crates.io for names of ours and nothing else, at most once a day each.

use std::sync::Arc;

use rusqlite::{Rows, params};
use semver::Version;
use tokio::task::JoinSet;

use super::KeptFeed;
use super::source::OURS;
use super::{Catalog, Error};
use crate::feeds::{FeedClient, FeedReference, NameWatch, Upstreaming, folded};
use crate::moment::Moment;
use crate::registry::{IndexVersion, Registry};

/// How many names are asked for at the same time.
const AT_ONCE: usize = 8;

/// How many days an answer is good for.
const DAYS: i64 = 1;

/// A crate of ours, and the highest version crates.io has under its name.
#[derive(Debug, Clone)]
struct Watched {
    name: String,
    ours: String,
    theirs: Option<String>,
    at: Option<Moment>,
}

/// The crates of ours that crates.io has too, with what the feed does about each.
pub(crate) async fn name_watch(
    catalog: &Arc<Catalog>,
    client: &FeedClient,
    crates_io: &Registry,
    kept: &KeptFeed,
    feed: &FeedReference,
) -> Result<Vec<NameWatch>, crate::Error> {
    let of = kept.clone();
    let ours = catalog
        .off_thread(move |catalog| catalog.watched(&of, None))
        .await?;
    ask(catalog, crates_io, kept, ours).await?;
    let behind = kept.feed.includes_crates_io;
    let mut found = Vec::new();
    let of = kept.clone();
    for watched in catalog
        .off_thread(move |catalog| catalog.watched(&of, None))
        .await?
    {
        let Some(theirs) = watched.theirs else { continue };
        let upstreaming = match behind {
            true => client.upstreaming(feed, &watched.name).await?,
            false => None,
        };
        found.push(NameWatch {
            theirs_is_higher: is_higher(&theirs, &watched.ours),
            theirs_is_served: behind && upstreaming != Some(Upstreaming::Auto),
            name: watched.name,
            ours: watched.ours,
            theirs,
            upstreaming,
            behind,
        });
    }
    Ok(found)
}

fn is_higher(theirs: &str, ours: &str) -> bool {
    match (Version::parse(theirs), Version::parse(ours)) {
        (Ok(theirs), Ok(ours)) => theirs > ours,
        _ => false,
    }
}

/// Asks crates.io about those of some names that are ours.
pub(crate) async fn ask_crates_io(
    catalog: &Arc<Catalog>,
    crates_io: &Registry,
    kept: &KeptFeed,
    names: &[String],
) -> Result<(), crate::Error> {
    let (of, names) = (kept.clone(), names.to_vec());
    let ours = catalog
        .off_thread(move |catalog| catalog.watched(&of, Some(&names)))
        .await?;
    ask(catalog, crates_io, kept, ours).await
}

/// Asks crates.io about the names nobody asked about of late. When crates.io cannot be reached, what is known stands; when
/// nothing is known, that is an error.
async fn ask(
    catalog: &Arc<Catalog>,
    crates_io: &Registry,
    kept: &KeptFeed,
    watched: Vec<Watched>,
) -> Result<(), crate::Error> {
    let now = Moment::now();
    let is_old = |watched: &Watched| watched.at.is_none_or(|at| now.days_since(at) >= DAYS);
    let any_known = watched.iter().any(|watched| watched.at.is_some());
    let mut waiting = watched.into_iter().filter(is_old).map(|watched| watched.name);
    let mut asked = JoinSet::new();
    loop {
        while asked.len() < AT_ONCE
            && let Some(name) = waiting.next()
        {
            let crates_io = crates_io.clone();
            asked.spawn(async move {
                let versions = either_spelling(&crates_io, &name).await;
                (name, versions)
            });
        }
        let Some(ended) = asked.join_next().await else {
            return Ok(());
        };
        let Ok((name, versions)) = ended else { continue };
        let versions = match versions {
            Ok(versions) => versions,
            // Not a name crates.io could have.
            Err(crate::registry::Error::Name(_)) => Vec::new(),
            Err(_) if any_known => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let live = versions.iter().filter(|version| !version.yanked);
        let highest = live
            .filter_map(|version| Version::parse(&version.vers).ok())
            .max();
        let (of, theirs) = (kept.clone(), highest.map(|version| version.to_string()));
        let put = move |catalog: &Catalog| catalog.put_watched(&of, &name, theirs.as_deref(), now);
        catalog.off_thread(put).await?;
    }
}

/// What crates.io has under a name. `-` and `_` are the same to it, but its index has a file for the one it was born with.
async fn either_spelling(
    crates_io: &Registry,
    name: &str,
) -> Result<Vec<IndexVersion>, crate::registry::Error> {
    for spelling in [name.to_owned(), name.replace('_', "-"), name.replace('-', "_")] {
        if let Some(versions) = crates_io.versions(&spelling).await? {
            return Ok(versions);
        }
    }
    Ok(Vec::new())
}

impl Catalog {
    /// The crates of which the feed holds a version published to it: all, or those of some names.
    fn watched(&self, kept: &KeptFeed, names: Option<&[String]>) -> Result<Vec<Watched>, Error> {
        const OWN: &str =
            "SELECT c.name, v.version, c.theirs, c.watched_at FROM crates c JOIN versions v ON v.crate = c.id
                           WHERE c.feed = ?1 AND c.origins & 1 > 0 AND v.origin = ?2";
        self.read(|connection| {
            let mut found = Vec::new();
            let Some(names) = names else {
                let all = format!("{OWN} ORDER BY c.folded");
                keep_highest(
                    connection.prepare_cached(&all)?.query([kept.id, OURS])?,
                    &mut found,
                )?;
                return Ok(found);
            };
            let mut of_name = connection.prepare_cached(&format!("{OWN} AND c.folded = ?3"))?;
            for name in names {
                keep_highest(of_name.query(params![kept.id, OURS, folded(name)])?, &mut found)?;
            }
            Ok(found)
        })
    }

    fn put_watched(
        &self,
        kept: &KeptFeed,
        name: &str,
        theirs: Option<&str>,
        now: Moment,
    ) -> Result<(), Error> {
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "UPDATE crates SET theirs = ?3, watched_at = ?4 WHERE feed = ?1 AND name = ?2",
                )?
                .execute(params![kept.id, name, theirs, now.0])?;
            Ok(())
        })
    }
}

/// Of rows in order of names, one for each version, those with the highest version of each name.
fn keep_highest(mut rows: Rows<'_>, found: &mut Vec<Watched>) -> rusqlite::Result<()> {
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let ours: String = row.get(1)?;
        match found.last_mut() {
            Some(last) if last.name == name => {
                if is_higher(&ours, &last.ours) {
                    last.ours = ours;
                }
            }
            _ => found.push(Watched {
                name,
                ours,
                theirs: row.get(2)?,
                at: row.get::<_, Option<i64>>(3)?.map(Moment),
            }),
        }
    }
    Ok(())
}
