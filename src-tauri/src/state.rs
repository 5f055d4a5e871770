//! What commands may reach.
//!
//! **Invariant**: holds the engine and the local feeds; decides nothing about either.

use std::path::PathBuf;

use engine::{Engine, Error};

use crate::local_feed::LocalFeed;

/// The engine, and the feeds on this computer while the app runs.
#[derive(Debug)]
pub(crate) struct Shell {
    engine: Engine,
    local_feed: LocalFeed,
    start_folder: Option<PathBuf>,
}

impl Shell {
    pub(crate) fn new(engine: Engine, start_folder: Option<PathBuf>) -> Self {
        Self {
            engine,
            local_feed: LocalFeed::default(),
            start_folder,
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn start_folder(&self) -> Option<PathBuf> {
        self.start_folder.clone()
    }

    /// The engine, with the feeds on this computer reachable.
    pub(crate) async fn with_feeds(&self) -> Result<&Engine, Error> {
        self.local_feed.reachable(self.engine.home()).await?;
        Ok(&self.engine)
    }

    /// Where feeds on this computer are in use, has them ready before anybody asks.
    pub(crate) async fn start_feeds_in_use(&self) {
        if self
            .engine
            .accounts_in_use()
            .is_ok_and(|accounts| !accounts.is_empty())
            && let Err(error) = self.with_feeds().await
        {
            tracing::warn!(%error, "the feeds on this computer are not ready");
        }
    }

    /// Leaves nothing behind: no run, no server.
    pub(crate) fn end(&self) {
        self.engine.run_end_all();
        tauri::async_runtime::block_on(self.local_feed.stop());
    }
}
