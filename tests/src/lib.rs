//! What the journeys stand on: a private home, sample projects, a double of Azure, and the real window under a display
//! of its own.
//!
//! **Invariant**: enters the product by its front doors alone (programs and files); of its crates only `feed-server` is
//! used here, behind the double of Azure and never as the product's own.
#![expect(clippy::print_stdout, reason = "the tour tells its steps")]

pub mod azure;
mod broken_off;
pub mod contract;
mod crates_io;
mod home;
mod process;
mod project;
pub mod replay;
mod seen;
mod session;
pub mod slow;
pub mod tour;
pub mod window;

pub use crates_io::{index_of_crates_io, require_crates_io};
pub use home::{Listening, Ran, Serving, TestHome};
pub use process::{found, free_port, until};
pub use project::{SampleCrate, SampleProject};
pub use seen::Seen;
