//! A project as the product speaks of it.
//!
//! **Invariant**: plain values that cross to the window and into `granary --json`; paths are whole.

use std::path::PathBuf;

use serde::Serialize;

use super::{Need, Place, SecretShape, Setting, SettingOrigin, Toolchain};

/// What cargo would do in a folder.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// The workspace's folder, or the package's.
    pub folder: PathBuf,
    /// The same with `~` for the user's home.
    pub display_folder: String,
    /// Its name.
    pub name: String,
    /// Its packages.
    pub members: Vec<Member>,
    /// The version of the cargo that would run.
    pub cargo_version: Option<String>,
    /// The toolchain rustup would choose here; none where nothing says one.
    pub toolchain: Option<Toolchain>,
    /// The config files cargo reads here, nearest first.
    pub config_files: Vec<ConfigFile>,
    /// Each value that applies, with where it was set and what it overrides, sorted by key.
    pub settings: Vec<Setting>,
    /// Which registries it names, and what stands for crates.io.
    pub connection: Connection,
    /// The registry that commands use which name none, as `cargo publish` may.
    pub default_registry: Option<String>,
    /// The way from crates.io to what is used in its place; none when it is crates.io itself.
    pub replacement: Option<Replacement>,
    /// How cargo would get a token for each registry.
    pub access: Vec<RegistryAccess>,
    /// The packages of `Cargo.lock`; none when there is no such file yet.
    pub locked: Option<Vec<LockedCrate>>,
    /// What the project's own config would make cargo do: programs to run, and other ways for its requests.
    pub programs: Vec<Program>,
    /// Whether all of that was trusted in this folder; so it is where there is nothing of that kind.
    pub is_trusted: bool,
    /// Whether all of it is trusted that happens when code is checked or built.
    pub is_trusted_to_build: bool,
    /// What the manifests name, in their order.
    pub needs: Vec<Need>,
    /// What is wrong with config and `Cargo.lock`, so that cargo stops at it; those files are left out of all else that is told here.
    pub faults: Vec<FileFault>,
}

/// A file that cargo cannot use: of config, or `Cargo.lock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FileFault {
    /// The file.
    pub path: PathBuf,
    /// The same with `~` for the user's home.
    pub display: String,
    /// What is wrong with it.
    pub words: String,
}

/// A package of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its version; none where the manifest leaves it out.
    pub version: Option<String>,
    /// Its folder.
    pub folder: PathBuf,
    /// The oldest Rust it promises to work with.
    pub rust_version: Option<String>,
}

/// A config file that applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ConfigFile {
    /// Where it is.
    pub path: PathBuf,
    /// The same with `~` for the user's home.
    pub display: String,
    /// Whether it travels with the project.
    pub place: Place,
    /// The file that includes it; none where cargo finds it by itself.
    pub included_by: Option<PathBuf>,
    /// The `config.toml` beside it, which cargo does not read because this one has the old name.
    pub hides: Option<PathBuf>,
}

/// The way from crates.io to what is used in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Replacement {
    /// Each step: a source and what replaces it.
    pub steps: Vec<ReplacementStep>,
    /// Where it ends.
    pub end: ReplacementEnd,
}

/// One source that is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ReplacementStep {
    /// Its name.
    pub source: String,
    /// The name of what replaces it.
    pub with: String,
    /// What says so.
    pub origin: SettingOrigin,
}

/// What a replacement ends at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ReplacementEnd {
    /// A registry.
    #[serde(rename_all = "camelCase")]
    Registry {
        /// Its index.
        index_url: String,
        /// The feed at that address, when it is a feed's.
        feed: Option<String>,
    },
    /// A folder of unpacked crates.
    Directory {
        /// As it was written.
        path: String,
    },
    /// A folder that is a registry.
    LocalRegistry {
        /// As it was written.
        path: String,
    },
    /// A git repository.
    Git {
        /// Its address.
        url: String,
    },
    /// Nothing has the last name: cargo stops here.
    Missing {
        /// The name.
        name: String,
    },
    /// It leads back to where it was: cargo stops here.
    Cycle {
        /// The name that comes twice.
        name: String,
    },
}

/// How cargo would get a token for a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RegistryAccess {
    /// What config calls the registry.
    pub registry: String,
    /// The address cargo reads.
    pub index_url: String,
    /// The name under which cargo looks for the token: a variable that holds the same address gives it another.
    pub asked_as: String,
    /// Other names of the same address: cargo refuses to choose among them.
    pub also_named: Vec<String>,
    /// The credential providers in the order cargo tries them; empty when none is set, and cargo then refuses.
    pub providers: Vec<CredentialProvider>,
    /// The tokens that are kept where cargo itself looks, the one it would take first.
    pub tokens: Vec<StoredToken>,
}

