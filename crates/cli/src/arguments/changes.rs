//! The verbs that change a project's files, and their arguments.
//!
//! **Invariant**: says what may be typed; does nothing with it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Folder;

/// Whom a connection is for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Mode {
    /// Everybody who clones the project: its own config
    Committed,
    /// All your projects: the config in CARGO_HOME
    Mine,
    /// Pipelines: a file that cargo reads with --config alone
    Ci,
}

#[derive(Debug, Args)]
pub(crate) struct Connect {
    #[command(flatten)]
    pub(crate) project: Changed,
    /// The feed that shall stand for crates.io, or just be known when it does not include crates.io
    #[arg(long)]
    pub(crate) feed: String,
    /// The feed that holds our own crates
    #[arg(long, value_name = "FEED")]
    pub(crate) publish_to: Option<String>,
    /// Whom it is for
    #[arg(long, value_enum, default_value = "committed")]
    pub(crate) mode: Mode,
}

#[derive(Debug, Args)]
pub(crate) struct Disconnect {
    #[command(flatten)]
    pub(crate) project: Changed,
    /// From this feed; from all when left out
    #[arg(long)]
    pub(crate) feed: Option<String>,
    /// Only what was connected so; what lies in the project when left out
    #[arg(long, value_enum)]
    pub(crate) mode: Option<Mode>,
    /// Even if manifests still name the registry
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The crate, and what to require of it; the latest version when left out
    #[arg(value_name = "CRATE[@REQ]")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) manifests: Manifests,
    /// The feed it comes from; crates.io when left out
    #[arg(long)]
    pub(crate) feed: Option<String>,
    /// What to call it here
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    /// Features to turn on, separated by commas
    #[arg(long, value_delimiter = ',')]
    pub(crate) features: Vec<String>,
    /// Leave its default features off
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// Make it optional
    #[arg(long, conflicts_with = "dev")]
    pub(crate) optional: bool,
    #[command(flatten)]
    pub(crate) list: List,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The crate, and what to require of it
    #[arg(value_name = "CRATE@REQ")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) manifests: Manifests,
}

#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The crate
    #[arg(value_name = "CRATE")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) manifests: Manifests,
    /// From the package's own list alone, not from those of tests and build scripts
    #[arg(long, conflicts_with_all = ["dev", "build"])]
    pub(crate) normal: bool,
    #[command(flatten)]
    pub(crate) list: List,
}

#[derive(Debug, Args)]
pub(crate) struct Move {
    /// The crate
    #[arg(value_name = "CRATE")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) manifests: Manifests,
    /// To this feed
    #[arg(long, required_unless_present = "crates_io")]
    pub(crate) feed: Option<String>,
    /// To crates.io
    #[arg(long, conflicts_with = "feed")]
    pub(crate) crates_io: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PublishTo {
    /// The one feed packages may be published to
    pub(crate) feed: String,
    #[command(flatten)]
    pub(crate) manifests: Manifests,
    /// Make it cargo's default registry here, too
    #[arg(long)]
    pub(crate) as_default: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ClearTokens {
    #[command(flatten)]
    pub(crate) project: Changed,
    /// Of this registry alone
    #[arg(long, value_name = "NAME")]
    pub(crate) registry: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigVerb {
    /// Set a key
    Set(SetConfig),
    /// Take a key out
    Remove(RemoveConfig),
}

#[derive(Debug, Args)]
pub(crate) struct SetConfig {
    /// The dotted key, as `net.retry`
    pub(crate) key: String,
    /// The value as TOML: `5`, `true`, `["a", "b"]`; anything else is a text
    pub(crate) value: String,
    #[command(flatten)]
    pub(crate) project: Changed,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveConfig {
    /// The dotted key, as `net.retry`
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) project: Changed,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
}

/// A config file; the project's own where none is named.
#[derive(Debug, Args)]
pub(crate) struct ConfigFile {
    /// This file, one of those that cargo reads here
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProviderVerb {
    /// Put Granary where cargo asks first, in your own config
    Use(Changed),
    /// Take it out again
    Remove(Changed),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Of tests and examples
    #[arg(long, conflicts_with = "build")]
    pub(crate) dev: bool,
    /// Of the build script
    #[arg(long)]
    pub(crate) build: bool,
    /// Of a target, as `cfg(windows)`
    #[arg(long, value_name = "TARGET")]
    pub(crate) target: Option<String>,
}

/// A project whose files change.
#[derive(Debug, Args)]
pub(crate) struct Changed {
    #[command(flatten)]
    pub(crate) project: Folder,
    /// Only show what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// A project whose manifests change.
#[derive(Debug, Args)]
pub(crate) struct Manifests {
    #[command(flatten)]
    pub(crate) project: Changed,
    /// The package that is meant, where it is not that of the folder; may be given more than once
    #[arg(long = "package", short = 'p', value_name = "NAME")]
    pub(crate) packages: Vec<String>,
}
