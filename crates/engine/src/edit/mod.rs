//! Changing a user's files: change → plan → diff → apply.
//!
//! **Invariant**: [`apply`] is the only writer of the user's files; a plan is pure; every byte that is not ours
//! stays as it was.

mod apply;
mod change;
mod diff;
mod document;
mod error;
mod journal;
mod lines;
mod parts;
mod plan;
#[cfg(test)]
mod tests;

pub use crate::change_request::ConnectMode;
pub use crate::project::{DependencyList, ListKind, Place};
pub(crate) use apply::write_file;
pub use apply::{Applied, apply, undo};
pub use change::{
    AddDependency, Change, ClearTokens, Connect, Disconnect, Manifests, MoveDependency, ProviderUse,
    PublishTarget, RegistryEntry, RemoveDependency, SetConfig, UpdateDependency,
};
pub use diff::{DiffLine, DiffLineKind, FileChange, Hunk};
pub use error::Error;
pub use journal::{Deed, Journal, Undoable};
pub use plan::{Originals, Plan, plan, plan_provider_removal, plan_undo};

/// The file in a project that pipelines name with `cargo --config`.
pub const CI_CONFIG: &str = ".cargo/granary-ci.toml";
