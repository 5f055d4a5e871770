//! Who published a version, and with what.
//!
//! **Invariant:** of what was saved from upstream nothing is told; whoever published it, it was not here.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::crates;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::publisher_of;

pub(super) async fn one(app: &Arc<App>, asked: &Asked) -> Result<Value, Refusal> {
    let (addressed, held) = crates::find(app, asked).await?;
    let held = held.seen_through(addressed.view.as_ref());
    let all = held.versions.iter().chain(crates::in_recycle_bin(&held));
    let version = crates::by_id(asked, &held, all)?.id.clone();
    let id = version.clone();
    let publisher = app
        .storage
        .read(move |connection| publisher_of(connection, &id))
        .await?;
    let mut value = json!({
        "feedId": addressed.feed.id,
        "packageId": held.id,
        "packageVersionId": version,
    });
    if let Some(publisher) = publisher {
        let known = [
            ("publisherUserIdentity", publisher.identity),
            ("userAgent", publisher.user_agent),
        ];
        let known = known
            .into_iter()
            .filter_map(|(key, text)| Some((key.to_owned(), json!(text?))));
        value["provenance"] = Value::Object(known.collect::<Map<_, _>>());
    }
    Ok(value)
}
