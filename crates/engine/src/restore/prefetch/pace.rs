//! How many requests are under way at once: as many as the server bears.
//!
//! **Invariant**: pure; grows with answers that come in good time, halves where the server asks for time or slows down,
//! and once for all that was under way then.

use std::time::{Duration, Instant};

/// Requests at the beginning, and at least where answers are slow: a feed that saves what it is asked for takes its time.
const FIRST: f64 = 8.0;
/// Requests at least where the server asks for time: as many as cargo has connections.
const LEAST: f64 = 2.0;
/// Requests at most.
const MOST: f64 = 64.0;
/// A slow answer takes so many times what the fastest of its kind took, and at least this much longer.
const SLOW_TIMES: u32 = 8;
const SLOW_AFTER: Duration = Duration::from_millis(400);

/// How an answer came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came {
    pub(super) began: Instant,
    /// From asking to its first byte, repeats included.
    pub(super) after: Duration,
    /// How often it was asked for again.
    pub(super) retries: u32,
    /// A crate, before which a redirect may lie, or an index file.
    pub(super) is_crate: bool,
    /// Whether several may come over one connection.
    pub(super) is_multiplexed: bool,
}

/// How many requests may be under way.
#[derive(Debug)]
pub(super) struct Pace {
    limit: f64,
    /// Until the first trouble, each answer makes room for one request more.
    is_starting: bool,
    /// Of index files, and of crates.
    fastest: [Option<Duration>; 2],
    /// When it was halved last.
    halved: Option<Instant>,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            limit: FIRST,
            is_starting: true,
            fastest: [None; 2],
            halved: None,
        }
    }

    pub(super) fn limit(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it lies between 2 and 64"
        )]
        let whole = self.limit as usize;
        whole
    }

    /// Takes in an answer that came `now`.
    pub(super) fn answered(&mut self, came: Came, now: Instant) {
        let known = &mut self.fastest[usize::from(came.is_crate)];
        let fastest = known.map_or(came.after, |fastest| fastest.min(came.after));
        *known = Some(fastest);
        let is_slow = came.after > (fastest * SLOW_TIMES).max(fastest + SLOW_AFTER);
        if came.retries == 0 && !is_slow {
            let more = if self.is_starting { 1.0 } else { 1.0 / self.limit };
            self.limit = (self.limit + more).min(MOST);
            return;
        }
        self.halve(came.began, now, if came.retries > 0 { LEAST } else { FIRST });
    }

    /// Takes in that the server asked for time, or gave no answer, to something that `began` then.
    pub(super) fn turned_away(&mut self, began: Instant, now: Instant) {
        self.halve(began, now, LEAST);
    }

    fn halve(&mut self, began: Instant, now: Instant, least: f64) {
        // What was under way when it was halved says nothing new.
        if self.halved.is_some_and(|halved| began < halved) {
            return;
        }
        self.is_starting = false;
        self.halved = Some(now);
        self.limit = (self.limit / 2.0).max(least.min(self.limit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_its_bound_and_halves_once_for_each_trouble() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut pace = Pace::new();
        let mut answer = |began: u64, after: u64, retries: u32, is_crate: bool, times: u32| {
            let came = Came {
                began: at(began),
                after: Duration::from_millis(after),
                retries,
                is_crate,
                is_multiplexed: false,
            };
            (0..times).for_each(|_| pace.answered(came, at(began + after)));
            pace.limit()
        };
        assert_eq!(answer(0, 40, 0, false, 8), 16);
        assert_eq!(answer(0, 40, 0, false, 200), 64);
        // Crates take longer, and that is no trouble.
        assert_eq!(answer(0, 300, 0, true, 9), 64);
        assert_eq!(answer(100, 900, 1, false, 20), 32);
        assert_eq!(answer(2000, 45, 0, false, 40), 33);
        assert_eq!(answer(3000, 700, 0, false, 5), 16);
        // Slow answers leave what it began with; a server that asks for time, no less than cargo's own.
        for began in [5000, 7000, 9000, 11_000] {
            answer(began, 700, 0, false, 1);
        }
        assert_eq!(answer(13_000, 700, 0, false, 1), 8);
        for began in [15_000, 17_000] {
            answer(began, 100, 2, false, 9);
        }
        assert_eq!(answer(21_000, 40, 0, false, 1), 2);
        // It hears of trouble at once, and the answer that comes after all halves nothing more.
        assert_eq!(answer(22_000, 40, 0, false, 40), 9);
        pace.turned_away(at(30_000), at(30_001));
        assert_eq!(pace.limit(), 4);
        let late = Came {
            began: at(30_000),
            after: Duration::from_secs(2),
            retries: 1,
            is_crate: false,
            is_multiplexed: false,
        };
        pace.answered(late, at(32_000));
        assert_eq!(pace.limit(), 4);
    }
}
