//! What is wanted of a project's files, before anybody knows which lines that takes.
//!
//! **Invariant**: values, and what makes them sound in themselves; neither files nor TOML.

use std::path::{Path, PathBuf};

use super::Error;
use crate::change_request::ConnectMode;
use crate::project::{DependencyList, SettingValue};

/// Any change to a project's files.
#[derive(Debug, Clone)]
pub enum Change {
    /// Connect it to feeds.
    Connect(Connect),
    /// Take that out again.
    Disconnect(Disconnect),
    /// Add a crate, or more features of one.
    Add(AddDependency),
    /// Require another version of a crate.
    Update(UpdateDependency),
    /// Take a crate out.
    Remove(RemoveDependency),
    /// Take a crate from crates.io or from a feed.
    Move(MoveDependency),
    /// Say where its packages are published.
    Publish(PublishTarget),
    /// Take tokens in clear out of cargo's files.
    ClearTokens(ClearTokens),
    /// Another value of a key of config.
    SetConfig(SetConfig),
    /// Ask Granary for tokens, or no longer.
    Provider(ProviderUse),
    /// Several, one after the other.
    Several(Vec<Change>),
}

/// A registry that config shall name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryEntry {
    /// What cargo shall call it.
    pub name: String,
    /// The address cargo reads.
    pub index_url: String,
    /// Whether something that no edit reaches defines it by this name: a file that is included, or a variable.
    pub is_known: bool,
}

/// Connect a project to feeds.
#[derive(Debug, Clone)]
pub struct Connect {
    /// The feed that shall stand for crates.io.
    pub crates_io_through: Option<RegistryEntry>,
    /// Feeds that hold our own crates.
    pub registries: Vec<RegistryEntry>,
    /// The project.
    pub folder: PathBuf,
    /// The file the registries go into, as the mode has it.
    pub config: PathBuf,
    /// Whom it is for.
    pub mode: ConnectMode,
    /// The user's own config file, in `CARGO_HOME`.
    pub user_config: PathBuf,
    /// Where the credential provider lies.
    pub provider: PathBuf,
}

/// Disconnect a project from one feed, or from all.
#[derive(Debug, Clone)]
pub struct Disconnect {
    /// The project.
    pub folder: PathBuf,
    /// The feed's index; none for every registry that is a feed's.
    pub index_url: Option<String>,
    /// The files to take it out of.
    pub configs: Vec<PathBuf>,
    /// The project's manifests, which may name the registry.
    pub manifests: Vec<PathBuf>,
    /// Even if they do.
    pub force: bool,
}

/// The manifests a dependency is changed in.
#[derive(Debug, Clone)]
pub struct Manifests {
    /// The project.
    pub folder: PathBuf,
    /// Of the packages.
    pub packages: Vec<PathBuf>,
    /// Of their workspace.
    pub workspace: Option<PathBuf>,
}

/// Add a crate.
#[derive(Debug, Clone)]
pub struct AddDependency {
    /// Where.
    pub manifests: Manifests,
    /// To which list.
    pub list: DependencyList,
    /// The crate.
    pub name: String,
    /// What the manifest shall call it, if not by its name.
    pub rename: Option<String>,
    /// What to require; none only where the workspace says it.
    pub requirement: Option<String>,
    /// The registry it comes from; none for crates.io.
    pub registry: Option<String>,
    /// Features to turn on.
    pub features: Vec<String>,
    /// Whether its default features stay off.
    pub no_default_features: bool,
    /// Whether it is optional.
    pub optional: bool,
}

/// Require another version of a crate, wherever it is required.
#[derive(Debug, Clone)]
pub struct UpdateDependency {
    /// Where.
    pub manifests: Manifests,
    /// The crate.
    pub name: String,
    /// What to require.
    pub requirement: String,
}

/// Take a crate out.
#[derive(Debug, Clone)]
pub struct RemoveDependency {
    /// Where.
    pub manifests: Manifests,
    /// Of this list; none for every list.
    pub list: Option<DependencyList>,
    /// The crate.
    pub name: String,
}

/// Take a crate from another registry.
#[derive(Debug, Clone)]
pub struct MoveDependency {
    /// Where.
    pub manifests: Manifests,
    /// The crate.
    pub name: String,
    /// The registry; none for crates.io.
    pub registry: Option<String>,
}

/// Say where packages are published.
#[derive(Debug, Clone)]
pub struct PublishTarget {
    /// Which packages.
    pub manifests: Manifests,
    /// The one registry they may be published to.
    pub registry: String,
    /// The config file that shall also name it as cargo's default.
    pub default_in: Option<PathBuf>,
}

