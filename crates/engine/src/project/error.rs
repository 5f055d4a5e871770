//! What can be wrong with a folder that should be a project.
//!
//! **Invariant**: names the file; never quotes its text.

use std::path::{Path, PathBuf};

use super::Candidate;
use crate::error::Code;

/// A failure while reading a project.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither the folder nor one above it holds a `Cargo.toml`.
    #[error("`{}` is not a cargo project", folder.display())]
    NotAProject {
        /// The folder.
        folder: PathBuf,
        /// The projects below it.
        candidates: Vec<Candidate>,
    },
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
    /// Something is there, but no file: a folder, a pipe, a device.
    #[error("`{}` is not a file", .0.display())]
    NotAFile(PathBuf),
    /// A file is no UTF-8.
    #[error("`{}` is not text", .0.display())]
    NotText(PathBuf),
    /// The name of a folder is no Unicode, and neither cargo's files nor JSON can name it.
    #[error("the name of `{}` is not Unicode", .0.display())]
    NameNotText(PathBuf),
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
    /// A config file includes one that cannot be included.
    #[error("`{}`, line {line}, cannot include `{include}`: {reason}", path.display())]
    Include {
        /// The file that includes.
        path: PathBuf,
        /// The line.
        line: u32,
        /// What it names.
        include: String,
        /// Why not.
        reason: &'static str,
    },
    /// Two config files say things of one key that cannot be joined; cargo refuses that too.
    #[error("`{key}` is {one_kind} in {one} and {other_kind} in {other}")]
    Mixed {
        /// The key.
        key: String,
        /// The place of higher rank.
        one: String,
        /// What it has there.
        one_kind: &'static str,
        /// The other place.
        other: String,
        /// What it has there.
        other_kind: &'static str,
    },
}

impl Error {
    /// What the window may act on.
    pub fn code(&self) -> Code {
        match self {
            Self::NotAProject { .. } => Code::NotAProject,
            Self::Nothing(_) => Code::NotFound,
            Self::Unreadable { .. } => Code::Internal,
            _ => Code::InvalidInput,
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAProject { candidates, .. } if candidates.is_empty() => {
                Some("Choose a folder that has a `Cargo.toml`.".to_owned())
            }
            Self::NotAProject { candidates, .. } => {
                let shown = candidates.iter().map(|found| format!("`{}`", found.display));
                Some(format!(
                    "Choose one of the projects in it: {}.",
                    shown.collect::<Vec<_>>().join(", ")
                ))
            }
            Self::Invalid { path, .. } => Some(format!(
                "Correct `{}`; `cargo metadata` shows the place.",
                path.display()
            )),
            Self::NotAFile(path) | Self::NotText(path) | Self::TooLarge { path, .. } => {
                Some(format!("Move `{}` away, or replace it.", path.display()))
            }
            Self::Include { path, .. } => Some(format!("Correct `include` in `{}`.", path.display())),
            Self::Mixed { key, .. } => Some(format!("Write `{key}` the same way in both places.")),
            _ => None,
        }
    }

    /// The file it is about.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::NotAProject { .. } | Self::Nothing(_) | Self::Mixed { .. } => None,
            Self::Unreadable { path, .. }
            | Self::TooLarge { path, .. }
            | Self::Invalid { path, .. }
            | Self::Include { path, .. }
            | Self::NotAFile(path)
            | Self::NotText(path)
            | Self::NameNotText(path) => Some(path),
        }
    }

    pub(super) fn invalid(path: &Path, text: &str, wrong: &toml::de::Error) -> Self {
        let line = wrong
            .span()
            .map(|span| text[..text.floor_char_boundary(span.start)].matches('\n').count() + 1);
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
