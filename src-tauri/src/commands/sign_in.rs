//! Signing in: begun, tried out, then kept as the user chooses.
//!
//! **Invariant**: a token or a passphrase travels in, never out; one call into the engine a command.

use credentials::Secret;
use engine::accounts::{SignInBegun, SignInChoice, SignInRequest, SignInStep, SignInWays};
use engine::{Account, Told};
use tauri::State;
use tauri::ipc::Channel;

use crate::events;
use crate::state::Shell;

/// Which ways of signing in this build and these settings offer.
#[tauri::command]
#[specta::specta]
pub(crate) fn sign_in_ways(shell: State<'_, Shell>) -> Result<SignInWays, Told> {
    Ok(shell.engine().sign_in_ways())
}

/// Who the Azure CLI is signed in as; it takes its time.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in_azure_cli_user(shell: State<'_, Shell>) -> Result<Option<String>, Told> {
    shell
        .engine()
        .azure_cli_user()
        .await
        .map_err(|error| error.told())
}

/// Signs in and tries the sign-in out; none when it was cancelled. What one has to see comes on the channel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in_begin(
    shell: State<'_, Shell>,
    attempt: String,
    request: SignInRequest,
    steps: Channel<SignInStep>,
) -> Result<Option<SignInBegun>, Told> {
    let sign_in = shell.engine().sign_in_begin(request, events::steps(steps));
    let ended = shell.attempts().wait(&attempt, sign_in).await;
    ended.transpose().map_err(|error| error.told())
}

/// Cancels a sign-in; one that is over already is none.
#[tauri::command]
#[specta::specta]
pub(crate) fn sign_in_cancel(shell: State<'_, Shell>, attempt: String) -> Result<(), Told> {
    shell.attempts().cancel(&attempt);
    Ok(())
}

/// Keeps a sign-in that was begun. Where it cannot be kept that way, it waits for another choice.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in_finish(
    shell: State<'_, Shell>,
    id: String,
    choice: SignInChoice,
) -> Result<Vec<Account>, Told> {
    shell
        .engine()
        .sign_in_finish(&id, choice)
        .await
        .map_err(|error| error.told())
}

/// Forgets a sign-in that was begun and shall not be kept.
#[tauri::command]
#[specta::specta]
pub(crate) fn sign_in_forget(shell: State<'_, Shell>, id: String) -> Result<(), Told> {
    shell.engine().sign_in_forget(&id);
    Ok(())
}

/// Says the passphrase that keeps the tokens there are.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in_unlock(shell: State<'_, Shell>, passphrase: String) -> Result<(), Told> {
    let passphrase = Secret::new(passphrase);
    shell
        .engine()
        .unlock(passphrase)
        .await
        .map_err(|error| error.told())
}
