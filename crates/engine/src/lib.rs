//! All Granary can do, without a window: feeds, projects, edits and restores.
//!
//! The floors, lowest first: [`http`] sends; [`feeds`] speaks Azure's API; [`project`] reads a folder; [`edit`]
//! changes it; [`cargo`] runs cargo; [`restore`] puts them in order. [`Engine`] is the front door: one method a
//! verb, called by the command and by the window alike.
//!
//! **Invariant**: builds and is tested where no webview exists; prints nothing; decides nothing about looks.

pub mod cargo;
pub mod edit;
pub mod feeds;
pub mod http;
pub mod project;
pub mod restore;

mod accounts;
mod autostart;
mod engine;
mod error;
mod remembered;

pub use accounts::{Account, AccountKind};
pub use autostart::{AutostartKind, AutostartPlan};
pub use engine::{About, AboutCargo, ConnectRequest, Engine};
pub use error::{Code, Error, Told};
pub use remembered::{ProjectEntry, Remembered};
