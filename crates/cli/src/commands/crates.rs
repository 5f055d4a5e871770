//! `granary crate …`
//!
//! **Invariant**: prints what the engine answers, and no more.

use engine::catalog::{CrateQuery, CrateRow};
use engine::feeds::{
    BatchOutcome, CrateChange, CrateVersion, DeletedVersion, NameWatch, Origin, VersionDetails,
    VersionReference,
};
use engine::{Engine, Error};
use serde::Serialize;

use super::Ending;
use super::feed::done;
use crate::arguments::{CrateList, CrateVerb, Versions};
use crate::local_feed;
use crate::output::{Output, table};

/// How many rows are read at once.
const STRETCH: u32 = 1000;

/// A crate with its versions.
#[derive(Serialize)]
struct WithVersions {
    name: String,
    versions: Vec<CrateVersion>,
}

pub(super) async fn carry_out(engine: &Engine, verb: &CrateVerb, output: &Output) -> Result<Ending, Error> {
    let _served = local_feed::joined_for(engine, place(verb), "granary crate").await?;
    match verb {
        CrateVerb::List(asked) => list(engine, asked, output).await?,
        CrateVerb::Show { feed, name } => show(engine, feed, name, output).await?,
        CrateVerb::Versions { feed, name } => {
            let details = engine.crate_show(feed, name).await?;
            output.answer(&details.versions, |versions| version_table(versions));
        }
        CrateVerb::Deleted { feed, empty: true } => {
            engine.deleted_crate_empty(feed).await?;
            done(output, "emptied", feed);
        }
        CrateVerb::Deleted { feed, empty: false } => {
            let deleted = engine.deleted_crate_list(feed).await?;
            output.answer(&deleted, |deleted| bin_table(deleted));
        }
        CrateVerb::Watch { feed } => {
            engine.feed_refresh(feed, |_| ()).await?;
            output.answer(&engine.name_watch(feed).await?, |watched| watch_table(watched));
        }
        CrateVerb::Upstreaming {
            feed,
            name,
            behaviour,
        } => {
            engine.upstreaming_set(feed, name, (*behaviour).into()).await?;
            output.notice("Azure takes up to 3 hours until it is so everywhere.");
            done(output, "set", feed);
        }
        CrateVerb::Yank(versions) => return change(engine, CrateChange::Yank, versions, output).await,
        CrateVerb::Unyank(versions) => return change(engine, CrateChange::Unyank, versions, output).await,
        CrateVerb::Recover(versions) => return change(engine, CrateChange::Recover, versions, output).await,
        CrateVerb::Purge(versions) => return change(engine, CrateChange::Purge, versions, output).await,
        CrateVerb::Promote { versions, view } => {
            let promote = CrateChange::Promote { view: view.clone() };
            return change(engine, promote, versions, output).await;
        }
        CrateVerb::Delete {
            versions,
            even_if_used,
        } => {
            if !even_if_used {
                engine
                    .require_unused(&versions.feed, &references(versions)?)
                    .await?;
            }
            return change(engine, CrateChange::Delete, versions, output).await;
        }
    }
    Ok(Ending::Done)
}

fn place(verb: &CrateVerb) -> &str {
    match verb {
        CrateVerb::List(asked) => &asked.feed,
        CrateVerb::Show { feed, .. }
        | CrateVerb::Versions { feed, .. }
        | CrateVerb::Deleted { feed, .. }
        | CrateVerb::Watch { feed }
        | CrateVerb::Upstreaming { feed, .. } => feed,
        CrateVerb::Yank(versions)
        | CrateVerb::Unyank(versions)
        | CrateVerb::Recover(versions)
        | CrateVerb::Purge(versions)
        | CrateVerb::Promote { versions, .. }
        | CrateVerb::Delete { versions, .. } => &versions.feed,
    }
}

async fn list(engine: &Engine, asked: &CrateList, output: &Output) -> Result<(), Error> {
    if !asked.offline {
        engine.feed_refresh(&asked.feed, |_| ()).await?;
    }
    let query = CrateQuery {
        text: asked.query.clone().unwrap_or_default(),
        origin: asked.origin.map(Into::into).unwrap_or_default(),
        only_yanked: asked.yanked,
        sort: asked.sort.into(),
        ..CrateQuery::default()
    };
    let mut rows: Vec<CrateRow> = Vec::new();
    loop {
        let offset = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let page = engine
            .crate_page(&asked.feed, query.clone(), offset, STRETCH)
            .await?;
        let is_last = page.rows.is_empty();
        rows.extend(page.rows);
        if is_last {
            break;
        }
    }
    if asked.all_versions {
        let mut all = Vec::new();
        for row in rows {
            let versions = engine.version_list(&asked.feed, &row.name).await?;
            all.push(WithVersions {
                name: row.name,
                versions,
            });
        }
        output.answer(&all, |all| all_table(all));
        return Ok(());
    }
    output.answer(&rows, |rows| {
        table(
            ["CRATE", "LATEST", "ORIGIN", "VERSIONS", "PUBLISHED"],
            rows.iter().map(list_row),
        )
    });
    Ok(())
}

fn list_row(row: &CrateRow) -> [String; 5] {
    [
        row.name.clone(),
        row.latest.clone(),
        origin(&row.origin),
        row.version_count.to_string(),
        date(row.published_at.as_deref()),
    ]
}

fn all_table(all: &[WithVersions]) -> String {
    let rows = all.iter().flat_map(|found| {
        found.versions.iter().map(|version| {
            [
                found.name.clone(),
                version.version.clone(),
                origin(&version.origin),
                date(version.published_at.as_deref()),
            ]
        })
    });
    table(["CRATE", "VERSION", "ORIGIN", "PUBLISHED"], rows)
}

