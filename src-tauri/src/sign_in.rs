//! Sign-ins that somebody waits for, so that they can be cancelled.
//!
//! **Invariant**: cancelling drops the sign-in, and with it its port and its questions; what it is comes from the engine.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// Those that are waited for, by the name the page gave them.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<HashMap<String, oneshot::Sender<()>>>);

impl Attempts {
    /// Waits for a sign-in to end; none when it was cancelled before.
    pub(crate) async fn wait<T>(&self, name: &str, sign_in: impl Future<Output = T>) -> Option<T> {
        let (cancel, cancelled) = oneshot::channel();
        self.all().insert(name.to_owned(), cancel);
        let outcome = tokio::select! {
            outcome = sign_in => Some(outcome),
            // An attempt under the same name takes this one's place, which ends it too.
            _ = cancelled => return None,
        };
        self.all().remove(name);
        outcome
    }

    pub(crate) fn cancel(&self, name: &str) {
        if let Some(cancel) = self.all().remove(name) {
            // Whoever waited may just have had his answer.
            let _ = cancel.send(());
        }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, oneshot::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_cancelled_sign_in_answers_nothing() {
        let attempts = Attempts::default();
        assert_eq!(attempts.wait("a", async { 7 }).await, Some(7));
        let (waited, ()) = tokio::join!(attempts.wait("b", std::future::pending::<()>()), async {
            attempts.cancel("b");
        });
        assert_eq!(waited, None);
        attempts.cancel("nobody");
    }
}
