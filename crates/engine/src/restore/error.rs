//! What keeps a restore from being started.
//!
//! **Invariant**: what goes wrong once cargo runs is part of the run's summary, not an error.

use std::path::PathBuf;

use crate::error::Code;
use crate::project::Program;

/// A restore that was not started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The project's own config would make cargo run programs.
    #[error("`{}` names `{}`, so cargo would do what this project chose, and nobody trusted it yet", first.file.display(), first.key)]
    RunsPrograms {
        /// The first of them.
        first: Program,
    },
    /// A file of config, or the lock file, cannot be used; it may name programs, and cargo would stop at it too.
    #[error("{words}")]
    BrokenFile {
        /// The file, as it is shown.
        file: String,
        /// What is wrong with it.
        words: String,
    },
    /// A token would be sent to another address as well, by the name of a registry.
    #[error("`{variable}` would give the token of `{registry}` to another registry too")]
    SharedVariable {
        /// The registry the token is for.
        registry: String,
        /// The variable cargo would look it up by.
        variable: String,
    },
    /// There is nothing to go by.
    #[error("`{0}` has no Cargo.lock yet, so nothing is locked")]
    NoLockfile(String),
    /// No feed is named.
    #[error("the project names no feed, so there is none to save to")]
    NoFeed,
    /// A feed is named, and nobody is signed in there.
    #[error("nobody is signed in to `{0}`")]
    NotSignedIn(String),
    /// A repair was asked for without a network.
    #[error("a repair brings crates in anew, and has no network here")]
    RepairOffline,
    /// A repair was asked for where only cargo brings crates in.
    #[error("a repair brings crates in anew, which only cargo can do here: {0}")]
    NoRepair(String),
    /// The network cannot be gone to as cargo's config says.
    #[error("only cargo can go to the network here: {0}")]
    Network(String),
    /// A text that is looked for is none, or too long.
    #[error("a text to look for has 1 to {0} characters, in one line")]
    Query(usize),
    /// The run's log cannot be kept, or read.
    #[error("cannot use `{}`", path.display())]
    Log {
        /// The log file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// No run has that id, or its log is gone.
    #[error("there is no log of the run `{0}`")]
    NoLog(String),
}

impl Error {
    /// What the window may act on.
    pub fn code(&self) -> Code {
        match self {
            Self::RunsPrograms { .. } => Code::ProjectRunsPrograms,
            Self::BrokenFile { .. } | Self::Query(_) => Code::InvalidInput,
            Self::SharedVariable { .. }
            | Self::NoLockfile(_)
            | Self::Network(_)
            | Self::NoFeed
            | Self::NoRepair(_)
            | Self::RepairOffline => Code::Precondition,
            Self::NotSignedIn(_) => Code::NotSignedIn,
            Self::Log { .. } => Code::Internal,
            Self::NoLog(_) => Code::NotFound,
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::RunsPrograms { first } => Some(format!(
                "Look at `{}`. If you know it, trust this folder: in the window, or by `granary restore --trust`.",
                first.program
            )),
            Self::BrokenFile { file, .. } => Some(format!("Correct `{file}`, or move it away.")),
            Self::SharedVariable { .. } => Some(
                "Look at the registries of this project's config; two names that differ in `-`, `_` or capitals alone \
                 are one to cargo. Sign in with a keychain, and cargo asks by address."
                    .to_owned(),
            ),
            Self::Log { path, .. } => Some(format!("Check that you may read and write `{}`.", path.display())),
            Self::NoLockfile(_) => Some("Restore the project first: that makes one.".to_owned()),
            Self::Network(_) => Some("Run `granary restore --no-prefetch`: cargo goes alone.".to_owned()),
            Self::NoFeed => Some("Connect it first: `granary connect --feed FEED`.".to_owned()),
            Self::NotSignedIn(feed) => {
                let account = feed.split('/').next().unwrap_or_default();
                Some(format!("Sign in: `granary sign-in {account}`."))
            }
            Self::RepairOffline => Some("Ask for it without `--offline` and `--no-prefetch`.".to_owned()),
            Self::NoRepair(_) => Some(
                "Ask for `granary restore --verify`, delete the folders it names, and run `cargo fetch`.".to_owned(),
            ),
            Self::NoLog(_) => Some("Old runs are let go of as new ones come. Look at a later one.".to_owned()),
            Self::Query(_) => None,
        }
    }
}

/// An error with all that stands behind it, in one line.
pub(super) fn said(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let mut words: Vec<String> = Vec::new();
    for error in chain {
        let text = error.to_string();
        // Some errors say what stands behind them themselves.
        if !words.iter().any(|said| said.contains(&text)) {
            words.push(text);
        }
    }
    words.join(": ")
}
