//! Crates of a feed, and their versions.
//!
//! **Invariant**: one call into the engine a command.

use engine::Told;
use engine::catalog::{CrateDetails, CratePage, CrateQuery, CrateRow, UsedBy};
use engine::feeds::{
    BatchOutcome, CrateChange, DeletedVersion, NameWatch, Upstreaming, VersionDetails, VersionReference,
};
use tauri::State;

use crate::state::Shell;

/// A stretch of a feed's crates, from what is kept here.
#[tauri::command]
#[specta::specta]
pub(crate) async fn crate_page(
    shell: State<'_, Shell>,
    feed: String,
    query: CrateQuery,
    offset: u32,
    limit: u32,
) -> Result<CratePage, Told> {
    let engine = shell.engine();
    engine
        .crate_page(&feed, query, offset, limit)
        .await
        .map_err(|error| error.told())
}

/// Asks the index about crates that are on screen; answers the rows that are different now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn crate_look_up(
    shell: State<'_, Shell>,
    feed: String,
    names: Vec<String>,
) -> Result<Vec<CrateRow>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .crate_look_up(&feed, &names)
        .await
        .map_err(|error| error.told())
}

/// A crate, opened.
#[tauri::command]
#[specta::specta]
pub(crate) async fn crate_show(
    shell: State<'_, Shell>,
    feed: String,
    name: String,
) -> Result<CrateDetails, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .crate_show(&feed, &name)
        .await
        .map_err(|error| error.told())
}

/// A version, opened.
#[tauri::command]
#[specta::specta]
pub(crate) async fn version_show(
    shell: State<'_, Shell>,
    feed: String,
    version: VersionReference,
) -> Result<VersionDetails, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .version_show(&feed, &version)
        .await
        .map_err(|error| error.told())
}

/// Yanks, promotes, deletes or brings back versions; each by itself.
#[tauri::command]
#[specta::specta]
pub(crate) async fn crate_change(
    shell: State<'_, Shell>,
    feed: String,
    change: CrateChange,
    versions: Vec<VersionReference>,
) -> Result<BatchOutcome, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .crate_change(&feed, &change, versions)
        .await
        .map_err(|error| error.told())
}

/// Which known projects lock these versions.
#[tauri::command]
#[specta::specta]
pub(crate) async fn crate_used_by(
    shell: State<'_, Shell>,
    feed: String,
    versions: Vec<VersionReference>,
) -> Result<Vec<UsedBy>, Told> {
    let engine = shell.engine();
    engine
        .crate_used_by(&feed, versions)
        .await
        .map_err(|error| error.told())
}

/// The recycle bin of a feed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn deleted_crate_list(
    shell: State<'_, Shell>,
    feed: String,
) -> Result<Vec<DeletedVersion>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .deleted_crate_list(&feed)
        .await
        .map_err(|error| error.told())
}

/// Deletes all of a feed's recycle bin for ever.
#[tauri::command]
#[specta::specta]
pub(crate) async fn deleted_crate_empty(shell: State<'_, Shell>, feed: String) -> Result<(), Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .deleted_crate_empty(&feed)
        .await
        .map_err(|error| error.told())
}

/// Crates of ours whose name crates.io has too.
#[tauri::command]
#[specta::specta]
pub(crate) async fn name_watch(shell: State<'_, Shell>, feed: String) -> Result<Vec<NameWatch>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.name_watch(&feed).await.map_err(|error| error.told())
}

/// Says what a feed does with a public version of a name of ours.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upstreaming_set(
    shell: State<'_, Shell>,
    feed: String,
    name: String,
    upstreaming: Upstreaming,
) -> Result<(), Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine
        .upstreaming_set(&feed, &name, upstreaming)
        .await
        .map_err(|error| error.told())
}
