//! The system's own dialogs, each with a title and a folder to begin in.
//!
//! **Invariant**: the page is granted no dialog of its own; every one is opened from here.

use std::path::PathBuf;

use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

/// Lets the user choose a project's folder.
pub(crate) async fn choose_folder(app: &AppHandle, begin_in: Option<PathBuf>) -> Option<PathBuf> {
    let (chosen, choice) = oneshot::channel();
    dialog(app, "Open a project", begin_in).pick_folder(move |path| drop(chosen.send(path)));
    into_path(choice).await
}

/// Lets the user choose where a file goes.
pub(crate) async fn save_file(
    app: &AppHandle,
    title: &str,
    begin_in: Option<PathBuf>,
    name: &str,
) -> Option<PathBuf> {
    let (chosen, choice) = oneshot::channel();
    dialog(app, title, begin_in)
        .set_file_name(name)
        .save_file(move |path| drop(chosen.send(path)));
    into_path(choice).await
}

fn dialog(app: &AppHandle, title: &str, begin_in: Option<PathBuf>) -> FileDialogBuilder<tauri::Wry> {
    let dialog = app.dialog().file().set_title(title);
    match begin_in {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    }
}

async fn into_path(choice: oneshot::Receiver<Option<FilePath>>) -> Option<PathBuf> {
    choice.await.ok()??.into_path().ok()
}
