//! What is wanted of a project's config, before anybody knows which lines that takes.
//!
//! **Invariant**: values only; neither files nor TOML.

use std::path::PathBuf;

/// A registry that config shall name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryEntry {
    /// What cargo shall call it.
    pub name: String,
    /// The address cargo reads.
    pub index_url: String,
}

/// Connect a project to feeds.
#[derive(Debug, Clone)]
pub struct Connect {
    /// The feed that shall stand for crates.io.
    pub crates_io_through: Option<RegistryEntry>,
    /// Feeds that hold our own crates.
    pub registries: Vec<RegistryEntry>,
    /// The project's config file.
    pub project_config: PathBuf,
    /// The user's own config file, in `CARGO_HOME`.
    pub user_config: PathBuf,
    /// Where the credential provider lies.
    pub provider: PathBuf,
}
