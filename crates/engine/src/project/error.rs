//! What can be wrong with a folder that should be a project.
//!
//! **Invariant**: names the file; never quotes its text.

use std::path::PathBuf;

use crate::error::Code;

/// A failure while reading a project.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither the folder nor one above it holds a `Cargo.toml`.
    #[error("`{}` is not a cargo project", .0.display())]
    NotAProject(PathBuf),
    /// Nothing is at that path.
    #[error("there is nothing at `{}`", .0.display())]
    Nothing(PathBuf),
    /// A file is there but cannot be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file is larger than Granary reads.
    #[error("`{}` is too large to read: {bytes} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// A file is not the TOML it should be.
    #[error("`{}` is not valid: {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The parser's words and the line.
        reason: String,
    },
}

impl Error {
    /// What the window may act on.
    pub fn code(&self) -> Code {
        match self {
            Self::NotAProject(_) => Code::NotAProject,
            Self::Nothing(_) => Code::NotFound,
            Self::Invalid { .. } | Self::TooLarge { .. } => Code::InvalidInput,
            Self::Unreadable { .. } => Code::Internal,
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAProject(_) => Some("Choose a folder that has a `Cargo.toml`.".to_owned()),
            Self::Invalid { path, .. } => Some(format!(
                "Correct `{}`; `cargo metadata` shows the place.",
                path.display()
            )),
            _ => None,
        }
    }

    pub(crate) fn invalid(path: &std::path::Path, text: &str, wrong: &toml::de::Error) -> Self {
        let line = wrong
            .span()
            .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let reason = match line {
            Some(line) => format!("{}, line {line}", wrong.message()),
            None => wrong.message().to_owned(),
        };
        Self::Invalid {
            path: path.to_owned(),
            reason,
        }
    }
}