async fn show(engine: &Engine, feed: &str, name: &str, output: &Output) -> Result<(), Error> {
    if name.contains('@') {
        let version = name.parse().map_err(engine::feeds::Error::from)?;
        let details = engine.version_show(feed, &version).await?;
        output.answer(&details, |details| in_words(name, details));
        return Ok(());
    }
    let details = engine.crate_show(feed, name).await?;
    output.answer(&details, |details| {
        let mut lines = vec![format!("{} {}", details.row.name, details.row.latest)];
        lines.extend(details.row.description.clone());
        if details.row.on_both_sides == Some(true) {
            lines.push("also on crates.io".to_owned());
        }
        lines.push(String::new());
        lines.push(version_table(&details.versions));
        lines.extend(
            details
                .gaps
                .iter()
                .map(|gap| format!("not known: {}", gap.message)),
        );
        lines.join("\n")
    });
    Ok(())
}

fn in_words(name: &str, details: &VersionDetails) -> String {
    let fact = |label: &str, value: Option<String>| value.map(|value| format!("{label:<12}{value}"));
    let chain = details.source_chain.join(" <- ");
    let mut lines = vec![name.to_owned()];
    lines.extend(details.description.clone());
    lines.extend(
        [
            fact("origin", Some(origin(&details.version.origin))),
            fact("came by", Some(chain).filter(|chain| !chain.is_empty())),
            fact("licence", details.licence.clone()),
            fact("Rust", details.rust_version.clone()),
            fact("size", details.version.size.map(|size| format!("{size} bytes"))),
            fact("checksum", details.checksum.clone()),
            fact("use it", Some(details.dependency_line.clone())),
        ]
        .into_iter()
        .flatten(),
    );
    lines.extend(
        details
            .dependencies
            .iter()
            .map(|on| format!("needs       {} {}", on.name, on.requirement)),
    );
    lines.extend(
        details
            .gaps
            .iter()
            .map(|gap| format!("not known: {}", gap.message)),
    );
    lines.join("\n")
}

fn references(versions: &Versions) -> Result<Vec<VersionReference>, Error> {
    let parsed = versions.versions.iter().map(|text| text.parse());
    let parsed = parsed.collect::<Result<Vec<_>, _>>();
    Ok(parsed.map_err(engine::feeds::Error::from)?)
}

async fn change(
    engine: &Engine,
    change: CrateChange,
    versions: &Versions,
    output: &Output,
) -> Result<Ending, Error> {
    let wanted = references(versions)?;
    let outcome = engine.crate_change(&versions.feed, &change, wanted).await?;
    output.answer(&outcome, outcome_in_words);
    Ok(if outcome.refused.is_empty() {
        Ending::Done
    } else {
        Ending::Failed
    })
}

fn outcome_in_words(outcome: &BatchOutcome) -> String {
    let done = outcome
        .done
        .iter()
        .map(|one| format!("done     {}@{}", one.name, one.version));
    let refused = outcome.refused.iter().map(|one| {
        let hint = one
            .error
            .hints
            .first()
            .map(|hint| format!(" {hint}"))
            .unwrap_or_default();
        format!(
            "refused  {}@{}: {}.{hint}",
            one.name, one.version, one.error.message
        )
    });
    done.chain(refused).collect::<Vec<_>>().join("\n")
}

fn version_table(versions: &[CrateVersion]) -> String {
    let row = |version: &CrateVersion| {
        [
            version.version.clone(),
            origin(&version.origin),
            match version.yanked {
                Some(true) => "yanked".to_owned(),
                Some(false) => String::new(),
                None => "not known".to_owned(),
            },
            version.views.join(", "),
            date(version.published_at.as_deref()),
            version.used_by.join(", "),
        ]
    };
    table(
        ["VERSION", "ORIGIN", "YANKED", "VIEWS", "PUBLISHED", "USED BY"],
        versions.iter().map(row),
    )
}

fn bin_table(deleted: &[DeletedVersion]) -> String {
    let row = |version: &DeletedVersion| {
        [
            version.name.clone(),
            version.version.clone(),
            origin(&version.origin),
            date(version.deleted_at.as_deref()),
            date(version.purged_at.as_deref()),
            version.used_by.join(", "),
        ]
    };
    table(
        [
            "CRATE",
            "VERSION",
            "ORIGIN",
            "DELETED",
            "GONE FOR GOOD",
            "USED BY",
        ],
        deleted.iter().map(row),
    )
}

fn watch_table(watched: &[NameWatch]) -> String {
    let row = |watched: &NameWatch| {
        [
            watched.name.clone(),
            watched.ours.clone(),
            watched.theirs.clone(),
            match (watched.behind, watched.theirs_is_served) {
                (_, true) => "ours and theirs",
                (true, false) => "ours; theirs is hidden",
                (false, false) => "ours; crates.io is not behind this feed",
            }
            .to_owned(),
        ]
    };
    table(
        ["CRATE", "OURS", "CRATES.IO", "THE FEED SERVES"],
        watched.iter().map(row),
    )
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Ours => "ours".to_owned(),
        Origin::CratesIo { saved: true } => "crates.io".to_owned(),
        Origin::OtherFeed { feed, saved: true } => feed.clone(),
        Origin::CratesIo { saved: false } | Origin::OtherFeed { saved: false, .. } => {
            "not saved yet".to_owned()
        }
    }
}

fn date(moment: Option<&str>) -> String {
    let moment = moment.unwrap_or_default();
    moment.get(..10).unwrap_or(moment).to_owned()
}
