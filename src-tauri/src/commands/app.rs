//! What this app is.
//!
//! **Invariant**: one call into the engine a command.

use engine::{About, Told};
use tauri::State;

use crate::state::Shell;

/// What this app is and where it stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn app_about(shell: State<'_, Shell>) -> Result<About, Told> {
    Ok(shell.engine().about(shell.start_folder()).await)
}
