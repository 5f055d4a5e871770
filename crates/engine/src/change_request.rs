//! What is wanted of a project's files, as faces ask it and checks offer it.
//!
//! **Invariant**: values as they come in; feeds by their references, nothing looked up.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::project::{DependencyList, SettingValue};

/// A change to a project's files: what the faces ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ChangeRequest {
    /// The project: its folder, or a path within. A package's own folder means that package.
    pub folder: PathBuf,
    /// The packages that are meant, by name; none are those of the folder.
    pub packages: Vec<String>,
    /// What shall change.
    pub change: ChangeKind,
}

/// What shall change. Feeds are given by their references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        mode: ConnectMode,
    },
    /// Take that out again.
    Disconnect {
        /// From this feed; none for all.
        feed: Option<String>,
        /// Only what was connected so; none for what lies in the project.
        mode: Option<ConnectMode>,
        /// Even if manifests name it.
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
        list: DependencyList,
        /// Features to turn on.
        features: Vec<String>,
        /// Whether its default features stay off.
        no_default_features: bool,
        /// Whether it is optional.
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
        as_default: bool,
    },
    /// Take tokens in clear out of cargo's files.
    ClearTokens {
        /// The registries; none for all of the project that are feeds.
        registries: Vec<String>,
    },
    /// Another value of a key of cargo's config, or none.
    SetConfig {
        /// One of the files that apply here; none for the project's own.
        file: Option<PathBuf>,
        /// The dotted key, as cargo writes it.
        key: String,
        /// What it shall be; none where it shall go.
        to: Option<SettingValue>,
    },
    /// Have Granary among the credential providers of this user, or no longer.
    Provider {
        /// Whether it shall be asked.
        is_used: bool,
    },
    /// Several, one after the other, as one.
    Several {
        /// Them; none of them is several itself.
        changes: Vec<ChangeKind>,
    },
}

/// Whom a connection is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ConnectMode {
    /// Everybody who clones the project: its own config.
    #[default]
    Committed,
    /// Every project of this user: the config in `CARGO_HOME`.
    Mine,
    /// Whoever asks for it: a file that cargo reads with `--config` alone, so that nobody is locked out of the project.
    Ci,
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
            Self::SetConfig { .. } => "config",
            Self::Provider { .. } => "provider",
            Self::Several { .. } => "fix",
        }
    }

    /// Whether cargo would ask Granary's provider afterwards, so that it has to be there.
    pub(crate) fn needs_provider(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Provider { is_used: true } => true,
            Self::Several { changes } => changes.iter().any(Self::needs_provider),
            _ => false,
        }
    }

    /// The feeds it names.
    pub(crate) fn feeds(&self) -> Vec<&str> {
        let named = match self {
            Self::Connect {
                crates_io_feed,
                own_feed,
                ..
            } => [crates_io_feed.as_deref(), own_feed.as_deref()],
            Self::Disconnect { feed, .. } | Self::Add { feed, .. } | Self::Move { feed, .. } => {
                [feed.as_deref(), None]
            }
            Self::PublishTo { feed, .. } => [Some(feed.as_str()), None],
            Self::Several { changes } => return changes.iter().flat_map(Self::feeds).collect(),
            _ => [None, None],
        };
        named.into_iter().flatten().collect()
    }
}
