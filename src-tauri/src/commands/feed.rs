//! Feeds.
//!
//! **Invariant**: one call into the engine a command.

use engine::Told;
use engine::feeds::{Feed, FeedDraft, PairDraft, PairOutcome};
use tauri::State;

use crate::state::Shell;

/// The feeds of an account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_list(shell: State<'_, Shell>, account: String) -> Result<Vec<Feed>, Told> {
    let engine = shell.with_account(&account).await.map_err(|error| error.told())?;
    engine.feed_list(&account).await.map_err(|error| error.told())
}

/// Creates a feed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_create(shell: State<'_, Shell>, draft: FeedDraft) -> Result<Feed, Told> {
    let engine = shell
        .with_account(&draft.account)
        .await
        .map_err(|error| error.told())?;
    engine.feed_create(&draft).await.map_err(|error| error.told())
}

/// Creates the recommended two, each done or refused by itself.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_create_pair(shell: State<'_, Shell>, draft: PairDraft) -> Result<PairOutcome, Told> {
    let engine = shell
        .with_account(&draft.account)
        .await
        .map_err(|error| error.told())?;
    engine
        .feed_create_pair(&draft)
        .await
        .map_err(|error| error.told())
}
