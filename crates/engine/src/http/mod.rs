//! The one way to the network: authorize → send → classify → retry.
//!
//! **Invariant**: knows no feed and no disk; every request of the engine goes through [`Http::open`].

mod classify;
mod error;
mod listener;
mod opened;
mod retry;
mod send;
mod transport;

pub use error::{Error, Refusal};
pub(crate) use listener::{Heard, Listener};
pub(crate) use opened::Opened;
pub use retry::Retry;
pub use send::{Answer, Content, Http, Request};
pub use transport::Transport;
