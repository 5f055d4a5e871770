//! What commands may reach.
//!
//! **Invariant**: holds the engine and the local feeds; decides nothing about either.

use std::path::{Path, PathBuf};

use engine::{ChangeRequest, Engine, Error};

use crate::local_feed::LocalFeed;
use crate::sign_in::Attempts;
use crate::window::QuitQuestion;

/// The engine, the feeds on this computer while the app runs, and sign-ins on their way.
#[derive(Debug)]
pub(crate) struct Shell {
    engine: Engine,
    local_feed: LocalFeed,
    attempts: Attempts,
    quit_question: QuitQuestion,
    start_folder: Option<PathBuf>,
}

impl Shell {
    pub(crate) fn new(engine: Engine, start_folder: Option<PathBuf>) -> Self {
        Self {
            engine,
            local_feed: LocalFeed::default(),
            attempts: Attempts::default(),
            quit_question: QuitQuestion::default(),
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
        self.local_feed.reachable(&self.engine).await?;
        Ok(&self.engine)
    }

    /// The engine; with the feeds on this computer reachable where an account, or a feed's reference, is theirs.
    pub(crate) async fn with_account(&self, reference: &str) -> Result<&Engine, Error> {
        match Engine::is_on_this_computer(reference) {
            true => self.with_feeds().await,
            false => Ok(&self.engine),
        }
    }

    /// The engine; with the feeds on this computer reachable where planning a change asks them.
    pub(crate) async fn with_change(&self, request: &ChangeRequest) -> Result<&Engine, Error> {
        match self.engine.change_asks_here(request).await {
            true => self.with_feeds().await,
            false => Ok(&self.engine),
        }
    }

    /// The engine; with the feeds on this computer reachable where a project needs them.
    pub(crate) async fn with_project(&self, folder: &Path) -> Result<&Engine, Error> {
        match self.engine.needs_local_feeds(folder).await? {
            true => self.with_feeds().await,
            false => Ok(&self.engine),
        }
    }

    pub(crate) fn quit_question(&self) -> &QuitQuestion {
        &self.quit_question
    }

    pub(crate) fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// Where feeds on this computer are in use, has them ready before anybody asks.
    pub(crate) async fn start_feeds_in_use(&self) {
        let is_local = |account: &engine::Account| Engine::is_on_this_computer(&account.id);
        let in_use = self.engine.accounts_in_use();
        if in_use.is_ok_and(|accounts| accounts.iter().any(is_local))
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
