//! Journeys through Granary's front doors: the command, plain cargo, and the real window.

mod accounts;
mod azure;
mod changes;
mod checks;
mod command;
mod contract;
#[cfg(target_os = "linux")]
mod diagnosis;
mod feeds;
mod house_rules;
mod mending;
mod projects;
mod python_client;
mod recorded;
mod restore;
mod runs;
mod serve;
mod sign_in_docs;
mod undo;
mod weather;
#[cfg(target_os = "linux")]
mod window;

/// Runs a journey to its end; its error, with all causes, is why the test fails.
fn journey<F: Future<Output = anyhow::Result<()>>>(walk: impl FnOnce() -> F) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if let Err(error) = runtime.block_on(walk()) {
        panic!("{error:#}");
    }
}
