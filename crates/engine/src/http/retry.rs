//! When to ask again, and how long to wait before: policy as data.
//!
//! **Invariant**: decides only; the caller sleeps.

use std::time::Duration;

/// How patient a request is.
#[derive(Debug, Clone, Copy)]
pub struct Retry {
    /// How often it is sent at most, the first time included.
    pub attempts: u32,
    /// The wait before the second time; it doubles with each further one.
    pub first_wait: Duration,
    /// The longest wait, also where the server asks for more.
    pub longest_wait: Duration,
    /// Whether a connection that was refused is tried again: where many are opened, some may be.
    pub after_refusal: bool,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(20),
            after_refusal: false,
        }
    }
}

impl Retry {
    /// The wait before the next attempt, or none when `attempt` (from 1) was the last.
    pub fn wait_after(&self, attempt: u32, asked_for: Option<Duration>) -> Option<Duration> {
        let doubled = self
            .first_wait
            .saturating_mul(1 << attempt.saturating_sub(1).min(16))
            .min(LONGEST_DOUBLED);
        let wait = || {
            asked_for
                .unwrap_or_else(|| spread(doubled))
                .min(self.longest_wait)
        };
        (attempt < self.attempts).then(wait)
    }
}

/// Longer than that is not waited of our own accord.
const LONGEST_DOUBLED: Duration = Duration::from_secs(20);

/// Up to a quarter more, so that those who were turned away at once do not come back at once.
pub(super) fn spread(wait: Duration) -> Duration {
    wait.mul_f64(1.0 + fastrand::f64() / 4.0)
}

/// Whether a status says *later*, rather than *no*.
pub(super) fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 500 | 502 | 503 | 504)
}

/// `Retry-After` in whole seconds; Azure sends no dates there.
pub(super) fn retry_after(value: Option<&str>) -> Option<Duration> {
    value?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end() {
        let retry = Retry::default();
        for (attempt, least) in [(1, 250), (2, 500), (3, 1000)] {
            let wait = retry.wait_after(attempt, None).unwrap();
            let least = Duration::from_millis(least);
            assert!(wait >= least && wait <= least * 5 / 4, "{wait:?}");
        }
        assert_eq!(retry.wait_after(4, None), None);
        let patient = Retry {
            attempts: 20,
            longest_wait: Duration::from_secs(300),
            ..retry
        };
        assert!(patient.wait_after(19, None) <= Some(LONGEST_DOUBLED * 5 / 4));
    }

    #[test]
    fn the_servers_wish_counts_up_to_a_bound() {
        let retry = Retry::default();
        assert_eq!(
            retry.wait_after(1, retry_after(Some("3"))),
            Some(Duration::from_secs(3))
        );
        assert_eq!(
            retry.wait_after(1, retry_after(Some("9999"))),
            Some(retry.longest_wait)
        );
        assert_eq!(retry_after(Some("Wed, 21 Oct 2026 07:28:00 GMT")), None);
    }
}
