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
    /// The file is TOML, and yet an edit of it would not be.
    #[error("`{}` is written in a way that Granary cannot change: {reason}", path.display())]
    Unforeseen {
        /// The file.
        path: PathBuf,
        /// The parser's words on what would have come out.
        reason: String,
    },
    /// Something still names a registry that shall go.
    #[error("the registry `{registry}` is still named by {}", by.join(", "))]
    Named {
        /// The registry.
        registry: String,
        /// Where it is named: file and key.
        by: Vec<String>,
    },
    /// Not a name that cargo takes.
    #[error("`{name}` cannot be the name of a {of}")]
    BadName {
        /// Of what: `crate`, `registry`, `feature`.
        of: &'static str,
        /// What was given.
        name: String,
    },
    /// Not a requirement of a version.
    #[error("`{requirement}` is not a version requirement")]
    BadRequirement {
        /// What was given.
        requirement: String,
        /// Why not.
        source: semver::Error,
    },
    /// A new dependency must require a version.
    #[error("no version of `{0}` is required")]
    NoRequirement(String),
    /// No manifest has the dependency.
    #[error("`{name}` is no dependency of {}", of.join(", "))]
    NoDependency {
        /// The crate.
        name: String,
        /// The manifests that were looked at.
        of: Vec<String>,
    },
    /// The manifest calls another crate so.
    #[error("`{}` calls `{of}` `{key}`", path.display())]
    KeyTaken {
        /// The manifest.
        path: PathBuf,
        /// The name that is taken.
        key: String,
        /// By which crate.
        of: String,
    },
    /// The dependency comes from elsewhere already.
    #[error("`{}` takes `{name}` from {from}", path.display())]
    FromElsewhere {
        /// The manifest.
        path: PathBuf,
        /// The crate.
        name: String,
        /// From where, in words.
        from: String,
    },
    /// The workspace says something else of the dependency.
    #[error("the workspace in `{}` already describes `{name}` in another way", path.display())]
    Inherited {
        /// The workspace's manifest.
        path: PathBuf,
        /// The crate.
        name: String,
    },
    /// A token belongs under that key, and Granary writes none.
    #[error("`{0}` holds a token, which Granary does not write")]
    SecretKey(String),
    /// A file is none that cargo reads in this project.
    #[error("`{}` is no config of this project", .0.display())]
    NotItsConfig(PathBuf),
    /// No registry of the project is this feed.
    #[error("the project is not connected to `{0}`")]
    NotConnected(String),
    /// The workspace has no such package.
    #[error("`{0}` is no package of this project")]
    NoMember(String),
    /// The manifest has no package.
    #[error("`{}` has no package", .0.display())]
    NoPackage(PathBuf),
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
            | Self::NothingToUndo { .. }
            | Self::Unforeseen { .. }
            | Self::Named { .. }
            | Self::KeyTaken { .. }
            | Self::FromElsewhere { .. }
            | Self::Inherited { .. }
            | Self::NotConnected(_)
            | Self::SecretKey(_)
            | Self::NoPackage(_) => Code::Precondition,
            Self::NoDependency { .. } | Self::NoMember(_) => Code::NotFound,
            Self::Invalid { .. }
            | Self::BadName { .. }
            | Self::BadRequirement { .. }
            | Self::NotItsConfig(_)
            | Self::NoRequirement(_) => Code::InvalidInput,
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
            Self::Unforeseen { path, .. } => Some(format!("Change `{}` by hand.", path.display())),
            Self::Named { .. } => Some("Take those out first, or disconnect by force.".to_owned()),
            Self::BadName {
                of: "key of config", ..
            } => Some("Write it as cargo does: `net.retry`.".to_owned()),
            Self::BadName { .. } => Some("Use letters, digits, `-` and `_`, a letter first.".to_owned()),
            Self::BadRequirement { .. } => Some("Write it as `1.2` or `>=1.2, <2`.".to_owned()),
            Self::NoRequirement(name) => Some(format!("Say which, as `{name}@1`.")),
            Self::NotConnected(feed) => Some(format!("Connect it first: `granary connect --feed {feed}`.")),
            Self::NoDependency { .. } | Self::NoMember(_) => None,
            Self::SecretKey(_) => Some("Sign in with Granary: cargo is then given a token.".to_owned()),
            Self::NotItsConfig(_) => Some("`granary show` lists the files cargo reads here.".to_owned()),
            Self::KeyTaken { .. } => Some("Give it another name there.".to_owned()),
            Self::FromElsewhere { name, .. } => Some(format!("Move `{name}` first, or take it out.")),
            Self::Inherited { .. } => {
                Some("Leave it as the workspace has it, or change it there.".to_owned())
            }
            Self::NoPackage(_) => Some("Name the folder of one of the workspace's packages.".to_owned()),
            Self::File { path, .. } => Some(format!("Check that you may write `{}`.", path.display())),
        }
    }

    pub(super) fn file(act: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { act, path, source }
    }
}
