//! The engine's one error: a code the window acts on, a message, and hints.
//!
//! **Invariant**: words are made here and below, never matched on; a code exists only if a face of the product
//! does something different on it.

use serde::{Deserialize, Serialize};

use crate::{accounts, autostart, cargo, catalog, edit, feeds, project, registry, remembered, restore};

/// Anything that can fail in the engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// From a feed, or on the way to it.
    #[error(transparent)]
    Feeds(#[from] feeds::Error),
    /// From a feed, asked as cargo asks it.
    #[error(transparent)]
    Registry(#[from] registry::Error),
    /// From what is kept of feeds.
    #[error(transparent)]
    Catalog(#[from] catalog::Error),
    /// While signing in, or from an account.
    #[error(transparent)]
    Accounts(#[from] accounts::Error),
    /// While reading a project.
    #[error(transparent)]
    Project(#[from] project::Error),
    /// While planning or applying a change.
    #[error(transparent)]
    Edit(#[from] edit::Error),
    /// From finding or running cargo.
    #[error(transparent)]
    Cargo(#[from] cargo::Error),
    /// From a restore as a whole.
    #[error(transparent)]
    Restore(#[from] restore::Error),
    /// From Granary's own settings and token.
    #[error(transparent)]
    Credentials(#[from] credentials::Error),
    /// From the list of what Granary remembers.
    #[error(transparent)]
    Remembered(#[from] remembered::Error),
    /// From keeping the feeds on this computer served.
    #[error(transparent)]
    Autostart(#[from] autostart::Error),
    /// A run's task ended without telling what came of it.
    #[error("the run `{0}` was lost")]
    RunLost(String),
    /// The feeds on this computer could not be started or joined.
    #[error("the feeds on this computer cannot be reached: {reason}")]
    LocalFeeds {
        /// What a face of the product does on it: [`Code::PortTaken`] or [`Code::Unreachable`].
        code: Code,
        /// Why, in words.
        reason: String,
        /// What to do about it.
        hint: String,
    },
}

/// What a face of the product may act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename = "ErrorCode", rename_all = "camelCase")]
pub enum Code {
    /// Broke in a way no button helps against.
    Internal,
    /// Not possible in this state; nothing broke.
    Precondition,
    /// What was asked for is not there.
    NotFound,
    /// The name is taken.
    AlreadyExists,
    /// What was given is not valid.
    InvalidInput,
    /// The account's sign-in is missing or no longer accepted.
    NotSignedIn,
    /// The keychain cannot keep or give a token: another way must be chosen.
    NoKeychain,
    /// A passphrase keeps the tokens, and nobody said it yet.
    PassphraseNeeded,
    /// An administrator has to allow Granary first.
    ConsentNeeded,
    /// Signed in, but not allowed.
    Forbidden,
    /// The other side does not answer.
    Unreachable,
    /// Another program listens where the feeds on this computer should.
    PortTaken,
    /// A file is no longer the one that was previewed.
    PlanStale,
    /// The folder holds no cargo project.
    NotAProject,
    /// No cargo was found.
    CargoMissing,
    /// The project's own config would make cargo run programs.
    ProjectRunsPrograms,
}

impl Error {
    /// What the window may act on.
    pub fn code(&self) -> Code {
        match self {
            Self::Feeds(error) => error.code(),
            Self::Registry(error) => error.code(),
            Self::Catalog(error) => error.code(),
            Self::Project(error) => error.code(),
            Self::Edit(error) => error.code(),
            Self::Cargo(error) => error.code(),
            Self::Restore(error) => error.code(),
            Self::Autostart(error) => error.code(),
            Self::Accounts(error) => error.code(),
            Self::Credentials(error) => code_of(error),
            Self::LocalFeeds { code, .. } => *code,
            Self::Remembered(_) | Self::RunLost(_) => Code::Internal,
        }
    }

    /// Things to do about it, the best first.
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::Feeds(error) => error.hint(),
            Self::Registry(error) => error.hint(),
            Self::Catalog(error) => error.hint(),
            Self::Accounts(error) => error.hint(),
            Self::Project(error) => error.hint(),
            Self::Edit(error) => error.hint(),
            Self::Cargo(error) => error.hint(),
            Self::Restore(error) => error.hint(),
            Self::Autostart(error) => error.hint(),
            Self::Credentials(error) => Some(error.hint()),
            Self::Remembered(error) => Some(error.hint()),
            Self::RunLost(_) => Some("Start it again.".to_owned()),
            Self::LocalFeeds { hint, .. } => Some(hint.clone()),
        };
        hint.into_iter().collect()
    }

    /// The error as it crosses a wire.
    pub fn told(&self) -> Told {
        let message = self.to_string();
        let mut causes = Vec::new();
        let mut next = std::error::Error::source(self);
        while let Some(cause) = next {
            let text = cause.to_string();
            if !message.contains(&text) && !causes.contains(&text) {
                causes.push(text);
            }
            next = cause.source();
        }
        Told {
            code: self.code(),
            message,
            hints: self.hints(),
            causes,
        }
    }
}

/// What may be acted on of a failure on the way to a token.
pub(crate) fn code_of(error: &credentials::Error) -> Code {
    use credentials::{Error, Refusal};
    match error {
        Error::Keychain(_) => Code::NoKeychain,
        Error::PassphraseNeeded | Error::WrongPassphrase => Code::PassphraseNeeded,
        Error::SignInAgain { .. } | Error::FixedRefused | Error::KeyLost { .. } => Code::NotSignedIn,
        Error::Refused { refusal, .. } => match refusal {
            Refusal::ConsentNeeded => Code::ConsentNeeded,
            Refusal::BlockedByPolicy | Refusal::NotInDirectory => Code::Forbidden,
            Refusal::WrongApplication => Code::InvalidInput,
            Refusal::Declined | Refusal::CodeExpired => Code::Precondition,
            Refusal::Ended => Code::NotSignedIn,
            Refusal::Other => Code::Internal,
        },
        Error::NoAccount(_) => Code::NotFound,
        Error::Unreachable { .. } => Code::Unreachable,
        Error::NotAToken(_)
        | Error::PassphrasesDiffer
        | Error::KeptByKeychain
        | Error::RelativeHome
        | Error::TokenOnly
        | Error::Settings { .. } => Code::InvalidInput,
        Error::NoClientId
        | Error::NoAzureCli
        | Error::AzureCli { .. }
        | Error::BrowserTimeout { .. }
        | Error::Busy { .. } => Code::Precondition,
        _ => Code::Internal,
    }
}

/// An error as it crosses a wire: to the window, and as JSON to whoever called `granary`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename = "IpcError")]
pub struct Told {
    /// What may be acted on.
    pub code: Code,
    /// What failed, on what.
    pub message: String,
    /// Things to do about it.
    pub hints: Vec<String>,
    /// Why, outermost first.
    pub causes: Vec<String>,
}
