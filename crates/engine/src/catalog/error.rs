//! Why a catalogue cannot be read or written.
//!
//! **Invariant**: fields, not prose; the words are made from them.

use super::UsedBy;
use crate::error::Code;

/// A failure of what is kept of feeds.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The files cannot be made or taken away.
    #[error(transparent)]
    File(#[from] credentials::Error),
    /// SQLite refuses.
    #[error("cannot use what is kept of `{account}`")]
    Sqlite {
        /// The account.
        account: String,
        /// Why not.
        source: rusqlite::Error,
    },
    /// A project locks what shall be deleted.
    #[error("{} in use: {}", if used.len() == 1 { "a version is" } else { "some versions are" }, in_words(used))]
    InUse {
        /// What, and by which projects.
        used: Vec<UsedBy>,
    },
    /// A feed has another name now.
    #[error("`{old}` is called `{new}` now")]
    Renamed {
        /// Its reference until now.
        old: String,
        /// Its reference from now on.
        new: String,
    },
}

fn in_words(used: &[UsedBy]) -> String {
    let one = |used: &UsedBy| format!("`{} {}` by {}", used.name, used.version, used.projects.join(", "));
    used.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl Error {
    /// What the window may act on.
    pub fn code(&self) -> Code {
        match self {
            Self::Renamed { .. } | Self::InUse { .. } => Code::Precondition,
            Self::File(_) | Self::Sqlite { .. } => Code::Internal,
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::File(error) => error.hint(),
            Self::Sqlite { .. } => {
                "Check the free space; the folder `catalog` in Granary's home is a copy and can be deleted."
                    .to_owned()
            }
            Self::InUse { .. } => {
                "Builds that lock them will fail; say `--even-if-used` to delete them.".to_owned()
            }
            Self::Renamed { new, .. } => {
                format!("Use `{new}`; every address with the old name stopped working.")
            }
        })
    }
}
