//! What goes up to the page besides answers.
//!
//! **Invariant**: nothing secret goes up, and nothing that the page could ask for.

use std::path::PathBuf;

use engine::accounts::SignInStep;
use engine::catalog::RefreshEvent;
use engine::restore::{Run, RunEvent};
use tauri::ipc::Channel;
use tauri::{AppHandle, Emitter};

use crate::notifications;

/// A second start of the app was given a folder.
pub(crate) fn folder_opened(app: &AppHandle, folder: Option<PathBuf>) {
    let Some(folder) = folder else { return };
    if let Err(error) = app.emit("folder-opened", folder) {
        tracing::warn!(%error, "the page was not told of a folder");
    }
}

/// The window is to be closed while runs go on.
pub(crate) fn quit_asked(app: &AppHandle, runs: usize) -> bool {
    let told = app.emit("quit-asked", runs);
    if let Err(error) = &told {
        tracing::warn!(%error, "the page was not asked whether to quit");
    }
    told.is_ok()
}

/// Hands a run's events on to its own channel until it is over; answers its id.
pub(crate) fn hand_on(app: &AppHandle, mut run: Run, project: String, channel: Channel<RunEvent>) -> String {
    let (id, app) = (run.id.clone(), app.clone());
    tauri::async_runtime::spawn(async move {
        let mut is_heard = true;
        while let Some(event) = run.events.recv().await {
            if let RunEvent::Ended { summary } = &event {
                notifications::ended(&app, &project, summary);
            }
            if is_heard && let Err(error) = channel.send(event) {
                tracing::warn!(%error, "the page no longer listens to a run");
                is_heard = false;
            }
        }
    });
    id
}

/// Hands on what the one who signs in has to see.
pub(crate) fn steps(channel: Channel<SignInStep>) -> impl Fn(SignInStep) + Send + Sync {
    move |step| {
        if let Err(error) = channel.send(step) {
            tracing::warn!(%error, "the page no longer listens to a sign-in");
        }
    }
}

/// Hands on what a refresh tells.
pub(crate) fn refresh(channel: Channel<RefreshEvent>) -> impl Fn(RefreshEvent) + Send + Sync {
    move |event| {
        if let Err(error) = channel.send(event) {
            tracing::warn!(%error, "the page no longer listens to a refresh");
        }
    }
}
