//! When things happen: more of them later, towards Christmas, on weekdays, in the afternoon.

use chrono::{DateTime, Datelike, Days, NaiveDate};
use rand::Rng;

use super::draw;

/// Seconds since the Unix epoch, UTC.
pub(super) type Moment = i64;
/// Days since the start of the period.
pub(super) type Day = u32;

pub(super) const DAY: Moment = 86_400;

const MONTHS: [f64; 12] = [0.70, 0.75, 0.85, 0.90, 0.95, 1.00, 0.90, 0.85, 1.00, 1.10, 1.30, 1.50];
const WEEKDAYS: [f64; 7] = [1.0, 1.0, 1.0, 1.05, 1.15, 0.80, 0.60];
const HOURS: [u32; 24] = [2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 19, 18, 17, 16, 15, 14, 12, 10, 8, 6, 5, 4, 3];

/// The period and how much happens on each of its days.
pub(super) struct Calendar {
    start: NaiveDate,
    days: Day,
    /// Weight of all days up to and with each.
    weights: Vec<f64>,
}

impl Calendar {
    /// The months of 30 days that end with February 2026.
    pub(super) fn new(months: u32) -> Self {
        let end = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap_or_default();
        let days = months * 30;
        let start = end - Days::new(u64::from(days));
        let mut sum = 0.0;
        let weights = (0..days)
            .map(|day| {
                let date = start + Days::new(u64::from(day));
                let growth = 1.0 + 0.5 * f64::from(day) / f64::from(days);
                let weekday = WEEKDAYS[date.weekday().num_days_from_monday() as usize];
                sum += growth * MONTHS[date.month0() as usize] * weekday;
                sum
            })
            .collect();
        Self { start, days, weights }
    }

    /// The first day.
    pub(super) fn start(&self) -> NaiveDate {
        self.start
    }

    /// The day after the last.
    pub(super) fn end(&self) -> NaiveDate {
        self.start + Days::new(u64::from(self.days))
    }

    /// How many days there are.
    pub(super) fn days(&self) -> Day {
        self.days
    }

    /// A busy day more often than a quiet one, `from` or later.
    pub(super) fn day(&self, rng: &mut impl Rng, from: Day) -> Day {
        let before = from.checked_sub(1).map_or(0.0, |day| self.weights[day as usize]);
        let total = self.weights.last().copied().unwrap_or_default();
        let target = before + rng.random::<f64>() * (total - before);
        let found = self.weights.partition_point(|sum| *sum <= target);
        (u32::try_from(found).unwrap_or(self.days)).clamp(from, self.days - 1)
    }

    /// Some time of a day, mostly during working hours.
    pub(super) fn moment(&self, rng: &mut impl Rng, day: Day) -> Moment {
        let hour = draw::weighted(rng, &HOURS) as Moment;
        self.midnight(day) + hour * 3600 + rng.random_range(0..3600)
    }

    /// As many times as asked for, earliest first, `from` or later.
    pub(super) fn moments(&self, rng: &mut impl Rng, count: u32, from: Day) -> Vec<Moment> {
        let mut moments: Vec<Moment> = (0..count)
            .map(|_| {
                let day = self.day(rng, from);
                self.moment(rng, day)
            })
            .collect();
        moments.sort_unstable();
        moments
    }

    /// The day a time is in.
    pub(super) fn day_of(&self, moment: Moment) -> Day {
        u32::try_from((moment - self.midnight(0)) / DAY).unwrap_or(0)
    }

    /// The last second of the period: nothing happens after it.
    pub(super) fn last(&self) -> Moment {
        self.midnight(self.days) - 1
    }

    /// The date of a day.
    pub(super) fn date(&self, day: Day) -> NaiveDate {
        self.start + Days::new(u64::from(day))
    }

    fn midnight(&self, day: Day) -> Moment {
        self.date(day).and_time(chrono::NaiveTime::MIN).and_utc().timestamp()
    }
}

/// `2026-02-28 17:04:00`.
pub(super) fn text(moment: Moment) -> String {
    DateTime::from_timestamp(moment, 0).unwrap_or_default().format("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn december_is_busier_than_january_and_nothing_leaves_the_period() {
        let calendar = Calendar::new(12);
        let mut rng = draw::generator(1, "test");
        let mut months = [0; 12];
        for _ in 0..20_000 {
            let day = calendar.day(&mut rng, 0);
            months[calendar.date(day).month0() as usize] += 1;
            let moment = calendar.moment(&mut rng, day);
            assert!(calendar.day_of(moment) == day && moment <= calendar.last());
        }
        assert!(months[11] > months[0] && months[10] > months[1], "{months:?}");
        for from in [0, 100, 359] {
            for _ in 0..1000 {
                assert!((from..360).contains(&calendar.day(&mut rng, from)));
            }
        }
    }
}
