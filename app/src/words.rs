//! Numbers, times and states as people read them.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// A table whose source was last asked longer ago than this is not fresh any more.
pub const STALE_AFTER: TimeDelta = TimeDelta::hours(24);

/// `1,234,567`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 table`, `2 tables`: the exact count with its noun.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// `950`, `12.4 k`, `3.1 M`: three digits are enough to compare with.
#[must_use]
pub fn short_count(number: u64) -> String {
    if number < 10_000 { count(number) } else { scaled(number, &["", " k", " M", " bn", " tn"]) }
}

/// `0 bytes`, `48 kB`, `1.2 MB`: powers of a thousand, as disks are sold.
#[must_use]
pub fn bytes(number: u64) -> String {
    match number {
        1 => "1 byte".to_owned(),
        0..1000 => format!("{number} bytes"),
        _ => scaled(number, &["", " kB", " MB", " GB", " TB", " PB"]),
    }
}

/// The number in the unit that leaves one to three digits before the point.
fn scaled(number: u64, units: &[&str]) -> String {
    let number = u128::from(number);
    let (mut unit, mut divisor) = (0, 1);
    // From 999.5 on it would read as a thousand: that is one of the next unit.
    while unit + 1 < units.len() && number * 2 >= 1999 * divisor {
        unit += 1;
        divisor *= 1000;
    }
    let name = units.get(unit).copied().unwrap_or_default();
    let tenths = (number * 10 + divisor / 2) / divisor;
    match (tenths / 10, tenths % 10) {
        (100.., _) => format!("{}{name}", (number + divisor / 2) / divisor),
        (whole, 0) => format!("{whole}{name}"),
        (whole, tenth) => format!("{whole}.{tenth}{name}"),
    }
}

/// `just now`, `5 minutes ago`, `in 3 days`: rounded down to the one unit that matters.
#[must_use]
pub fn ago(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let distance = now - time;
    let seconds = distance.num_seconds();
    if seconds.abs() < 60 {
        return if seconds < -5 { "in a moment".to_owned() } else { "just now".to_owned() };
    }
    let (number, unit) = unit(distance.abs());
    let plural = if number == 1 { "" } else { "s" };
    if seconds > 0 { format!("{number} {unit}{plural} ago") } else { format!("in {number} {unit}{plural}") }
}

fn unit(distance: TimeDelta) -> (i64, &'static str) {
    let days = distance.num_days();
    match () {
        () if days >= 730 => (days / 365, "year"),
        () if days >= 60 => (days / 30, "month"),
        () if days >= 2 => (days, "day"),
        () if distance.num_hours() >= 1 => (distance.num_hours(), "hour"),
        () => (distance.num_minutes(), "minute"),
    }
}

/// `2026-11-21 14:36:36 UTC`.
#[must_use]
pub fn exact(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// For `<time datetime>`.
#[must_use]
pub fn machine(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `0.4 s`, `12 s`, `3 min`.
#[must_use]
pub fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..10_000 => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
        10_000..120_000 => format!("{} s", milliseconds / 1000),
        _ => format!("{} min", milliseconds / 60_000),
    }
}

/// How far a table can be trusted right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// The last attempt failed; what is published is from before.
    Failed,
    /// Nothing is published yet.
    Pending,
    /// Longer than a day since its source was asked with success.
    Stale,
    /// Asked within a day.
    Fresh,
    /// Lives in its source, nothing to sync.
    Remote,
}

impl Freshness {
    /// What the catalog says of a table, as one word's worth of meaning.
    #[must_use]
    pub fn of(status: &str, remote: bool, last_sync: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        match (status, last_sync) {
            ("error", _) => Self::Failed,
            _ if remote => Self::Remote,
            (_, None) => Self::Pending,
            (_, Some(at)) if now - at > STALE_AFTER => Self::Stale,
            _ => Self::Fresh,
        }
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Failed => "Sync failed",
            Self::Pending => "No data yet",
            Self::Stale => "Stale",
            Self::Fresh => "Fresh",
            Self::Remote => "Live",
        }
    }

    /// For addresses and filters.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Stale => "stale",
            Self::Fresh => "fresh",
            Self::Remote => "live",
        }
    }

    /// The state of a [`key`](Self::key).
    #[must_use]
    pub fn find(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.key() == key)
    }

    /// Every state, the worrying ones first.
    pub const ALL: &'static [Freshness] = &[Self::Failed, Self::Pending, Self::Stale, Self::Fresh, Self::Remote];
}

