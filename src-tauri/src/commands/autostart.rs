//! Keeping the feeds on this computer served.
//!
//! **Invariant**: one call into the engine a command.

use engine::{AutostartPlan, Told};
use tauri::State;

use crate::state::Shell;

/// What it would take.
#[tauri::command]
#[specta::specta]
pub(crate) fn autostart_plan(shell: State<'_, Shell>) -> Result<AutostartPlan, Told> {
    shell.engine().autostart_plan().map_err(|error| error.told())
}

/// Keeps them served from sign-in on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn autostart_install(shell: State<'_, Shell>) -> Result<AutostartPlan, Told> {
    shell
        .engine()
        .autostart_install()
        .await
        .map_err(|error| error.told())
}

/// No longer keeps them served.
#[tauri::command]
#[specta::specta]
pub(crate) async fn autostart_remove(shell: State<'_, Shell>) -> Result<AutostartPlan, Told> {
    shell
        .engine()
        .autostart_remove()
        .await
        .map_err(|error| error.told())
}
