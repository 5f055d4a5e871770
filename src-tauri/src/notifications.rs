//! What the desktop is told while the window is in the background.
//!
//! **Invariant**: only of a run that took long, and only where nobody looks; a desktop that shows none is no failure.

use engine::restore::{RunState, RunSummary, RunVerb};
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;

/// From when on a run is long, in seconds.
const LONG: f64 = 10.0;

/// A run ended.
pub(crate) fn ended(app: &AppHandle, project: &str, summary: &RunSummary) {
    let window = app.get_webview_window("main");
    let is_looked_at = window.is_some_and(|window| window.is_focused().unwrap_or(false));
    let Some((title, body)) = words(project, summary).filter(|_| !is_looked_at) else {
        return;
    };
    let body = unmarked(&body);
    let shown = app.notification().builder().title(title).body(body).show();
    if let Err(error) = shown {
        tracing::warn!(%error, "the desktop shows no notification");
    }
}

/// Some desktops take what is said for markup, and a failure's words are a stranger's.
fn unmarked(text: &str) -> String {
    match cfg!(target_os = "linux") {
        true => text.replace('&', "&amp;").replace('<', "&lt;"),
        false => text.to_owned(),
    }
}

/// What is said of a run; nothing of a short one, or of one that somebody cancelled.
fn words(project: &str, summary: &RunSummary) -> Option<(String, String)> {
    if summary.seconds < LONG {
        return None;
    }
    let what = match summary.verb {
        RunVerb::Fetch => "restore",
        RunVerb::Check => "check",
        RunVerb::Build => "build",
        RunVerb::Seed => "saving to the feed",
        RunVerb::Verify => "verifying",
        RunVerb::Repair => "repair",
    };
    let seconds = summary.seconds;
    match summary.state {
        RunState::Done => Some((
            format!("{project}: {what} done"),
            format!("It took {seconds:.0} seconds."),
        )),
        RunState::Failed => {
            let why = summary.failure.as_ref().map(|failure| failure.message.clone());
            Some((format!("{project}: {what} failed"), why.unwrap_or_default()))
        }
        RunState::Cancelled | RunState::BrokenOff => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_runs_that_nobody_cancelled_are_told() {
        let check = |state, seconds, expected: Option<&str>| {
            let words = words("relay", &RunSummary::uncounted(RunVerb::Build, state, seconds));
            assert_eq!(
                words.map(|(title, _)| title).as_deref(),
                expected,
                "{state:?} {seconds}"
            );
        };
        check(RunState::Done, 61.0, Some("relay: build done"));
        check(RunState::Failed, 61.0, Some("relay: build failed"));
        check(RunState::Done, 9.0, None);
        check(RunState::Cancelled, 61.0, None);
    }
}
