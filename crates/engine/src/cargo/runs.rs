//! The runs that are going on, by id, so that any of them can be cancelled.
//!
//! **Invariant**: holds ways to stop, not results; a run leaves the list when it ends, however it ends.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use super::Stop;

/// All live runs of this program.
#[derive(Debug, Clone, Default)]
pub struct Runs(Arc<Live>);

#[derive(Debug, Default)]
struct Live {
    list: Mutex<HashMap<String, Stop>>,
    ended: Condvar,
}

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

    /// How many there are.
    pub fn count(&self) -> usize {
        self.list().len()
    }

    /// Stops a run. Answers whether there was one.
    pub fn cancel(&self, id: &str) -> bool {
        let stop = self.list().get(id).cloned();
        stop.inspect(Stop::stop).is_some()
    }

    /// Stops all of them and waits, at most so long, until they are gone. For the end of the program only: it
    /// blocks.
    pub fn end_all(&self, at_most: Duration) {
        self.list().values().for_each(Stop::stop);
        let waited = self
            .0
            .ended
            .wait_timeout_while(self.list(), at_most, |list| !list.is_empty());
        let left = waited.map_or_else(|poisoned| poisoned.into_inner().0.len(), |(list, _)| list.len());
        if left > 0 {
            tracing::warn!(left, "runs did not end in time");
        }
    }

    fn list(&self) -> std::sync::MutexGuard<'_, HashMap<String, Stop>> {
        self.0.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.runs.list().remove(&self.id);
        self.runs.0.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_begin_with_the_time() {
        let runs = Runs::default();
        let now = OffsetDateTime::from_unix_timestamp(1_790_000_000).expect("a time");
        let (first, second) = (runs.next_id(now), runs.next_id(now));
        assert_ne!(first, second);
        assert!(first.starts_with("1790000000000-"), "{first}");
    }
}
