//! Keeping the feeds on this computer served.
//!
//! **Invariant**: one call into the engine a command.

use engine::{ServicePlan, Told};
use tauri::State;

use crate::state::Shell;

/// What it would take.
#[tauri::command]
#[specta::specta]
pub(crate) fn service_plan(shell: State<'_, Shell>) -> Result<ServicePlan, Told> {
    shell.engine().service_plan().map_err(|error| error.told())
}

/// Keeps them served from sign-in on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn service_install(shell: State<'_, Shell>) -> Result<ServicePlan, Told> {
    shell
        .engine()
        .service_install()
        .await
        .map_err(|error| error.told())
}

/// No longer keeps them served.
#[tauri::command]
#[specta::specta]
pub(crate) async fn service_remove(shell: State<'_, Shell>) -> Result<ServicePlan, Told> {
    shell
        .engine()
        .service_remove()
        .await
        .map_err(|error| error.told())
}
