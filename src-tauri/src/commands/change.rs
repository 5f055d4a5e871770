//! Changing a project's files: previewed, then applied.
//!
//! **Invariant**: one call into the engine a command.

use engine::edit::{Applied, Plan};
use engine::{ChangeRequest, Told};
use tauri::State;

use crate::state::Shell;

/// What a change to a project's files would write.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_plan(shell: State<'_, Shell>, request: ChangeRequest) -> Result<Plan, Told> {
    let engine = shell.with_change(&request).await.map_err(|error| error.told())?;
    engine.change_plan(&request).await.map_err(|error| error.told())
}

/// Applies such a plan, if it is still the one that was previewed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_apply(
    shell: State<'_, Shell>,
    request: ChangeRequest,
    fingerprint: String,
) -> Result<Applied, Told> {
    let engine = shell.with_change(&request).await.map_err(|error| error.told())?;
    engine
        .change_apply(&request, &fingerprint)
        .await
        .map_err(|error| error.told())
}
