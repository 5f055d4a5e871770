//! What can keep a change from being planned or applied.
//!
//! **Invariant**: names the file and the key; never quotes the file's text.

use std::path::PathBuf;

use crate::error::Code;

/// A failure while planning or applying a change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is not TOML.
    #[error("`{}` is not valid: {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The parser's words.
        reason: String,
    },
    /// Something else than what belongs there stands under a key.
    #[error("`{key}` in `{}` is not {expected}", path.display())]
    OtherKind {
        /// The file.
        path: PathBuf,
        /// The dotted key.
        key: String,
        /// What belongs there: `a table`, `a list of texts`.
        expected: &'static str,
    },
    /// crates.io is replaced already, by something that is none of ours.
    #[error("`{}` already replaces crates.io with `{with}`", path.display())]
    Replaced {
        /// The file.
        path: PathBuf,
        /// The name of the replacement.
        with: String,
    },
    /// A file is no longer the one that was previewed.
    #[error("`{}` changed since the preview was made", path.display())]
    Stale {
        /// The file.
        path: PathBuf,
    },
    /// A file is no longer as the deed left it that shall be undone.
    #[error("`{}` was changed since, so nothing is undone", path.display())]
    ChangedSince {
        /// The file.
        path: PathBuf,
    },
    /// There is no deed that could be undone.
    #[error("nothing can be undone{}", folder.as_ref().map(|folder| format!(" in `{}`", folder.display())).unwrap_or_default())]
    NothingToUndo {
        /// The project.
        folder: Option<PathBuf>,
    },
    /// What was done cannot be remembered.
    #[error(transparent)]
    Own(#[from] credentials::Error),
    /// The plan as a whole is no longer the one that was previewed.
    #[error("the preview is out of date")]
    OtherPlan,
    /// A file could not be read or written.
    #[error("cannot {act} `{}`", path.display())]
    File {
        /// `read` or `write`.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

impl Error {
    /// What the window may act on.
    pub fn code(&self) -> Code {
        match self {
            Self::Stale { .. } | Self::OtherPlan => Code::PlanStale,
            Self::Replaced { .. }
            | Self::OtherKind { .. }
            | Self::ChangedSince { .. }
            | Self::NothingToUndo { .. } => Code::Precondition,
            Self::Invalid { .. } => Code::InvalidInput,
            Self::File { .. } | Self::Own(_) => Code::Internal,
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Stale { .. } | Self::OtherPlan => Some("Look at the preview again, then apply.".to_owned()),
            Self::Replaced { path, .. } => Some(format!(
                "Take `source.crates-io.replace-with` out of `{}`, then connect.",
                path.display()
            )),
            Self::ChangedSince { path } => Some(format!(
                "Look at what `{}` says now, and change that by hand.",
                path.display()
            )),
            Self::NothingToUndo { .. } => None,
            Self::Own(error) => Some(error.hint()),
            Self::OtherKind { path, .. } | Self::Invalid { path, .. } => {
                Some(format!("Correct `{}`.", path.display()))
            }
            Self::File { path, .. } => Some(format!("Check that you may write `{}`.", path.display())),
        }
    }

    pub(super) fn file(act: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { act, path, source }
    }
}
