//! The one way to the network: authorize → send → classify → retry.
//!
//! **Invariant**: knows no feed and no disk; every request of the engine goes through [`Http::send`].

mod classify;
mod error;
mod retry;
mod send;

pub use error::{Error, Refusal};
pub use retry::Retry;
pub use send::{Answer, Content, Http, Request};
