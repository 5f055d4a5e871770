//! Crates of a feed.
//!
//! **Invariant**: one call into the engine a command.

use engine::Told;
use engine::feeds::CrateSummary;
use tauri::State;

use crate::state::Shell;

/// The crates a feed holds.
#[tauri::command]
#[specta::specta]
pub(crate) async fn crate_list(shell: State<'_, Shell>, feed: String) -> Result<Vec<CrateSummary>, Told> {
    let engine = shell.with_account(&feed).await.map_err(|error| error.told())?;
    engine.crate_list(&feed).await.map_err(|error| error.told())
}
