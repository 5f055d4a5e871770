//! Hearing of requests that are sent again, while it happens.
//!
//! **Invariant**: whoever listens decides nothing.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::error::Error;

/// A request that is about to be sent again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Again<'a> {
    /// What went wrong.
    pub(crate) error: &'a Error,
    /// The wait before it is sent.
    pub(crate) wait: Duration,
}

/// Who wants to hear of requests that are sent again, while it happens.
#[derive(Clone)]
pub(crate) struct Listener(Arc<dyn Fn(&Again<'_>) + Send + Sync>);

impl Listener {
    pub(crate) fn new(hear: impl Fn(&Again<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    pub(super) fn hear(&self, again: &Again<'_>) {
        (self.0)(again);
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}
