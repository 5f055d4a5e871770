//! What can go wrong on the way to a token.
//!
//! **Invariant**: no variant carries a token or a part of one.

use std::path::PathBuf;

/// A failure of this crate: what failed, and on what.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system tells no data folder, and `GRANARY_HOME` is not set.
    #[error("this system names no folder for application data")]
    NoHome,
    /// A file of Granary's own could not be read or written.
    #[error("cannot {act} `{}`", path.display())]
    File {
        /// What was tried: `read`, `write`, `create`.
        act: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// `settings.toml` is not what it should be.
    #[error("`{}` is not valid: {reason}", path.display())]
    Settings {
        /// The settings file.
        path: PathBuf,
        /// The parser's words, without the file's text.
        reason: String,
    },
    /// The token file holds something else than a token.
    #[error("`{}` holds no token", path.display())]
    NoToken {
        /// The token file.
        path: PathBuf,
    },
}

impl Error {
    /// One thing to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoHome => "Set `GRANARY_HOME` to a folder that Granary may use.".to_owned(),
            Self::File { path, .. } => {
                format!("Check that you own `{}` and may write there.", path.display())
            }
            Self::Settings { path, .. } => {
                format!("Correct `{}`, or remove the line it names.", path.display())
            }
            Self::NoToken { path } => {
                format!(
                    "Remove `{}`; Granary makes a new one at the next start.",
                    path.display()
                )
            }
        }
    }

    pub(crate) fn file(act: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { act, path, source }
    }
}
