//! What the faces ask of a project's files.
//!
//! **Invariant**: values as they come in; feeds by their references, nothing looked up.

use std::path::PathBuf;

use serde::Deserialize;

use super::Engine;
use crate::edit::{ConnectMode, DependencyList};

/// A change to a project's files: what the faces ask.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ChangeRequest {
    /// The project: its folder, or a path within. A package's own folder means that package.
    pub folder: PathBuf,
    /// The packages that are meant, by name; none are those of the folder.
    #[serde(default)]
    pub packages: Vec<String>,
    /// What shall change.
    pub change: ChangeKind,
}

/// What shall change. Feeds are given by their references.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ChangeKind {
    /// Connect the project to feeds.
    Connect {
        /// The feed that shall stand for crates.io.
        crates_io_feed: Option<String>,
        /// The feed that holds our own crates.
        own_feed: Option<String>,
        /// Whom it is for.
        #[serde(default)]
        mode: ConnectMode,
    },
    /// Take that out again.
    Disconnect {
        /// From this feed; none for all.
        feed: Option<String>,
        /// Only what was connected so; none for what lies in the project.
        mode: Option<ConnectMode>,
        /// Even if manifests name it.
        #[serde(default)]
        force: bool,
    },
    /// Add a crate.
    Add {
        /// The crate.
        name: String,
        /// What the manifest shall call it, if not by its name.
        rename: Option<String>,
        /// What to require; none for the latest version.
        requirement: Option<String>,
        /// The feed it comes from; none for crates.io.
        feed: Option<String>,
        /// To which list.
        #[serde(default)]
        list: DependencyList,
        /// Features to turn on.
        #[serde(default)]
        features: Vec<String>,
        /// Whether its default features stay off.
        #[serde(default)]
        no_default_features: bool,
        /// Whether it is optional.
        #[serde(default)]
        optional: bool,
    },
    /// Require another version of a crate.
    Update {
        /// The crate.
        name: String,
        /// What to require.
        requirement: String,
    },
    /// Take a crate out.
    Remove {
        /// The crate.
        name: String,
        /// Of this list; none for every list.
        list: Option<DependencyList>,
    },
    /// Take a crate from another feed, or from crates.io.
    Move {
        /// The crate.
        name: String,
        /// The feed; none for crates.io.
        feed: Option<String>,
    },
    /// Say where packages are published.
    PublishTo {
        /// The feed.
        feed: String,
        /// Whether it shall also be cargo's default.
        #[serde(default)]
        as_default: bool,
    },
    /// Take tokens in clear out of cargo's files.
    ClearTokens {
        /// The registries; none for all of the project that are feeds.
        #[serde(default)]
        registries: Vec<String>,
    },
}

impl ChangeRequest {
    /// A feed it names: one on this computer, where there is one.
    pub fn place(&self) -> &str {
        let named = match &self.change {
            ChangeKind::Connect {
                crates_io_feed,
                own_feed,
                ..
            } => [crates_io_feed.as_deref(), own_feed.as_deref()],
            ChangeKind::Disconnect { feed, .. }
            | ChangeKind::Add { feed, .. }
            | ChangeKind::Move { feed, .. } => [feed.as_deref(), None],
            ChangeKind::PublishTo { feed, .. } => [Some(feed.as_str()), None],
            _ => [None, None],
        };
        let feeds = || named.iter().flatten();
        let here = feeds().find(|feed| Engine::is_on_this_computer(feed));
        here.or_else(|| feeds().next()).copied().unwrap_or_default()
    }
}

impl ChangeKind {
    /// The command's verb for it.
    pub(crate) fn verb(&self) -> &'static str {
        match self {
            Self::Connect { .. } => "connect",
            Self::Disconnect { .. } => "disconnect",
            Self::Add { .. } => "add",
            Self::Update { .. } => "update",
            Self::Remove { .. } => "remove",
            Self::Move { .. } => "move",
            Self::PublishTo { .. } => "publish-to",
            Self::ClearTokens { .. } => "clear-tokens",
        }
    }
}
