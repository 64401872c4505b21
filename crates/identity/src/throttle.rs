//! How often one may try: a bucket of tokens for each key, refilled with time.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use agnes_store::Clock;
use chrono::{DateTime, Utc};
use parking_lot::Mutex;

/// How many keys are remembered; beyond, full buckets are forgotten first, then the oldest.
const KEPT: usize = 100_000;

/// A bucket for each key: `burst` tries at once, then `per_minute` of them.
pub struct Throttle<K> {
    per_minute: f64,
    burst: f64,
    clock: Clock,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    level: f64,
    at: DateTime<Utc>,
}

impl<K: Eq + Hash + Clone> Throttle<K> {
    /// Allows `per_minute` on average and `burst` at once; `per_minute` 0 allows everything.
    #[must_use]
    pub fn new(per_minute: u32, burst: u32, clock: Clock) -> Self {
        Self {
            per_minute: f64::from(per_minute),
            burst: f64::from(burst.max(1)),
            clock,
            buckets: Mutex::new(HashMap::new()),
        }
    }

    /// Takes one try for the key.
    ///
    /// # Errors
    /// How long to wait, when there is none left.
    pub fn take(&self, key: &K) -> Result<(), Duration> {
        if self.per_minute == 0.0 {
            return Ok(());
        }
        let now = self.clock.now();
        let mut buckets = self.buckets.lock();
        if buckets.len() >= KEPT && !buckets.contains_key(key) {
            self.forget(&mut buckets, now);
        }
        let level = buckets.get(key).map_or(self.burst, |bucket| self.level(*bucket, now));
        if level >= 1.0 {
            buckets.insert(key.clone(), Bucket { level: level - 1.0, at: now });
            return Ok(());
        }
        buckets.insert(key.clone(), Bucket { level, at: now });
        Err(Duration::from_secs_f64(((1.0 - level) * 60.0 / self.per_minute).ceil().max(1.0)))
    }

    /// Gives a try back: what succeeded does not count.
    pub fn give_back(&self, key: &K) {
        let mut buckets = self.buckets.lock();
        if let Some(bucket) = buckets.get_mut(key) {
            bucket.level = (bucket.level + 1.0).min(self.burst);
        }
    }

    /// How full a bucket is now. A clock that jumps back refills nothing and takes nothing.
    fn level(&self, bucket: Bucket, now: DateTime<Utc>) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since the last try are far below 2^52")]
        let minutes = (now - bucket.at).num_milliseconds().max(0) as f64 / 60_000.0;
        (bucket.level + minutes * self.per_minute).min(self.burst)
    }

    fn forget(&self, buckets: &mut HashMap<K, Bucket>, now: DateTime<Utc>) {
        buckets.retain(|_, bucket| self.level(*bucket, now) < self.burst);
        // Well below the limit, or the next stranger would make us look through all of them again.
        if buckets.len() > KEPT / 2 {
            let mut times: Vec<DateTime<Utc>> = buckets.values().map(|bucket| bucket.at).collect();
            let middle = times.len() / 2;
            let (_, median, _) = times.select_nth_unstable(middle);
            let median = *median;
            buckets.retain(|_, bucket| bucket.at > median);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_then_tries_come_back_with_time() {
        let (clock, time) = Clock::manual();
        let throttle = Throttle::new(10, 3, clock);
        for _ in 0..3 {
            throttle.take(&"a").unwrap();
        }
        assert_eq!(throttle.take(&"a"), Err(Duration::from_secs(6)));
        throttle.take(&"b").unwrap();
        time.advance(chrono::Duration::seconds(6));
        throttle.take(&"a").unwrap();
        assert!(throttle.take(&"a").is_err());
        throttle.give_back(&"a");
        throttle.take(&"a").unwrap();
    }

    #[test]
    fn zero_is_off_and_a_clock_that_jumps_back_locks_nobody_out() {
        let (clock, time) = Clock::manual();
        let off = Throttle::new(0, 1, clock.clone());
        let on = Throttle::new(60, 1, clock);
        for _ in 0..100 {
            off.take(&1).unwrap();
        }
        on.take(&1).unwrap();
        time.advance(chrono::Duration::seconds(-3600));
        assert!(on.take(&1).is_err());
        time.advance(chrono::Duration::seconds(1));
        on.take(&1).unwrap();
    }

    #[test]
    fn memory_is_bounded() {
        let (clock, _time) = Clock::manual();
        let throttle = Throttle::new(1, 1, clock);
        for key in 0..(KEPT + 1000) {
            throttle.take(&key).unwrap();
        }
        assert!(throttle.buckets.lock().len() <= KEPT);
    }
}
