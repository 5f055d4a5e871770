//! Hearing of requests that are sent again, and of servers that ask for time, while it happens.
//!
//! **Invariant**: whoever listens decides nothing.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::error::Error;

/// What is heard.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Heard<'a> {
    /// A request is about to be sent again after a wait, and what went wrong.
    Again {
        /// What went wrong.
        error: &'a Error,
        /// The wait before it is sent.
        wait: Duration,
    },
    /// The server answered, and asks to be left alone for a while.
    Slower {
        /// How long nothing is sent.
        wait: Duration,
    },
}

/// Who wants to hear of it, while it happens.
#[derive(Clone)]
pub(crate) struct Listener(Arc<dyn Fn(Heard<'_>) + Send + Sync>);

impl Listener {
    pub(crate) fn new(hear: impl Fn(Heard<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    pub(crate) fn hear(&self, heard: Heard<'_>) {
        (self.0)(heard);
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}
