//! Whether a crate's name may get versions from public upstreams although the feed has versions of its own.
//!
//! **Invariant:** what is saved stays, whatever is said here; only what upstream merely has is shown or hidden.

use std::sync::Arc;

use serde_json::{Value, json};

use super::feed_input::{one_of, text};
use crate::crate_name;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::{FeedRecord, allow_external, allows_external};

/// The field, and its two values: hide what public upstreams have of our names, or show it.
const FIELD: &str = "versionsFromExternalUpstreams";
const AUTO: &str = "auto";
const ALLOW: &str = "allowExternalVersions";

pub(super) async fn one(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let feed = app.feed(asked).await?.feed.id;
    let name = crate_name(asked)?;
    let allowed = app
        .storage
        .read(move |connection| allows_external(connection, &feed, &name))
        .await?;
    Ok(json!({ FIELD: if allowed { ALLOW } else { AUTO } }))
}

pub(super) async fn set(app: &Arc<App>, asked: &Asked, body: &Value) -> Result<(), Refusal> {
    let feed = app.writable_feed(asked).await?;
    let name = crate_name(asked)?;
    let Some(wanted) = text(body, FIELD)? else {
        return Err(Refusal::bad_request(format!(
            "The body names no `{FIELD}`; it is one of {AUTO}, {ALLOW}."
        )));
    };
    let allowed = one_of(FIELD, &[AUTO, ALLOW], wanted)? == ALLOW;
    app.storage
        .write(move |transaction| {
            if FeedRecord::is_deleted(transaction, &feed.id)? {
                return Err(Refusal::unknown_feed(&feed.name));
            }
            Ok(allow_external(transaction, &feed.id, &name, allowed)?)
        })
        .await
}

/// The crate a path names; the feed need not have it.
fn crate_name(asked: &Asked) -> Result<String, Refusal> {
    let name = asked.captured.text("crate");
    crate_name::check(name)
        .map_err(|failure| Refusal::bad_request(format!("No crate is meant: {failure}.")))?;
    Ok(name.to_owned())
}
