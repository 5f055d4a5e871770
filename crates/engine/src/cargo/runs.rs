//! The runs that are going on, by id, so that any of them can be cancelled.
//!
//! **Invariant**: holds ways to stop, not results; a run leaves the list when it ends, however it ends.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use time::OffsetDateTime;

use super::Stop;

/// All live runs of this program.
#[derive(Debug, Clone, Default)]
pub struct Runs(Arc<Mutex<HashMap<String, Stop>>>);

/// One live run; leaves the list when dropped.
#[derive(Debug)]
pub struct Running {
    runs: Runs,
    id: String,
}

impl Runs {
    /// An id for a new run: the time in milliseconds first, so that ids sort by age.
    pub fn next_id(&self, now: OffsetDateTime) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let milliseconds = now.unix_timestamp_nanos() / 1_000_000;
        format!(
            "{milliseconds}-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        )
    }

    /// Adds a run to the list.
    pub fn add(&self, id: &str, stop: Stop) -> Running {
        self.list().insert(id.to_owned(), stop);
        Running {
            runs: self.clone(),
            id: id.to_owned(),
        }
    }

    /// Stops a run. Answers whether there was one.
    pub fn cancel(&self, id: &str) -> bool {
        let stop = self.list().get(id).cloned();
        stop.inspect(Stop::stop).is_some()
    }

    /// Stops all of them.
    pub fn cancel_all(&self) {
        self.list().values().for_each(Stop::stop);
    }

    fn list(&self) -> std::sync::MutexGuard<'_, HashMap<String, Stop>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.runs.list().remove(&self.id);
    }
}
