//! What this app is.
//!
//! **Invariant**: one call into the engine a command.

use engine::{About, Told};
use tauri::{AppHandle, State};

use crate::state::Shell;

/// What this app is and where it stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn app_about(shell: State<'_, Shell>) -> Result<About, Told> {
    Ok(shell.engine().about(shell.start_folder()).await)
}

/// The page heard `quit-asked`, and asks.
#[tauri::command]
#[specta::specta]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the page is answered in one way by all commands"
)]
pub(crate) fn app_quit_heard(shell: State<'_, Shell>) -> Result<(), Told> {
    shell.quit_question().heard();
    Ok(())
}

/// Ends the app, and every run with it: the answer to `quit-asked`.
#[tauri::command]
#[specta::specta]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the page is answered in one way by all commands"
)]
pub(crate) fn app_quit(app: AppHandle) -> Result<(), Told> {
    app.exit(0);
    Ok(())
}