/// How many of these states there are, the worrying ones first.
#[must_use]
pub fn tally(states: &[Freshness]) -> Vec<(String, u64)> {
    Freshness::ALL
        .iter()
        .map(|state| (state.key().to_owned(), states.iter().filter(|found| *found == state).count() as u64))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// `Sync failed 3`: a state as a filter.
#[must_use]
pub fn state_label(key: &str, number: u64) -> String {
    format!("{} {}", Freshness::find(key).map_or("", Freshness::label), count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(count(number), text);
        }
        assert_eq!((counted(1, "table"), counted(2, "table")), ("1 table".into(), "2 tables".into()));
    }

    #[test]
    fn large_counts_keep_three_digits() {
        for (number, text) in [
            (9_999, "9,999"),
            (10_000, "10 k"),
            (12_449, "12.4 k"),
            (123_456, "123 k"),
            (999_499, "999 k"),
            (1_000_000, "1 M"),
            (3_140_000, "3.1 M"),
            (2_500_000_000, "2.5 bn"),
        ] {
            assert_eq!(short_count(number), text);
        }
    }

    #[test]
    fn bytes_have_a_unit_a_person_would_use() {
        for (number, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1 kB"),
            (48_123, "48.1 kB"),
            (1_250_000, "1.3 MB"),
            (5_000_000_000, "5 GB"),
        ] {
            assert_eq!(bytes(number), text);
        }
    }

    #[test]
    fn no_number_reads_as_a_thousand_of_its_unit() {
        for number in [999_499, 999_500, 999_949, 999_950, 999_999, 999_999_999] {
            let text = bytes(number);
            assert!(!text.starts_with("1000"), "{number}: {text}");
        }
    }

    #[test]
    fn times_are_told_in_one_unit() {
        let now = at("2026-11-21T12:00:00Z");
        for (time, text) in [
            ("2026-11-21T12:00:00Z", "just now"),
            ("2026-11-21T12:00:03Z", "just now"),
            ("2026-11-21T11:58:59Z", "1 minute ago"),
            ("2026-11-21T10:00:00Z", "2 hours ago"),
            ("2026-11-20T11:00:00Z", "25 hours ago"),
            ("2026-11-18T12:00:00Z", "3 days ago"),
            ("2026-08-21T12:00:00Z", "3 months ago"),
            ("2023-11-21T12:00:00Z", "3 years ago"),
            ("2026-11-28T12:00:00Z", "in 7 days"),
        ] {
            assert_eq!(ago(at(time), now), text, "{time}");
        }
    }

    #[test]
    fn a_failed_sync_outweighs_a_fresh_copy() {
        let now = at("2026-11-21T12:00:00Z");
        let hour = Some(now - TimeDelta::hours(1));
        let yesterday = Some(now - TimeDelta::hours(25));
        assert_eq!(Freshness::of("error", false, hour, now), Freshness::Failed);
        assert_eq!(Freshness::of("ok", false, hour, now), Freshness::Fresh);
        assert_eq!(Freshness::of("ok", false, yesterday, now), Freshness::Stale);
        assert_eq!(Freshness::of("pending", false, None, now), Freshness::Pending);
        assert_eq!(Freshness::of("ok", true, None, now), Freshness::Remote);
    }

    #[test]
    fn states_are_counted_the_worrying_ones_first() {
        let states = [Freshness::Fresh, Freshness::Failed, Freshness::Fresh];
        assert_eq!(tally(&states), [("failed".to_owned(), 1), ("fresh".to_owned(), 2)]);
        assert_eq!(state_label("failed", 1200), "Sync failed 1,200");
    }

    #[test]
    fn durations_are_short() {
        assert_eq!(
            (duration(420), duration(12_345), duration(180_000)),
            ("0.4 s".into(), "12 s".into(), "3 min".into())
        );
    }
}
