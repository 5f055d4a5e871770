//! Several versions at once: promote or delete what is held, give back or purge what is deleted.
//!
//! **Invariant:** all of a batch or nothing of it; how Azure treats one that half fails is written nowhere.

use std::sync::Arc;

use rusqlite::Transaction;
use serde_json::Value;

use super::cargo_versions::{Named, deleted_version, held_version};
use super::feed_input::text;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::{FeedRecord, ViewRecord};
use crate::{Role, access};

/// How many versions one batch may have.
const MOST: usize = 1000;

enum Operation {
    Promote(ViewRecord),
    Delete,
    Restore,
    Purge,
}

/// Does one operation to many versions; `in_recycle_bin` says to which.
pub(super) async fn work(
    app: &Arc<App>,
    asked: &Asked,
    body: &Value,
    in_recycle_bin: bool,
) -> Result<(), Refusal> {
    let (feed, role) = app.writable_feed_with_role(asked).await?;
    let operation = operation(&feed, body, in_recycle_bin)?;
    if !matches!(operation, Operation::Promote(_)) {
        access::needs(asked, role, Role::Administrator)?;
    }
    let named = versions(&feed, body)?;
    app.storage
        .write(move |transaction| {
            named
                .iter()
                .try_for_each(|named| operation.apply(transaction, named))
        })
        .await
}

impl Operation {
    fn apply(&self, transaction: &Transaction<'_>, named: &Named) -> Result<(), Refusal> {
        match self {
            Self::Promote(view) => view.promote(transaction, &held_version(transaction, named)?.1.id)?,
            Self::Delete => drop(held_version(transaction, named)?.1.delete(transaction)?),
            Self::Restore => deleted_version(transaction, named)?.1.restore(transaction)?,
            Self::Purge => deleted_version(transaction, named)?.1.purge(transaction)?,
        }
        Ok(())
    }
}

fn operation(feed: &FeedRecord, body: &Value, in_recycle_bin: bool) -> Result<Operation, Refusal> {
    let wanted = text(body, "operation")?.unwrap_or_default();
    let is = |name: &str, there: bool| wanted.eq_ignore_ascii_case(name) && there == in_recycle_bin;
    if is("promote", false) {
        let named = text(&body["data"], "viewId")?.unwrap_or_default();
        return Ok(Operation::Promote(super::cargo_versions::destination(
            feed, named,
        )?));
    }
    if is("delete", false) {
        return Ok(Operation::Delete);
    }
    if is("restoreToFeed", true) {
        return Ok(Operation::Restore);
    }
    if is("permanentDelete", true) {
        return Ok(Operation::Purge);
    }
    // What a batch of yanks carries is written nowhere; cargo's own protocol yanks.
    let shown: String = wanted.chars().take(40).collect();
    Err(Refusal::bad_request(format!("A batch here cannot '{shown}'.")))
}

fn versions(feed: &FeedRecord, body: &Value) -> Result<Vec<Named>, Refusal> {
    let Some(packages) = body["packages"].as_array().filter(|all| !all.is_empty()) else {
        return Err(Refusal::bad_request("A batch names `packages`."));
    };
    if packages.len() > MOST {
        return Err(Refusal::bad_request(format!(
            "A batch has at most {MOST} versions."
        )));
    }
    let named = |package: &Value| {
        let (name, version) = (text(package, "id")?, text(package, "version")?);
        match (name, version) {
            (Some(name), Some(version)) => Ok(Named::new(feed, name, version)),
            _ => Err(Refusal::bad_request(
                "A package of a batch has an `id` and a `version`.",
            )),
        }
    };
    packages.iter().map(named).collect()
}
