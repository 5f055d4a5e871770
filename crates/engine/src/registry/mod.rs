//! Cargo's side of a feed: its index, its `.crate` files, yanking.
//!
//! **Invariant**: no Azure JSON, no disk, and no HTTP but through [`crate::http`]. Whatever an index or a `.crate` says is
//! a stranger's word: bounded, and an unreadable part is left out.

mod archive;
mod client;
mod error;
mod index;
mod readme;

pub(crate) use crate::http::{Answer as IndexFile, Heard, Listener, Opened, Transport};
pub(crate) use archive::{Manifest, look_into};
pub(crate) use client::{Config, Registry, hex};
pub use error::Error;
pub(crate) use index::{IndexDependency, IndexVersion, versions as index_versions};
pub(crate) use readme::render;
