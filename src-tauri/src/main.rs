//! The desktop app.
//!
//! **Invariant**: starts [`app`] and does nothing else.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod app;
mod commands;
mod dialogs;
mod drawing;
mod events;
mod local_feed;
mod logging;
mod notifications;
mod sign_in;
mod state;
mod window;

fn main() -> anyhow::Result<()> {
    app::run()
}
