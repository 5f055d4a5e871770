//! Feeds on this computer: a server that speaks Azure's REST API for feeds and cargo's sparse registry protocol, at
//! Azure's paths on one loopback address.
//!
//! **Invariant:** nothing here knows our other crates; whoever talks to this server does so over HTTP, and the two
//! sides are held to the same contract instead of the same types.

mod access;
mod archive;
mod auth;
mod azure_api;
mod config;
mod crate_name;
mod dispatch;
mod download;
mod downloads;
mod index_line;
mod people;
mod publish;
mod publish_metadata;
mod refusal;
mod request_body;
mod routes;
mod seed;
mod server;
mod serving;
mod sources;
mod sparse_index;
mod storage;
mod token;
mod upstream;
mod yank;

pub use config::{Addresses, Config, Limits};
pub use people::{Person, Role};
pub use seed::{Seed, seed};
pub use server::{RetainError, Server, start};
pub use serving::{Joined, StartError, join_or_start};
pub use token::{Token, TokenError};

/// The organization the feeds of this computer lie in.
pub const ORGANIZATION: &str = "local";

/// The Azure project that exists from the first start on.
pub const PROJECT: &str = "main";

/// The port that projects' config names unless the setting `[local] port` says otherwise.
pub const DEFAULT_PORT: u16 = 8717;
