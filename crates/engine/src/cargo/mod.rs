//! Running cargo: which one, with what arguments and environment, and what its lines mean; and a terminal to run it in by hand.
//!
//! **Invariant**: processes are started in `process` only; no network, and none of the user's files. Our own
//! environment is never changed.

mod error;
mod events;
mod locate;
mod messages;
mod process;
mod provider;
mod request;
mod runs;
mod terminal;

pub use error::Error;
pub use events::{CargoLine, Downloading, read_line};
pub use locate::{Cargo, cargo_home, find, locate, rustup_home};
pub use messages::{CompilerMessage, FORMAT, read_message};
pub use process::{Ending, Line, Process, Stop};
pub use provider::{install_program, install_provider, installed_path, provider_path};
pub use request::RunRequest;
pub(crate) use request::registry_variables;
pub use runs::{Running, Runs};
pub use terminal::open_terminal;
