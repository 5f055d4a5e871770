//! What can fail about cargo before it says anything itself.
//!
//! **Invariant**: cargo's own failures are not errors here; they are what a run ended with.

use std::path::PathBuf;

use crate::error::Code;

/// A failure to find or to run cargo.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No cargo on the path, nor where rustup puts it.
    #[error("cargo was not found")]
    Missing,
    /// A cargo was found but does not run.
    #[error("`{}` does not run", program.display())]
    DoesNotRun {
        /// The program.
        program: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The system names no home folder, and `CARGO_HOME` is not set.
    #[error("this system names no home folder for cargo")]
    NoCargoHome,
    /// A program that came with this one is not beside it.
    #[error("`{}` is missing", .0.display())]
    NoProgram(PathBuf),
    /// A program could not be copied to its stable place.
    #[error("cannot write `{}`", path.display())]
    CopyProgram {
        /// To where.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A terminal cannot be opened where no folder is.
    #[error("`{}` is no folder", .0.display())]
    NoFolder(PathBuf),
    /// The terminal that `TERMINAL` names does not start.
    #[error("the terminal `{chosen}` does not start")]
    NoSuchTerminal {
        /// What `TERMINAL` says.
        chosen: String,
        /// Why not.
        source: std::io::Error,
    },
    /// No terminal that is known is here.
    #[error("no terminal was found that starts")]
    NoTerminal,
}

impl Error {
    /// What the window may act on.
    pub fn code(&self) -> Code {
        match self {
            Self::Missing | Self::DoesNotRun { .. } => Code::CargoMissing,
            Self::NoFolder(_) => Code::NotFound,
            Self::NoSuchTerminal { .. } | Self::NoTerminal => Code::Precondition,
            _ => Code::Internal,
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing => "Install Rust with rustup, then start Granary again.".to_owned(),
            Self::DoesNotRun { .. } => {
                "Run `cargo --version` in a terminal; it says what is wrong.".to_owned()
            }
            Self::NoFolder(_) => "Open the project again from where it is now.".to_owned(),
            Self::NoSuchTerminal { .. } => {
                "Set `TERMINAL` to one that is there, and start Granary again.".to_owned()
            }
            Self::NoTerminal => "Set `TERMINAL` to the one you use, and start Granary again.".to_owned(),
            Self::NoCargoHome => "Set `CARGO_HOME`.".to_owned(),
            Self::NoProgram(_) => "Install Granary again.".to_owned(),
            Self::CopyProgram { path, .. } => format!("Check that you may write `{}`.", path.display()),
        })
    }
}
