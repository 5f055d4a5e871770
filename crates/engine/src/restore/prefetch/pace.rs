//! How many requests are under way at once: as many as the server bears.
//!
//! **Invariant**: pure; grows with answers that come in good time, halves where the server asks for time or slows down.

use std::time::Duration;

/// Requests at the beginning.
const FIRST: f64 = 8.0;
/// Requests at most.
const MOST: f64 = 64.0;
/// A slow answer takes so many times what the fastest took, and at least this much longer.
const SLOW_TIMES: u32 = 8;
const SLOW_AFTER: Duration = Duration::from_millis(400);

/// How an answer came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came {
    /// From asking to its first byte, repeats included.
    pub(super) after: Duration,
    /// How often it was asked for again.
    pub(super) retries: u32,
    /// Whether several may come over one connection.
    pub(super) is_multiplexed: bool,
}

/// How many requests may be under way.
#[derive(Debug)]
pub(super) struct Pace {
    limit: f64,
    /// Until the first trouble, each answer makes room for one request more.
    is_starting: bool,
    fastest: Option<Duration>,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            limit: FIRST,
            is_starting: true,
            fastest: None,
        }
    }

    pub(super) fn limit(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it lies between 1 and 64"
        )]
        let whole = self.limit as usize;
        whole
    }

    pub(super) fn answered(&mut self, came: Came) {
        let fastest = self.fastest.map_or(came.after, |fastest| fastest.min(came.after));
        self.fastest = Some(fastest);
        let is_slow = came.after > (fastest * SLOW_TIMES).max(fastest + SLOW_AFTER);
        if came.retries > 0 || is_slow {
            self.is_starting = false;
            self.limit = (self.limit / 2.0).max(1.0);
            return;
        }
        let more = if self.is_starting { 1.0 } else { 1.0 / self.limit };
        self.limit = (self.limit + more).min(MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(after: u64, retries: u32) -> Came {
        Came {
            after: Duration::from_millis(after),
            retries,
            is_multiplexed: false,
        }
    }

    #[test]
    fn grows_to_its_bound_and_halves_with_trouble() {
        let mut pace = Pace::new();
        assert_eq!(pace.limit(), 8);
        (0..8).for_each(|_| pace.answered(came(40, 0)));
        assert_eq!(pace.limit(), 16);
        (0..200).for_each(|_| pace.answered(came(40, 0)));
        assert_eq!(pace.limit(), 64);
        pace.answered(came(900, 1));
        assert_eq!(pace.limit(), 32);
        (0..32).for_each(|_| pace.answered(came(45, 0)));
        assert!((32..=34).contains(&pace.limit()), "{}", pace.limit());
        pace.answered(came(700, 0));
        assert!((16..=17).contains(&pace.limit()), "{}", pace.limit());
        (0..20).for_each(|_| pace.answered(came(40, 3)));
        assert_eq!(pace.limit(), 1);
    }
}