/// A program, or a part of cargo, that gives tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CredentialProvider {
    /// As config names it.
    pub name: String,
    /// What that stands for, where it is an alias.
    pub program: String,
    /// Whose it is.
    pub kind: ProviderKind,
    /// What says so.
    pub origin: SettingOrigin,
}

/// Whose credential provider it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ProviderKind {
    /// Granary's.
    Granary,
    /// Microsoft's for Azure Artifacts.
    Microsoft,
    /// Cargo's own, which reads tokens from files and variables.
    CargoToken,
    /// Another of cargo's own.
    BuiltIn,
    /// Any other program.
    Other,
}

/// A token that is kept where cargo itself looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct StoredToken {
    /// Its key.
    pub key: String,
    /// What it looks like.
    pub secret: SecretShape,
    /// What holds it.
    pub origin: SettingOrigin,
    /// Whether cargo would use it.
    pub effect: TokenEffect,
}

/// What becomes of a token that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum TokenEffect {
    /// Cargo takes it before it asks Granary.
    ShadowsGranary,
    /// Cargo takes it, and Granary's provider is not among those it asks.
    Used,
    /// Cargo takes it where Granary has none.
    AfterGranary,
    /// Another token of the same registry is taken first.
    Overridden,
    /// Cargo does not look at it: `cargo:token` is not among the providers.
    Ignored,
}

/// How a project is connected to feeds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The registries its config names.
    pub registries: Vec<RegistryInUse>,
    /// What cargo uses in place of crates.io; none when it is crates.io itself.
    pub crates_io_through: Option<RegistryInUse>,
}

/// A registry that config names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RegistryInUse {
    /// What cargo calls it.
    pub name: String,
    /// The address cargo reads.
    pub index_url: String,
    /// The feed at that address, when it is a feed's.
    pub feed: Option<String>,
}

/// A package of `Cargo.lock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct LockedCrate {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where cargo gets it from.
    pub origin: LockedOrigin,
    /// Bytes to download, where they are known: of cargo's cache, or of what is kept of the feed.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub size: Option<u64>,
    /// Whether the feed it comes from has it; none where nothing is kept of that feed.
    pub held: Option<Held>,
}

/// Whether a feed has a locked version, as far as is kept of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Held {
    /// Saved or published there.
    Saved,
    /// There, and yanked.
    Yanked,
    /// Not there yet; the first fetch by somebody who may save it brings it in.
    NotSaved,
    /// Not there, and no upstream to have it from.
    Missing,
}

/// Where cargo gets a locked package from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum LockedOrigin {
    /// crates.io, directly or through a feed.
    CratesIo {
        /// The feed that stands for it.
        through: Option<String>,
    },
    /// A feed of ours.
    Feed {
        /// Its reference.
        feed: String,
    },
    /// A registry that is no feed.
    Registry {
        /// Its index.
        url: String,
    },
    /// A git repository.
    Git {
        /// Its address.
        url: String,
    },
    /// The project itself.
    Path,
}

/// A program that the project's own config would make cargo run, or another way it would send requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Program {
    /// The file that names it.
    pub file: PathBuf,
    /// Under which key.
    pub key: String,
    /// What it is, shortened.
    pub program: String,
    /// What tells it from any other, and from itself once it is something else: a digest of file, key and the whole value.
    pub mark: String,
    /// What has to be done for cargo to heed it.
    pub when: ProgramUse,
}

/// What has to be done for cargo to heed a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ProgramUse {
    /// Anything.
    Always,
    /// Code is checked or built.
    Build,
}

/// What a dragged path is, from names alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// The folder's name.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// The same with `~` for the user's home.
    pub display_folder: String,
    /// Whether cargo would find a project there.
    pub kind: ProbeKind,
    /// Whether it has a `Cargo.lock`.
    pub has_lockfile: bool,
    /// Whether it has config of its own.
    pub has_config: bool,
    /// Whether it was opened before.
    pub known: bool,
    /// The projects below a folder that is none itself.
    pub candidates: Vec<Candidate>,
}

/// A project below a folder that is none itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Candidate {
    /// Its folder.
    pub folder: PathBuf,
    /// The same as seen from the folder above.
    pub display: String,
}

/// Whether cargo would find a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ProbeKind {
    /// There is a manifest at or above the path.
    Project,
    /// There is none.
    None,
}
