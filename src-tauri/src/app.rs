//! The wiring of the app, and nothing else.
//!
//! **Invariant**: no command and no decision is here.

use anyhow::Context;
use engine::Engine;
use tauri::{Manager, RunEvent};

use crate::state::Shell;
use crate::{commands, drawing, events, logging, window};

pub(crate) fn run() -> anyhow::Result<()> {
    let home = credentials::Home::locate()?;
    logging::start(&home);
    let engine = Engine::open(home)?;
    let builder = commands::table();
    let app = tauri::Builder::default()
        // First of all: a second start must end before it opens anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            window::come_forward(app);
            events::folder_opened(app, window::folder_in(&arguments, folder.as_ref()));
        }))
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .on_window_event(window::hears)
        .invoke_handler(builder.invoke_handler())
        .manage(Shell::new(engine, window::start_folder()))
        .setup(|app| {
            let handle = app.handle().clone();
            drawing::fit(&handle);
            tauri::async_runtime::spawn(async move { handle.state::<Shell>().start_feeds_in_use().await });
            Ok(())
        })
        .build(context())
        .context("the window could not be made")?;
    app.run(|app, event| {
        if matches!(event, RunEvent::Exit) {
            app.state::<Shell>().end();
        }
    });
    Ok(())
}

/// What Tauri makes of its config, the icons and the page at build time.
#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "Tauri's own macro writes the call"
)]
fn context() -> tauri::Context {
    tauri::generate_context!()
}
