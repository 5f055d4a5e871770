//! `granary crate …`
//!
//! **Invariant**: prints what the engine answers, and no more.

use engine::feeds::{CrateSummary, Origin};
use engine::{Engine, Error};

use super::Ending;
use crate::local_feed;
use crate::output::{Output, table};

pub(super) async fn list(
    engine: &Engine,
    feed: &str,
    query: Option<&str>,
    output: &Output,
) -> Result<Ending, Error> {
    let _served = local_feed::joined_for(engine, feed, "granary crate list").await?;
    let mut crates = engine.crate_list(feed).await?;
    crates.retain(|found| query.is_none_or(|query| found.name.contains(query)));
    output.answer(&crates, |crates| {
        let row = |found: &CrateSummary| {
            let published = found.published_at.as_deref().unwrap_or_default();
            let date = published.get(..10).unwrap_or(published);
            [
                found.name.clone(),
                found.latest.clone(),
                origin(found),
                found.version_count.to_string(),
                date.to_owned(),
            ]
        };
        table(
            ["CRATE", "LATEST", "ORIGIN", "VERSIONS", "PUBLISHED"],
            crates.iter().map(row),
        )
    });
    Ok(Ending::Done)
}

fn origin(found: &CrateSummary) -> String {
    match &found.origin {
        Origin::Ours => "ours".to_owned(),
        Origin::CratesIo { saved: true } => "crates.io".to_owned(),
        Origin::OtherFeed { feed, saved: true } => feed.clone(),
        Origin::CratesIo { saved: false } | Origin::OtherFeed { saved: false, .. } => {
            "not saved yet".to_owned()
        }
    }
}
