//! Projects.
//!
//! **Invariant**: one call into the engine a command.

use std::collections::BTreeSet;
use std::path::PathBuf;

use engine::checks::CheckReport;
use engine::project::{Probe, Project};
use engine::{ProjectEntry, Told};
use tauri::{AppHandle, State};

use crate::dialogs;
use crate::state::Shell;

/// The system's folder dialog; none when the user closes it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_choose(app: AppHandle, shell: State<'_, Shell>) -> Result<Option<PathBuf>, Told> {
    Ok(dialogs::choose_folder(&app, shell.engine().start_of_choosing()).await)
}

/// What a dragged path is, from names alone.
#[tauri::command]
#[specta::specta]
pub(crate) fn project_probe(shell: State<'_, Shell>, path: PathBuf) -> Result<Probe, Told> {
    Ok(shell.engine().project_probe(&path))
}

/// Reads the project of a folder, a file in it, or a member, and remembers it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_open(shell: State<'_, Shell>, path: PathBuf) -> Result<Project, Told> {
    shell
        .engine()
        .project_open(&path)
        .await
        .map_err(|error| error.told())
}

/// Trusts what a project's own config has cargo do, by the marks of what was shown.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_trust(
    shell: State<'_, Shell>,
    folder: PathBuf,
    marks: BTreeSet<String>,
) -> Result<Project, Told> {
    let trusted = shell.engine().project_trust(&folder, marks).await;
    trusted.map_err(|error| error.told())
}

/// Looks for all that is known to keep a project from building; asks no network where it shall not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_check(
    shell: State<'_, Shell>,
    folder: PathBuf,
    is_offline: bool,
) -> Result<CheckReport, Told> {
    shell
        .engine()
        .check(&folder, is_offline)
        .await
        .map_err(|error| error.told())
}

/// Opens a terminal in a project's folder.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_open_terminal(shell: State<'_, Shell>, folder: PathBuf) -> Result<(), Told> {
    let opened = shell.engine().project_open_terminal(&folder).await;
    opened.map_err(|error| error.told())
}

/// The projects that were opened.
#[tauri::command]
#[specta::specta]
pub(crate) fn project_list(shell: State<'_, Shell>) -> Result<Vec<ProjectEntry>, Told> {
    Ok(shell.engine().project_list())
}
