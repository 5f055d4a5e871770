//! `granary feed …`
//!
//! **Invariant**: prints what the engine answers, and no more.

use engine::feeds::{Feed, FeedDraft, FeedOutcome, FeedReference, PairDraft, PairOutcome};
use engine::{Engine, Error};

use super::Ending;
use crate::arguments::FeedCreate;
use crate::local_feed;
use crate::output::{Output, table};

pub(super) async fn list(engine: &Engine, account: Option<&str>, output: &Output) -> Result<Ending, Error> {
    let (mut feeds, mut ending) = (Vec::new(), Ending::Done);
    let accounts = match account {
        Some(account) => vec![account.to_owned()],
        None => engine.accounts()?.into_iter().map(|account| account.id).collect(),
    };
    for id in accounts {
        match of_account(engine, &id).await {
            Ok(found) => feeds.extend(found),
            Err(error) if account.is_some() => return Err(error),
            // One account that is signed out does not hide the others.
            Err(error) => {
                output.error(&error.told());
                ending = Ending::Failed;
            }
        }
    }
    output.answer(&feeds, |feeds| {
        let row = |feed: &Feed| {
            [
                feed.reference.clone(),
                fed_by(feed),
                feed.description.clone().unwrap_or_default(),
            ]
        };
        table(["FEED", "FED BY", "DESCRIPTION"], feeds.iter().map(row))
    });
    Ok(ending)
}

async fn of_account(engine: &Engine, id: &str) -> Result<Vec<Feed>, Error> {
    let _served = local_feed::joined_for(engine, id, "granary feed list").await?;
    engine.feed_list(id).await
}

pub(super) async fn show(engine: &Engine, feed: &str, output: &Output) -> Result<Ending, Error> {
    let _served = local_feed::joined_for(engine, feed, "granary feed show").await?;
    output.answer(&engine.feed_show(feed).await?, in_words);
    Ok(Ending::Done)
}

pub(super) async fn create(engine: &Engine, create: &FeedCreate, output: &Output) -> Result<Ending, Error> {
    let _served = local_feed::joined_for(engine, &create.place, "granary feed create").await?;
    if let Some(names) = &create.pair {
        let outcome = engine.feed_create_pair(&pair(create, names)).await?;
        output.answer(&outcome, |outcome| {
            format!("{}\n{}", told(&outcome.upstream), told(&outcome.internal))
        });
        return Ok(ending(&outcome));
    }
    let reference: FeedReference = create.place.parse().map_err(engine::feeds::Error::from)?;
    let draft = FeedDraft {
        account: reference.account,
        project: reference.project,
        name: reference.feed,
        description: create.description.clone(),
        include_crates_io: !create.upstream.is_empty(),
    };
    output.answer(&engine.feed_create(&draft).await?, in_words);
    Ok(Ending::Done)
}

fn pair(create: &FeedCreate, names: &[String]) -> PairDraft {
    let (account, project) = match create.place.split_once('/') {
        Some((account, project)) => (account, Some(project.to_owned())),
        None => (create.place.as_str(), None),
    };
    let name = |at: usize, otherwise: &str| names.get(at).cloned().unwrap_or_else(|| otherwise.to_owned());
    PairDraft {
        account: account.to_owned(),
        project,
        upstream: name(0, "upstream"),
        internal: name(1, "internal"),
        description: create.description.clone(),
    }
}

fn ending(outcome: &PairOutcome) -> Ending {
    let is_created = |outcome: &FeedOutcome| matches!(outcome, FeedOutcome::Created { .. });
    if is_created(&outcome.upstream) && is_created(&outcome.internal) {
        Ending::Done
    } else {
        Ending::Failed
    }
}

fn told(outcome: &FeedOutcome) -> String {
    match outcome {
        FeedOutcome::Created { feed } => format!("created  {}", feed.reference),
        FeedOutcome::Refused { name, error } => format!("refused  {name}: {}", error.message),
    }
}

fn fed_by(feed: &Feed) -> String {
    feed.upstreams
        .iter()
        .map(|upstream| upstream.name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn in_words(feed: &Feed) -> String {
    let mut lines = vec![feed.reference.clone()];
    lines.extend(feed.description.clone());
    lines.push(format!("index   {}", feed.index_url));
    lines.extend(
        Some(fed_by(feed))
            .filter(|names| !names.is_empty())
            .map(|names| format!("fed by  {names}")),
    );
    lines.join("\n")
}
