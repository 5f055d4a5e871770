//! Runs.
//!
//! **Invariant**: one call into the engine a command; what is told meanwhile goes over the run's own channel.

use std::path::PathBuf;

use engine::Told;
use engine::checks::Diagnosis;
use engine::restore::{RestoreRequest, RunEvent};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use crate::state::Shell;
use crate::{dialogs, events};

/// Starts a restore; what happens comes on the channel, the answer is the run's id.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_start(
    shell: State<'_, Shell>,
    request: RestoreRequest,
    events: Channel<RunEvent>,
) -> Result<String, Told> {
    let engine = shell
        .with_project(&request.folder)
        .await
        .map_err(|error| error.told())?;
    let run = engine.restore(&request).await.map_err(|error| error.told())?;
    Ok(events::hand_on(run, events))
}

/// Why a run failed: what cargo said, held against all that is known to go wrong, and what is so here now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_diagnose(
    shell: State<'_, Shell>,
    folder: PathBuf,
    id: String,
) -> Result<Diagnosis, Told> {
    shell
        .engine()
        .run_diagnose(&folder, &id)
        .await
        .map_err(|error| error.told())
}

/// Cancels a run; one that is over already is none.
#[tauri::command]
#[specta::specta]
pub(crate) fn run_cancel(shell: State<'_, Shell>, id: String) -> Result<(), Told> {
    shell.engine().run_cancel(&id);
    Ok(())
}

/// Saves a run's whole log where the user wants it; none when the dialog is closed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_save_log(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: String,
) -> Result<Option<PathBuf>, Told> {
    let Some(to) = dialogs::save_file(&app, shell.engine().start_of_choosing(), "restore.log").await else {
        return Ok(None);
    };
    shell
        .engine()
        .run_save_log(&id, &to)
        .map_err(|error| error.told())?;
    Ok(Some(to))
}

/// Saves the picture of a run's timeline where the user wants it; none when the dialog is closed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_save_timeline(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: String,
    svg: String,
) -> Result<Option<PathBuf>, Told> {
    let name = format!("restore-{id}.svg");
    let Some(to) = dialogs::save_file(&app, shell.engine().start_of_choosing(), &name).await else {
        return Ok(None);
    };
    let saved = shell.engine().run_save_timeline(&svg, &to);
    saved.map(|()| Some(to)).map_err(|error| error.told())
}
