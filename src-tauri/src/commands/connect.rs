//! Connecting a project to feeds.
//!
//! **Invariant**: one call into the engine a command.

use engine::edit::{Applied, Plan};
use engine::{ConnectRequest, Told};
use tauri::State;

use crate::state::Shell;

/// What connecting would change.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connect_plan(shell: State<'_, Shell>, request: ConnectRequest) -> Result<Plan, Told> {
    let engine = shell
        .with_account(request.place())
        .await
        .map_err(|error| error.told())?;
    engine.connect_plan(&request).await.map_err(|error| error.told())
}

/// Applies a plan, if it is still the one that was previewed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connect_apply(
    shell: State<'_, Shell>,
    request: ConnectRequest,
    fingerprint: String,
) -> Result<Applied, Told> {
    let engine = shell
        .with_account(request.place())
        .await
        .map_err(|error| error.told())?;
    engine
        .connect_apply(&request, &fingerprint)
        .await
        .map_err(|error| error.told())
}
