//! The window itself: coming forward, and what it was started with.
//!
//! **Invariant**: what is drawn in it is the page's business.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager, Window, WindowEvent};

use crate::events;
use crate::state::Shell;

/// Shows the window to somebody who started the app again.
pub(crate) fn come_forward(app: &AppHandle) {
    let Some(window) = app.get_webview_window("main") else {
        return;
    };
    let forward = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = forward {
        tracing::warn!(%error, "the window did not come forward");
    }
}

/// Runs would end with the window: whoever closes it is asked first. Where the page cannot ask, or did not answer when it was
/// to ask before, it closes.
pub(crate) fn hears(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else {
        return;
    };
    if asks_first(window.app_handle()) {
        api.prevent_close();
    }
}

/// Has the page ask what becomes of runs that go on.
fn asks_first(app: &AppHandle) -> bool {
    let shell = app.state::<Shell>();
    let runs = shell.engine().run_count();
    runs > 0 && shell.quit_question().may_ask(Instant::now()) && events::quit_asked(app, runs)
}

/// Whether the page still hears that it shall ask.
#[derive(Debug, Default)]
pub(crate) struct QuitQuestion(Mutex<Option<Instant>>);

impl QuitQuestion {
    /// A page that has heard nothing for so long will not hear.
    const PATIENCE: Duration = Duration::from_secs(2);
    /// What was asked so long ago says nothing of the page that is here now: it may have been loaded anew.
    const FORGOTTEN: Duration = Duration::from_secs(60);

    fn may_ask(&self, now: Instant) -> bool {
        let mut unheard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = unheard.map(|since| now.saturating_duration_since(since));
        let waited = waited.filter(|waited| *waited < Self::FORGOTTEN);
        if waited.is_none() {
            *unheard = Some(now);
        }
        waited.is_none_or(|waited| waited < Self::PATIENCE)
    }

    /// The page heard.
    pub(crate) fn heard(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The folder this start was given.
pub(crate) fn start_folder() -> Option<PathBuf> {
    let arguments = std::env::args().collect::<Vec<_>>();
    folder_in(&arguments, &std::env::current_dir().unwrap_or_default())
}

/// The first argument that is no option, seen from where the app was started.
pub(crate) fn folder_in(arguments: &[String], started_in: &Path) -> Option<PathBuf> {
    let given = arguments
        .iter()
        .skip(1)
        .find(|argument| !argument.starts_with('-'))?;
    Some(started_in.join(given))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_does_not_hear_is_asked_no_more() {
        let (question, now) = (QuitQuestion::default(), Instant::now());
        let after = |seconds| now + Duration::from_secs(seconds);
        assert!(question.may_ask(now) && question.may_ask(after(1)));
        assert!(!question.may_ask(after(2)) && !question.may_ask(after(59)));
        assert!(question.may_ask(after(60)) && !question.may_ask(after(62)));
        question.heard();
        assert!(question.may_ask(after(63)));
    }

    #[test]
    fn a_folder_is_seen_from_where_the_app_was_started() {
        let arguments = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let check = |list: &[&str], expected: Option<&str>| {
            assert_eq!(
                folder_in(&arguments(list), Path::new("work")),
                expected.map(PathBuf::from)
            );
        };
        check(&["granary-desktop"], None);
        check(&["granary-desktop", "relay"], Some("work/relay"));
        check(&["granary-desktop", "--quiet", "relay"], Some("work/relay"));
    }
}
