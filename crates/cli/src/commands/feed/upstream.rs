//! `granary feed upstream …`
//!
//! **Invariant**: prints what the engine answers, and no more.

use engine::feeds::{Feed, Upstream, UpstreamChange, UpstreamKind};
use engine::{Engine, Error};

use crate::arguments::UpstreamVerb;
use crate::output::{Output, table};

pub(super) fn place(verb: &UpstreamVerb) -> &str {
    match verb {
        UpstreamVerb::List(name)
        | UpstreamVerb::Add { name, .. }
        | UpstreamVerb::Remove { name, .. }
        | UpstreamVerb::Move { name, .. } => &name.feed,
    }
}

pub(super) async fn carry_out(engine: &Engine, verb: &UpstreamVerb, output: &Output) -> Result<(), Error> {
    let feed = place(verb);
    let id = async |source: &str| Ok::<_, Error>(engine.feed_upstream_named(feed, source).await?.id);
    let change = match verb {
        UpstreamVerb::List(_) => None,
        UpstreamVerb::Add { source, .. } if source.eq_ignore_ascii_case("crates.io") => {
            Some(UpstreamChange::AddCratesIo)
        }
        UpstreamVerb::Add { source, .. } => Some(UpstreamChange::AddFeed { feed: source.clone() }),
        UpstreamVerb::Remove { source, .. } => Some(UpstreamChange::Remove {
            id: id(source).await?,
        }),
        UpstreamVerb::Move { source, place, .. } => Some(UpstreamChange::Move {
            id: id(source).await?,
            before: place.saturating_sub(1),
        }),
    };
    let shown = match change {
        Some(change) => engine.feed_upstream_change(feed, &change).await?,
        None => engine.feed_show(feed).await?,
    };
    let here = here(&shown);
    output.answer(&here, |here| {
        table(
            ["SOURCE", "KIND", "STATE", "WHERE"],
            here.iter().map(|source| row(source)),
        )
    });
    Ok(())
}

fn here(feed: &Feed) -> Vec<&Upstream> {
    let here = feed.upstreams.iter().filter(|source| source.removed_at.is_none());
    here.collect()
}

fn row(source: &Upstream) -> [String; 4] {
    let kind = match source.kind {
        UpstreamKind::CratesIo => "crates.io",
        UpstreamKind::Feed => "feed",
        UpstreamKind::Other => "not for cargo",
    };
    [
        source.name.clone(),
        kind.to_owned(),
        source.trouble.clone().unwrap_or_else(|| "ok".to_owned()),
        source.location.clone().unwrap_or_default(),
    ]
}
