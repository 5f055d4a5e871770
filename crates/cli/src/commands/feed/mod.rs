//! `granary feed …`
//!
//! **Invariant**: prints what the engine answers, and no more.

mod people;
mod upstream;

use engine::feeds::{
    Feed, FeedAddress, FeedAddressKind, FeedAddresses, FeedChange, FeedDraft, FeedOutcome, FeedReference,
    PairDraft, PairOutcome, Role,
};
use engine::{Engine, Error};

use super::Ending;
use crate::arguments::{FeedCreate, FeedUpdate, FeedVerb};
use crate::local_feed;
use crate::output::{Output, table};

pub(super) async fn carry_out(engine: &Engine, verb: &FeedVerb, output: &Output) -> Result<Ending, Error> {
    let Some(place) = place(verb) else {
        return list(engine, verb, output).await;
    };
    let _served = local_feed::joined_for(engine, place, "granary feed").await?;
    match verb {
        FeedVerb::List { .. } => {}
        FeedVerb::Show(name) => output.answer(&engine.feed_show(&name.feed).await?, in_words),
        FeedVerb::Create(new) => return create(engine, new, output).await,
        FeedVerb::Update(update) => {
            let change = change(update);
            output.answer(&engine.feed_update(&update.name.feed, &change).await?, in_words);
        }
        FeedVerb::Delete(name) => delete(engine, &name.feed, output).await?,
        FeedVerb::Recover(name) => output.answer(&engine.feed_recover(&name.feed).await?, in_words),
        FeedVerb::Purge(name) => {
            engine.feed_purge(&name.feed).await?;
            done(output, "deleted for ever", &name.feed);
        }
        FeedVerb::Address(name) => output.answer(&engine.feed_addresses(&name.feed).await?, addresses),
        FeedVerb::Upstream(verb) => upstream::carry_out(engine, verb, output).await?,
        FeedVerb::View(verb) => people::views(engine, verb, output).await?,
        FeedVerb::Permission(verb) => people::permissions(engine, verb, output).await?,
        FeedVerb::Retention(verb) => people::retention(engine, verb, output).await?,
    }
    Ok(Ending::Done)
}

/// The feed, or where one shall be; none where it is about accounts.
fn place(verb: &FeedVerb) -> Option<&str> {
    Some(match verb {
        FeedVerb::List { .. } => return None,
        FeedVerb::Create(new) => &new.place,
        FeedVerb::Update(update) => &update.name.feed,
        FeedVerb::Show(name)
        | FeedVerb::Delete(name)
        | FeedVerb::Recover(name)
        | FeedVerb::Purge(name)
        | FeedVerb::Address(name) => &name.feed,
        FeedVerb::Upstream(verb) => upstream::place(verb),
        FeedVerb::View(verb) => people::place_of_views(verb),
        FeedVerb::Permission(verb) => people::place_of_permissions(verb),
        FeedVerb::Retention(verb) => people::place_of_retention(verb),
    })
}

/// What was done, where there is nothing else to answer.
pub(super) fn done(output: &Output, what: &str, to: &str) {
    output.answer(&serde_json::json!({ "done": what, "feed": to }), |_| {
        format!("{what}  {to}")
    });
}

async fn list(engine: &Engine, verb: &FeedVerb, output: &Output) -> Result<Ending, Error> {
    let FeedVerb::List { account, deleted } = verb else {
        return Ok(Ending::Done);
    };
    let (mut feeds, mut ending) = (Vec::new(), Ending::Done);
    let accounts = match account {
        Some(account) => vec![account.clone()],
        None => engine.accounts()?.into_iter().map(|account| account.id).collect(),
    };
    for id in accounts {
        match of_account(engine, &id, *deleted).await {
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
                role(feed.role).to_owned(),
                fed_by(feed),
                feed.description.clone().unwrap_or_default(),
            ]
        };
        table(["FEED", "ROLE", "FED BY", "DESCRIPTION"], feeds.iter().map(row))
    });
    Ok(ending)
}

async fn of_account(engine: &Engine, id: &str, deleted: bool) -> Result<Vec<Feed>, Error> {
    let _served = local_feed::joined_for(engine, id, "granary feed list").await?;
    match deleted {
        true => engine.feed_deleted_list(id).await,
        false => engine.feed_list(id).await,
    }
}

