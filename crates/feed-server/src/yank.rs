//! `cargo yank` and `cargo yank --undo`.
//!
//! **Invariant:** yanking hides a version from new resolutions only; its file stays and stays downloadable.

use axum::body::Body;
use axum::http::Response;
use serde_json::json;

use crate::dispatch::{App, Asked};
use crate::publish::json_answer;
use crate::refusal::Refusal;
use crate::storage::VersionRecord;

/// Sets or lifts the yank of a version the feed holds.
pub(crate) async fn answer(app: &App, asked: &Asked, yanked: bool) -> Result<Response<Body>, Refusal> {
    let feed = app.writable_feed(asked).await?;
    let (name, version) = (
        asked.captured.text("crate").to_owned(),
        asked.captured.text("version").to_owned(),
    );
    let (key, number) = (name.clone(), version.clone());
    let known = app
        .storage
        .write(move |transaction| {
            VersionRecord::set_yanked(transaction, &feed.id, &key, &number, yanked).map_err(Refusal::from)
        })
        .await?;
    if !known {
        return Err(Refusal::unknown_version(&name, &version));
    }
    Ok(json_answer(&json!({ "ok": true })))
}
