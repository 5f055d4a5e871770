//! Accounts.
//!
//! **Invariant**: one call into the engine a command.

use engine::accounts::{AzureProject, NamedPlace, SignedOut};
use engine::edit::Applied;
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
    engine.use_local().await.map_err(|error| error.told())
}

/// Puts an account before others at the same place, so that cargo is given its token.
#[tauri::command]
#[specta::specta]
pub(crate) async fn account_prefer(shell: State<'_, Shell>, id: String) -> Result<Vec<Account>, Told> {
    shell
        .engine()
        .account_prefer(&id)
        .await
        .map_err(|error| error.told())
}

/// Forgets an account and what was kept for it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn account_sign_out(shell: State<'_, Shell>, id: String) -> Result<SignedOut, Told> {
    shell.engine().sign_out(&id).await.map_err(|error| error.told())
}

/// Takes Granary's provider out of the user's cargo config, as it was previewed.
#[tauri::command]
#[specta::specta]
pub(crate) fn provider_remove(shell: State<'_, Shell>, fingerprint: String) -> Result<Applied, Told> {
    shell
        .engine()
        .provider_remove(&fingerprint)
        .map_err(|error| error.told())
}

/// Understands what somebody typed or pasted to say where.
#[tauri::command]
#[specta::specta]
pub(crate) fn place_named(shell: State<'_, Shell>, text: String) -> Result<NamedPlace, Told> {
    shell.engine().place_named(&text).map_err(|error| error.told())
}

/// The Azure projects of an account, in which feeds can lie.
#[tauri::command]
#[specta::specta]
pub(crate) async fn azure_project_list(
    shell: State<'_, Shell>,
    account: String,
) -> Result<Vec<AzureProject>, Told> {
    let engine = shell.with_account(&account).await.map_err(|error| error.told())?;
    engine
        .azure_project_list(&account)
        .await
        .map_err(|error| error.told())
}
