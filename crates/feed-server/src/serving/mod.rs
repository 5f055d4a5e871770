//! Who serves a folder: the lock, the note beside it, and joining whoever serves already.
//!
//! **Invariant:** the lock alone decides who serves; the note only says where, and is believed only after its address
//! has answered as this very folder.

mod joining;
mod lock;

use std::io;
use std::path::PathBuf;

pub use joining::{Joined, join_or_start};
pub(crate) use lock::{FolderLock, Note};

/// Why a folder is not being served now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Somebody else serves this folder.
    #[error("the feeds in this folder are already served by {by} (process {pid}) at `{url}`")]
    AlreadyServing {
        /// Who, in words.
        by: String,
        /// Their process.
        pid: u32,
        /// Where.
        url: String,
    },
    /// Somebody else listens on the port.
    #[error(
        "port {port} on this computer is taken by another program: end that program, or choose another port with the setting `[local] port`"
    )]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// The port could not be listened on for another reason.
    #[error("port {port} on this computer could not be opened: {source}")]
    Port {
        /// The port.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder of the feeds could not be used.
    #[error("`{}` could not be {doing}: {source}", path.display())]
    Folder {
        /// "made", "locked", …
        doing: &'static str,
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What is kept in the folder could not be opened.
    #[error("the feeds in `{}` could not be opened: {reason}", folder.display())]
    Storage {
        /// The folder.
        folder: PathBuf,
        /// What failed on what.
        reason: String,
    },
    /// The upstream index cannot be asked as configured.
    #[error("the upstream index `{url}` cannot be used: {reason}")]
    Upstream {
        /// As configured.
        url: String,
        /// Why not.
        reason: String,
    },
    /// Somebody holds the folder, but the address they left does not answer as this folder.
    #[error("the feeds in this folder are held by {by} (process {pid}), who does not answer at `{url}`")]
    NotAnswering {
        /// Who, in words.
        by: String,
        /// Their process; 0 when they have left no note.
        pid: u32,
        /// Where they should answer.
        url: String,
    },
}

impl StartError {
    pub(crate) fn folder(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> StartError {
        let path = path.into();
        move |source| Self::Folder { doing, path, source }
    }
}
