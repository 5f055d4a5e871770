//! All Granary can do, without a window: feeds, projects, edits and restores.
//!
//! The floors, lowest first: [`http`] sends; [`accounts`] signs in; [`feeds`] speaks Azure's API; [`project`] reads a folder; [`edit`]
//! changes it; [`cargo`] runs cargo; [`restore`] puts them in order. [`Engine`] is the front door: one method a
//! verb, called by the command and by the window alike.
//!
//! **Invariant**: builds and is tested where no webview exists; prints nothing; decides nothing about looks.

pub mod accounts;
pub mod cargo;
pub mod catalog;
pub mod checks;
pub mod edit;
pub mod feeds;
pub mod http;
pub mod project;
pub mod registry;
pub mod restore;

mod autostart;
mod change_request;
mod engine;
mod error;
mod moment;
mod remembered;

pub use accounts::Account;
pub use autostart::{AutostartKind, AutostartPlan};
pub use change_request::{ChangeKind, ChangeRequest};
pub use engine::{About, AboutCargo, Engine, UndoPlan};
pub use error::{Code, Error, Told};
pub use remembered::{ProjectEntry, Remembered};

/// A name that nothing else has.
pub(crate) fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
