//! Feeds.
//!
//! **Invariant**: one call into the engine a command.

use engine::Told;
use engine::catalog::{KeptFeeds, RefreshEvent, Refreshed};
use engine::feeds::{Feed, FeedAddresses, FeedChange, FeedDraft, PairDraft, PairOutcome, UpstreamChange};
use tauri::State;
use tauri::ipc::Channel;

use crate::events;
use crate::state::Shell;

/// The feeds of an account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_list(shell: State<'_, Shell>, account: String) -> Result<Vec<Feed>, Told> {
    let engine = shell.with_account(&account).await.map_err(|error| error.told())?;
    engine.feed_list(&account).await.map_err(|error| error.told())
}

/// The feeds of an account as they were last seen, without asking anybody.
#[tauri::command]
#[specta::specta]
pub(crate) fn feed_kept(shell: State<'_, Shell>, account: String) -> Result<KeptFeeds, Told> {
    shell.engine().feed_kept(&account).map_err(|error| error.told())
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

/// One feed, as it is now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_show(shell: State<'_, Shell>, feed: String) -> Result<Feed, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.feed_show(&feed).await.map_err(|error| error.told())
}

/// Changes what a feed is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_update(
    shell: State<'_, Shell>,
    feed: String,
    change: FeedChange,
) -> Result<Feed, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .feed_update(&feed, &change)
        .await
        .map_err(|error| error.told())
}

/// Changes where a feed gets what it lacks.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_upstream_change(
    shell: State<'_, Shell>,
    feed: String,
    change: UpstreamChange,
) -> Result<Feed, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .feed_upstream_change(&feed, &change)
        .await
        .map_err(|error| error.told())
}

/// Moves a feed to the recycle bin.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_delete(shell: State<'_, Shell>, feed: String) -> Result<(), Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.feed_delete(&feed).await.map_err(|error| error.told())
}

/// The feeds in the recycle bin.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_deleted_list(shell: State<'_, Shell>, account: String) -> Result<Vec<Feed>, Told> {
    let engine = shell.with_account(&account).await.map_err(|error| error.told())?;
    engine
        .feed_deleted_list(&account)
        .await
        .map_err(|error| error.told())
}

/// Brings a feed back from the recycle bin.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_recover(shell: State<'_, Shell>, feed: String) -> Result<Feed, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.feed_recover(&feed).await.map_err(|error| error.told())
}

/// Deletes a feed of the recycle bin for ever.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_purge(shell: State<'_, Shell>, feed: String) -> Result<(), Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.feed_purge(&feed).await.map_err(|error| error.told())
}

/// Every address of a feed that a person needs.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_addresses(shell: State<'_, Shell>, feed: String) -> Result<FeedAddresses, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.feed_addresses(&feed).await.map_err(|error| error.told())
}

/// Which known projects are connected to a feed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_used_by(shell: State<'_, Shell>, feed: String) -> Result<Vec<String>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.feed_used_by(&feed).await.map_err(|error| error.told())
}

/// Brings what is kept of a feed up to date; rows can be read while it goes on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed_refresh(
    shell: State<'_, Shell>,
    feed: String,
    events: Channel<RefreshEvent>,
) -> Result<Refreshed, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .feed_refresh(&feed, events::refresh(events))
        .await
        .map_err(|error| error.told())
}
