//! What is told of a run that broke off by a fault of this program, so that nobody waits for its end.
//!
//! **Invariant**: says that nothing is known of what came of it.

use std::time::Instant;

use tokio::sync::mpsc;
use tokio::task::JoinError;

use super::{RunEvent, RunState, RunSummary, RunVerb};

/// A run, as far as its end can be told without it.
pub(super) struct Lost {
    id: String,
    verb: RunVerb,
    began: Instant,
    events: mpsc::Sender<RunEvent>,
}

impl Lost {
    pub(super) fn new(id: String, verb: RunVerb, events: mpsc::Sender<RunEvent>) -> Self {
        Self {
            id,
            verb,
            began: Instant::now(),
            events,
        }
    }

    /// Tells of its end.
    pub(super) async fn tell(self, error: &JoinError) -> RunSummary {
        tracing::error!(id = self.id, %error, "a run broke off");
        let seconds = self.began.elapsed().as_secs_f64();
        let summary = RunSummary {
            failure: Some(crate::Error::RunLost(self.id).told()),
            ..RunSummary::uncounted(self.verb, RunState::Failed, seconds)
        };
        let event = RunEvent::Ended {
            summary: summary.clone(),
        };
        // Where nobody listens any more, nobody has to hear of it.
        let _ = self.events.send(event).await;
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_follows_a_run_hears_that_it_broke_off() {
        let (events, mut hears) = mpsc::channel(1);
        let going = tokio::spawn(std::future::pending::<()>());
        going.abort();
        let error = going.await.unwrap_err();
        let summary = Lost::new("1-2".to_owned(), RunVerb::Build, events)
            .tell(&error)
            .await;
        assert_eq!((summary.verb, summary.state), (RunVerb::Build, RunState::Failed));
        assert!(summary.failure.is_some_and(|failure| !failure.hints.is_empty()));
        let heard = hears.recv().await;
        assert!(matches!(heard, Some(RunEvent::Ended { .. })), "{heard:?}");
        assert!(hears.recv().await.is_none());
    }
}
