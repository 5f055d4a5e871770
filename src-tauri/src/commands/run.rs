//! Runs.
//!
//! **Invariant**: one call into the engine a command; what is told meanwhile goes over the run's own channel.

use std::path::PathBuf;

use engine::Told;
use engine::checks::Diagnosis;
use engine::restore::{KeptRun, LogFilter, LogHit, LogLine, RestoreRequest, RunEntry, RunEvent};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use crate::state::Shell;
use crate::{dialogs, events};

/// Starts a run; what happens comes on the channel, the answer is the run's id.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_start(
    app: AppHandle,
    shell: State<'_, Shell>,
    request: RestoreRequest,
    events: Channel<RunEvent>,
) -> Result<String, Told> {
    let engine = shell
        .with_project(&request.folder)
        .await
        .map_err(|error| error.told())?;
    let run = engine.run_start(&request).await.map_err(|error| error.told())?;
    let name = request.folder.file_name().unwrap_or_default();
    let name = name.to_string_lossy().into_owned();
    Ok(events::hand_on(&app, run, name, events))
}

/// The runs that are kept, the newest first: all of them or a folder's, and those that a text is found in.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_list(
    shell: State<'_, Shell>,
    folder: Option<PathBuf>,
    query: String,
) -> Result<Vec<RunEntry>, Told> {
    let listed = shell.engine().run_list(folder.as_deref(), &query).await;
    listed.map_err(|error| error.told())
}

/// A run that is kept, whole but for its log.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_show(shell: State<'_, Shell>, id: String) -> Result<KeptRun, Told> {
    shell.engine().run_show(&id).await.map_err(|error| error.told())
}

/// Lines of a run's log, from a row on: at most 500.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_lines(
    shell: State<'_, Shell>,
    id: String,
    filter: LogFilter,
    from: u32,
    count: u32,
) -> Result<Vec<LogLine>, Told> {
    let lines = shell.engine().run_lines(&id, filter, from, count).await;
    lines.map_err(|error| error.told())
}

/// Looks for a text in a run's log, whatever its capitals.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_find(
    shell: State<'_, Shell>,
    id: String,
    filter: LogFilter,
    query: String,
    hit: u32,
) -> Result<LogHit, Told> {
    let found = shell.engine().run_find(&id, filter, &query, hit).await;
    found.map_err(|error| error.told())
}

/// The row of a run's log that tells of a crate.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_row_of(
    shell: State<'_, Shell>,
    id: String,
    name: String,
    version: String,
) -> Result<Option<u32>, Told> {
    let row = shell.engine().run_row_of(&id, &name, &version).await;
    row.map_err(|error| error.told())
}

/// The row, of all lines, of the next error after a row, from the start again at the end.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_error_after(
    shell: State<'_, Shell>,
    id: String,
    row: Option<u32>,
) -> Result<Option<u32>, Told> {
    let row = shell.engine().run_error_after(&id, row).await;
    row.map_err(|error| error.told())
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
    let begin_in = shell.engine().start_of_choosing();
    let Some(to) = dialogs::save_file(&app, "Save the log", begin_in, "restore.log").await else {
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
    let begin_in = shell.engine().start_of_choosing();
    let Some(to) = dialogs::save_file(&app, "Save the timeline", begin_in, &name).await else {
        return Ok(None);
    };
    let saved = shell.engine().run_save_timeline(&svg, &to);
    saved.map(|()| Some(to)).map_err(|error| error.told())
}