/// Take tokens in clear out of cargo's files.
#[derive(Debug, Clone)]
pub struct ClearTokens {
    /// The project.
    pub folder: PathBuf,
    /// The registries whose tokens.
    pub registries: Vec<String>,
    /// `credentials.toml` and config files.
    pub files: Vec<PathBuf>,
}

/// Another value of a key of config, or none.
#[derive(Debug, Clone)]
pub struct SetConfig {
    /// The project.
    pub folder: PathBuf,
    /// The config file.
    pub file: PathBuf,
    /// The dotted key, as cargo writes it.
    pub key: String,
    /// What it shall be; none where it shall go.
    pub to: Option<SettingValue>,
}

/// Granary among the credential providers of this user.
#[derive(Debug, Clone)]
pub struct ProviderUse {
    /// The project that is looked at.
    pub folder: PathBuf,
    /// The user's own config file, in `CARGO_HOME`.
    pub user_config: PathBuf,
    /// Where the credential provider lies.
    pub provider: PathBuf,
    /// Whether it shall be asked.
    pub is_used: bool,
}

impl Manifests {
    fn files(&self) -> impl Iterator<Item = &Path> {
        self.packages.iter().chain(&self.workspace).map(PathBuf::as_path)
    }
}

impl Change {
    /// The project it is about.
    pub(super) fn folder(&self) -> &Path {
        match self {
            Self::Connect(change) => &change.folder,
            Self::Disconnect(change) => &change.folder,
            Self::Add(change) => &change.manifests.folder,
            Self::Update(change) => &change.manifests.folder,
            Self::Remove(change) => &change.manifests.folder,
            Self::Move(change) => &change.manifests.folder,
            Self::Publish(change) => &change.manifests.folder,
            Self::ClearTokens(change) => &change.folder,
            Self::SetConfig(change) => &change.folder,
            Self::Provider(change) => &change.folder,
            Self::Several(changes) => changes.first().map_or(Path::new(""), Self::folder),
        }
    }

    /// The files it may touch, or must look at.
    pub fn files(&self) -> Vec<&Path> {
        match self {
            Self::Connect(connect) => vec![&connect.config, &connect.user_config],
            Self::Disconnect(disconnect) => {
                let all = disconnect.configs.iter().chain(&disconnect.manifests);
                all.map(PathBuf::as_path).collect()
            }
            Self::Add(add) => add.manifests.files().collect(),
            Self::Update(update) => update.manifests.files().collect(),
            Self::Remove(remove) => remove.manifests.files().collect(),
            Self::Move(moved) => moved.manifests.files().collect(),
            Self::Publish(publish) => {
                let default = publish.default_in.iter().map(PathBuf::as_path);
                publish.manifests.files().chain(default).collect()
            }
            Self::ClearTokens(clear) => clear.files.iter().map(PathBuf::as_path).collect(),
            Self::SetConfig(set) => vec![&set.file],
            Self::Provider(provider) => vec![&provider.user_config],
            Self::Several(changes) => changes.iter().flat_map(Self::files).collect(),
        }
    }
}

/// Refuses what cargo does not take as the name of a crate.
pub(super) fn check_crate_name(name: &str) -> Result<(), Error> {
    let is_first = |sign: char| sign.is_ascii_alphabetic() || sign == '_';
    let is_other = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
    let is_sound = name.starts_with(is_first) && name.chars().all(is_other) && name.len() <= 64;
    sound(is_sound, "crate", name)
}

/// Refuses what cargo does not take as the name of a registry.
pub(super) fn check_registry_name(name: &str) -> Result<(), Error> {
    let is_first = |sign: char| sign.is_alphabetic() || sign == '_';
    let is_other = |sign: char| sign.is_alphanumeric() || matches!(sign, '-' | '_');
    sound(
        name.starts_with(is_first) && name.chars().all(is_other),
        "registry",
        name,
    )
}

/// Refuses what cargo does not take as the name of a feature.
pub(super) fn check_feature(name: &str) -> Result<(), Error> {
    let is_sign = |sign: char| sign.is_alphanumeric() || matches!(sign, '-' | '_' | '+' | '.' | '/' | '?');
    sound(!name.is_empty() && name.chars().all(is_sign), "feature", name)
}

fn sound(is_sound: bool, of: &'static str, name: &str) -> Result<(), Error> {
    match is_sound {
        true => Ok(()),
        false => Err(Error::BadName {
            of,
            name: name.to_owned(),
        }),
    }
}

/// Refuses what is no requirement of a version.
pub(super) fn check_requirement(requirement: &str) -> Result<(), Error> {
    let parsed = semver::VersionReq::parse(requirement);
    parsed.map(drop).map_err(|source| Error::BadRequirement {
        requirement: requirement.to_owned(),
        source,
    })
}
