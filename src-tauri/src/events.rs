//! What goes up to the page besides answers.
//!
//! **Invariant**: nothing secret goes up, and nothing that the page could ask for.

use std::path::PathBuf;

use engine::accounts::SignInStep;
use engine::catalog::RefreshEvent;
use engine::restore::{Run, RunEvent};
use tauri::ipc::Channel;
use tauri::{AppHandle, Emitter};

/// A second start of the app was given a folder.
pub(crate) fn folder_opened(app: &AppHandle, folder: Option<PathBuf>) {
    let Some(folder) = folder else { return };
    if let Err(error) = app.emit("folder-opened", folder) {
        tracing::warn!(%error, "the page was not told of a folder");
    }
}

/// Hands a run's events on to its own channel until it is over; answers its id.
pub(crate) fn hand_on(mut run: Run, channel: Channel<RunEvent>) -> String {
    let id = run.id.clone();
    tauri::async_runtime::spawn(async move {
        while let Some(event) = run.events.recv().await {
            if let Err(error) = channel.send(event) {
                tracing::warn!(%error, "the page no longer listens to a run");
                break;
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
