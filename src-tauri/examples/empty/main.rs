//! A Tauri app with nothing in it: what the window's memory is measured against.
//!
//! **Invariant**: nothing but what Tauri does by itself.

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "Tauri's own macro writes the call"
)]
fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!("examples/empty/tauri.conf.json"))
}
