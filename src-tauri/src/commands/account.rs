//! Accounts.
//!
//! **Invariant**: one call into the engine a command.

use engine::{Account, Told};
use tauri::State;

use crate::state::Shell;

/// The accounts the user chose to use.
#[tauri::command]
#[specta::specta]
pub(crate) fn account_list(shell: State<'_, Shell>) -> Result<Vec<Account>, Told> {
    shell.engine().accounts_in_use().map_err(|error| error.told())
}

/// Starts or joins the feeds on this computer, and remembers the choice.
#[tauri::command]
#[specta::specta]
pub(crate) async fn account_use_local(shell: State<'_, Shell>) -> Result<Account, Told> {
    let engine = shell.with_feeds().await.map_err(|error| error.told())?;
    engine.use_local().map_err(|error| error.told())
}
