//! Who may do what in a feed, its views, and what it keeps.
//!
//! **Invariant**: one call into the engine a command.

use engine::Told;
use engine::catalog::RetentionPreview;
use engine::feeds::{Identity, Permission, Retention, Role, View, ViewChange, ViewDraft};
use tauri::State;

use crate::state::Shell;

/// The views of a feed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn view_list(shell: State<'_, Shell>, feed: String) -> Result<Vec<View>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.view_list(&feed).await.map_err(|error| error.told())
}

/// Creates a view.
#[tauri::command]
#[specta::specta]
pub(crate) async fn view_create(
    shell: State<'_, Shell>,
    feed: String,
    draft: ViewDraft,
) -> Result<Vec<View>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .view_create(&feed, &draft)
        .await
        .map_err(|error| error.told())
}

/// Changes a view.
#[tauri::command]
#[specta::specta]
pub(crate) async fn view_update(
    shell: State<'_, Shell>,
    feed: String,
    id: String,
    change: ViewChange,
) -> Result<Vec<View>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .view_update(&feed, &id, &change)
        .await
        .map_err(|error| error.told())
}

/// Deletes a view.
#[tauri::command]
#[specta::specta]
pub(crate) async fn view_delete(
    shell: State<'_, Shell>,
    feed: String,
    id: String,
) -> Result<Vec<View>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.view_delete(&feed, &id).await.map_err(|error| error.told())
}

/// Who may do what in a feed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn permission_list(shell: State<'_, Shell>, feed: String) -> Result<Vec<Permission>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.permission_list(&feed).await.map_err(|error| error.told())
}

/// Gives somebody a role, and waits until it took.
#[tauri::command]
#[specta::specta]
pub(crate) async fn permission_set(
    shell: State<'_, Shell>,
    feed: String,
    identity: Identity,
    role: Role,
) -> Result<Vec<Permission>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .permission_set(&feed, &identity, role)
        .await
        .map_err(|error| error.told())
}

/// Takes somebody's role away, and waits until it took.
#[tauri::command]
#[specta::specta]
pub(crate) async fn permission_remove(
    shell: State<'_, Shell>,
    feed: String,
    identity: Identity,
) -> Result<Vec<Permission>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .permission_remove(&feed, &identity)
        .await
        .map_err(|error| error.told())
}

/// People, groups and build services whose name begins so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn identity_search(
    shell: State<'_, Shell>,
    account: String,
    text: String,
) -> Result<Vec<Identity>, Told> {
    let engine = shell.with_account(&account).await.map_err(|error| error.told())?;
    engine
        .identity_search(&account, &text)
        .await
        .map_err(|error| error.told())
}

/// What a feed keeps; none when it keeps everything.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retention_show(shell: State<'_, Shell>, feed: String) -> Result<Option<Retention>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.retention_show(&feed).await.map_err(|error| error.told())
}

/// Sets what a feed keeps; none keeps everything.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retention_set(
    shell: State<'_, Shell>,
    feed: String,
    retention: Option<Retention>,
) -> Result<Option<Retention>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .retention_set(&feed, retention)
        .await
        .map_err(|error| error.told())
}

/// What a policy would remove, were it to work now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retention_preview(
    shell: State<'_, Shell>,
    feed: String,
    retention: Retention,
) -> Result<RetentionPreview, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .retention_preview(&feed, retention)
        .await
        .map_err(|error| error.told())
}
