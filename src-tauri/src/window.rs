//! The window itself: coming forward, and what it was started with.
//!
//! **Invariant**: what is drawn in it is the page's business.

use std::path::{Path, PathBuf};

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

/// Runs would end with the window: whoever closes it is asked first. Where the page cannot ask, it closes.
pub(crate) fn hears(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else {
        return;
    };
    if asks_first(window.app_handle()) {
        api.prevent_close();
    }
}

/// Has the page ask what becomes of runs that go on.
pub(crate) fn asks_first(app: &AppHandle) -> bool {
    let runs = app.state::<Shell>().engine().run_count();
    runs > 0 && events::quit_asked(app, runs)
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
