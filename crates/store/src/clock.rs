//! Time as a parameter.

use std::sync::Arc;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use parking_lot::Mutex;

/// Tells the time, in whole microseconds: what the database keeps comes back equal.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(DateTime<Utc>),
    Manual(ManualClock),
}

impl Clock {
    /// The time of this machine.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Always the same time.
    #[must_use]
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Source::Fixed(whole_micros(at)))
    }

    /// A clock that stands still, at first at the Unix epoch, and the hand that moves it.
    #[must_use]
    pub fn manual() -> (Self, ManualClock) {
        let hand = ManualClock(Arc::new(Mutex::new(DateTime::UNIX_EPOCH)));
        (Self(Source::Manual(hand.clone())), hand)
    }

    /// The time now, UTC.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => whole_micros(Utc::now()),
            Source::Fixed(at) => *at,
            Source::Manual(hand) => *hand.0.lock(),
        }
    }
}

/// Moves a [`Clock`] made by [`Clock::manual`].
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<DateTime<Utc>>>);

impl ManualClock {
    /// Moves the clock on.
    pub fn advance(&self, by: TimeDelta) {
        let mut at = self.0.lock();
        *at = whole_micros(*at + by);
    }

    /// Sets the clock.
    pub fn set(&self, at: DateTime<Utc>) {
        *self.0.lock() = whole_micros(at);
    }
}

fn whole_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let (clock, hand) = Clock::manual();
        assert_eq!(clock.now(), DateTime::UNIX_EPOCH);
        hand.advance(TimeDelta::seconds(90));
        assert_eq!(clock.clone().now().timestamp(), 90);
    }

    #[test]
    fn a_clock_tells_whole_microseconds() {
        let at = DateTime::from_timestamp(1, 123_456_789).unwrap();
        assert_eq!(Clock::fixed(at).now().timestamp_subsec_nanos(), 123_456_000);
        assert_eq!(Clock::system().now().timestamp_subsec_nanos() % 1_000, 0);
    }
}
