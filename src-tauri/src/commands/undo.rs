//! Taking back what was done to a project's files.
//!
//! **Invariant**: one call into the engine a command.

use std::path::PathBuf;

use engine::edit::Applied;
use engine::{Told, UndoPlan};
use tauri::State;

use crate::state::Shell;

/// What taking back the last change of a project would do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_plan(shell: State<'_, Shell>, folder: PathBuf) -> Result<UndoPlan, Told> {
    shell.engine().undo_plan(&folder).map_err(|error| error.told())
}

/// Takes the last change of a project back, if the plan for that is still the one that was previewed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_apply(
    shell: State<'_, Shell>,
    folder: PathBuf,
    fingerprint: String,
) -> Result<Applied, Told> {
    shell
        .engine()
        .undo(&folder, &fingerprint)
        .map_err(|error| error.told())
}
