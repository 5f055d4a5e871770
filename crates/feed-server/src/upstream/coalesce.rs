//! One answer for everybody who asks the same thing at the same time.
//!
//! **Invariant:** nothing is remembered after the last asker has left; this is no cache.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

/// Questions under way.
#[derive(Debug)]
pub(super) struct Coalesce<K, V> {
    under_way: Mutex<HashMap<K, Arc<OnceCell<V>>>>,
}

impl<K, V> Default for Coalesce<K, V> {
    fn default() -> Self {
        Self {
            under_way: Mutex::default(),
        }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Coalesce<K, V> {
    /// Waits for the answer somebody is getting already, or gets it by `asking`. Should that asker go away, the next one
    /// asks in their place.
    pub(super) async fn get(&self, key: K, asking: impl Future<Output = V>) -> V {
        let cell = Arc::clone(self.held().entry(key.clone()).or_default());
        let leaving = Leaving { all: self, key, cell };
        leaving.cell.get_or_init(|| asking).await.clone()
    }

    fn held(&self) -> MutexGuard<'_, HashMap<K, Arc<OnceCell<V>>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the question off the list: once answered, so that the next asker asks anew; or when nobody waits any more.
struct Leaving<'a, K: Eq + Hash + Clone, V: Clone> {
    all: &'a Coalesce<K, V>,
    key: K,
    cell: Arc<OnceCell<V>>,
}

impl<K: Eq + Hash + Clone, V: Clone> Drop for Leaving<'_, K, V> {
    fn drop(&mut self) {
        let mut under_way = self.all.held();
        let is_listed = under_way
            .get(&self.key)
            .is_some_and(|listed| Arc::ptr_eq(listed, &self.cell));
        // Two hold the cell when nobody else does: the list and we.
        if is_listed && (self.cell.initialized() || Arc::strong_count(&self.cell) == 2) {
            under_way.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::Notify;

    #[tokio::test]
    async fn asks_once_and_forgets() {
        let coalesce = Coalesce::<&str, u32>::default();
        let (asked, go) = (AtomicU32::new(0), Notify::new());
        let ask = async || {
            go.notified().await;
            asked.fetch_add(1, Ordering::SeqCst) + 1
        };
        let release = async {
            tokio::task::yield_now().await;
            go.notify_waiters();
        };
        let (one, two, ()) = tokio::join!(coalesce.get("k", ask()), coalesce.get("k", ask()), release);
        assert_eq!((one, two), (1, 1));
        assert!(coalesce.held().is_empty());
        assert_eq!(coalesce.get("k", async { 7 }).await, 7);
    }

    #[tokio::test]
    async fn an_asker_who_leaves_is_replaced() {
        let coalesce = Coalesce::<&str, u32>::default();
        let never = coalesce.get("k", std::future::pending());
        tokio::select! {
            biased;
            _ = never => unreachable!(),
            () = std::future::ready(()) => {}
        }
        assert!(coalesce.held().is_empty());
        assert_eq!(coalesce.get("k", async { 3 }).await, 3);
    }
}