async fn create(engine: &Engine, create: &FeedCreate, output: &Output) -> Result<Ending, Error> {
    if let Some(names) = &create.pair {
        let outcome = engine.feed_create_pair(&pair(create, names)).await?;
        output.answer(&outcome, |outcome| {
            format!("{}\n{}", told(&outcome.upstream), told(&outcome.internal))
        });
        return Ok(ending(&outcome));
    }
    let reference: FeedReference = create.place.parse().map_err(engine::feeds::Error::from)?;
    let is_crates_io = |source: &&String| source.eq_ignore_ascii_case("crates.io");
    let draft = FeedDraft {
        account: reference.account,
        project: reference.project,
        name: reference.feed,
        description: create.description.clone(),
        include_crates_io: create.upstream.iter().any(|source| is_crates_io(&source)),
        upstream_feeds: create
            .upstream
            .iter()
            .filter(|source| !is_crates_io(source))
            .cloned()
            .collect(),
        visibility: create.visible_to.map(Into::into),
        build_service: create.build_service,
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
        visibility: create.visible_to.map(Into::into),
        build_service: create.build_service,
    }
}

fn change(update: &FeedUpdate) -> FeedChange {
    let changes = &update.changes;
    FeedChange {
        name: changes.name.clone(),
        description: changes.description.clone(),
        hides_deleted: changes.hide_deleted,
        badges: changes.badges,
        default_view: None,
        upstreams_enabled: changes.upstreams,
    }
}

async fn delete(engine: &Engine, feed: &str, output: &Output) -> Result<(), Error> {
    let users = engine.feed_used_by(feed).await?;
    engine.feed_delete(feed).await?;
    if !users.is_empty() {
        output.notice(&format!(
            "These projects are connected to it: {}.",
            users.join(", ")
        ));
    }
    done(output, "moved to the recycle bin", feed);
    Ok(())
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

/// A role in Azure's words.
pub(super) fn role(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::Reader) => "Feed Reader",
        Some(Role::Collaborator) => "Feed and Upstream Reader (Collaborator)",
        Some(Role::Contributor) => "Feed Publisher (Contributor)",
        Some(Role::Owner) => "Feed Owner",
        None => "",
    }
}

fn fed_by(feed: &Feed) -> String {
    let here = feed
        .upstreams
        .iter()
        .filter(|upstream| upstream.removed_at.is_none());
    here.map(|upstream| upstream.name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn in_words(feed: &Feed) -> String {
    let mut lines = vec![feed.reference.clone()];
    lines.extend(feed.description.clone());
    lines.push(format!("index   {}", feed.index_url));
    let fed_by = Some(fed_by(feed)).filter(|names| !names.is_empty());
    let off = if feed.upstreams_enabled {
        ""
    } else {
        " (switched off)"
    };
    lines.extend(fed_by.map(|names| format!("fed by  {names}{off}")));
    lines.extend(feed.role.map(|own| format!("role    {}", role(Some(own)))));
    lines.extend(feed.is_public.then(|| "public  anybody may read it".to_owned()));
    lines.extend(feed.deleted_at.as_ref().map(|at| format!("deleted {at}")));
    lines.join("\n")
}

fn addresses(addresses: &FeedAddresses) -> String {
    let line = |address: &FeedAddress| {
        let what = match (address.kind, &address.view) {
            (FeedAddressKind::Index, None) => "index".to_owned(),
            (FeedAddressKind::Index, Some(view)) => format!("@{view}"),
            (FeedAddressKind::SignedInIndex, _) => "signed in".to_owned(),
            (FeedAddressKind::Page, _) => "page".to_owned(),
        };
        [what, address.url.clone()]
    };
    let mut text = table(["FOR", "ADDRESS"], addresses.addresses.iter().map(line));
    text.push_str(&format!(
        "\n\nregistry name: {}\n\n.cargo/config.toml:\n\n{}",
        addresses.registry_name, addresses.cargo_config
    ));
    if let Some(pipeline) = &addresses.pipeline {
        text.push_str(&format!("\nIn a pipeline:\n\n{pipeline}"));
    }
    text
}
