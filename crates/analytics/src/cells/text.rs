//! Dates, times and other types as text, the way Python printed them for the reference's clients.

use std::fmt::Write;

use chrono::{NaiveDate, TimeDelta};

const NANOS_A_DAY: i128 = 86_400_000_000_000;
const MICROS_A_DAY: i128 = 86_400_000_000;
/// What DuckDB subtracts a zone's offset from to store it: 15:59:59 in seconds.
const MOST_OFFSET: i64 = 57_599;

/// A day, counted from 1970-01-01.
pub(super) fn date(days: i64) -> String {
    let day = TimeDelta::try_days(days).and_then(|days| NaiveDate::default().checked_add_signed(days));
    day.map_or_else(|| infinity(days < 0), |day| day.format("%Y-%m-%d").to_string())
}

/// A time of day in nanoseconds since midnight; midnight at the end of a day is 24:00:00.
pub(super) fn time(nanos: i128) -> String {
    let seconds = nanos.div_euclid(1_000_000_000);
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    fraction(nanos.rem_euclid(1_000_000_000), &mut text);
    text
}

/// Microseconds in the upper 40 bits, the offset in the lower 24.
pub(super) fn time_with_zone(bits: u64) -> String {
    let mut text = time(i128::from(bits >> 24) * 1_000);
    let offset = MOST_OFFSET - i64::try_from(bits & 0xFF_FFFF).unwrap_or(MOST_OFFSET);
    let (sign, offset) = (if offset < 0 { '-' } else { '+' }, offset.abs());
    let _ = write!(text, "{sign}{:02}:{:02}", offset / 3600, offset / 60 % 60);
    if offset % 60 != 0 {
        let _ = write!(text, ":{:02}", offset % 60);
    }
    text
}

/// A point in time, counted from 1970 in units of so many nanoseconds.
pub(super) fn moment(value: i64, nanos: i64, with_zone: bool) -> String {
    // DuckDB's own two infinities, which no calendar reaches.
    if value == i64::MAX || value == -i64::MAX {
        return infinity(value < 0);
    }
    let total = i128::from(value) * i128::from(nanos);
    let days = i64::try_from(total.div_euclid(NANOS_A_DAY)).unwrap_or(i64::MAX);
    let mut text = format!("{} {}", date(days), time(total.rem_euclid(NANOS_A_DAY)));
    if with_zone {
        text.push_str("+00:00");
    }
    text
}

/// Microseconds as six digits, nanoseconds as nine, nothing when there are none.
fn fraction(nanos: i128, text: &mut String) {
    if nanos % 1_000 != 0 {
        let _ = write!(text, ".{nanos:09}");
    } else if nanos != 0 {
        let _ = write!(text, ".{:06}", nanos / 1_000);
    }
}

fn infinity(negative: bool) -> String {
    if negative { "-infinity".into() } else { "infinity".into() }
}

/// The length of an interval; a month counts 30 days, as it did for the reference.
pub(super) fn interval_micros(months: i32, days: i32, micros: i64) -> i128 {
    (i128::from(months) * 30 + i128::from(days)) * MICROS_A_DAY + i128::from(micros)
}

/// `1 day, 2:03:04.500000`
pub(super) fn interval(months: i32, days: i32, micros: i64) -> String {
    let total = interval_micros(months, days, micros);
    let (days, rest) = (total.div_euclid(MICROS_A_DAY), total.rem_euclid(MICROS_A_DAY));
    let mut text = match days {
        0 => String::new(),
        1 | -1 => format!("{days} day, "),
        _ => format!("{days} days, "),
    };
    let seconds = rest / 1_000_000;
    let _ = write!(text, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    fraction(rest % 1_000_000 * 1_000, &mut text);
    text
}

/// A bit string: the first byte counts the unused bits before the first one.
pub(super) fn bits(bytes: &[u8]) -> String {
    let Some((padding, bytes)) = bytes.split_first() else { return String::new() };
    let all = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| if byte >> bit & 1 == 1 { '1' } else { '0' }));
    all.skip(usize::from(*padding)).collect()
}

/// An integer of any size: three bytes of sign and length, then the magnitude, all bits inverted
/// when it is negative.
pub(super) fn bignum(bytes: &[u8]) -> String {
    let Some((header, magnitude)) = bytes.split_at_checked(3) else { return String::new() };
    let negative = header[0] & 0x80 == 0;
    // Groups of nine digits, lowest first.
    let mut groups: Vec<u64> = vec![0];
    for byte in magnitude {
        let mut carry = u64::from(if negative { !byte } else { *byte });
        for group in &mut groups {
            carry += *group << 8;
            *group = carry % 1_000_000_000;
            carry /= 1_000_000_000;
        }
        if carry > 0 {
            groups.push(carry);
        }
    }
    let mut text = String::from(if negative { "-" } else { "" });
    for (at, group) in groups.iter().rev().enumerate() {
        let _ = if at == 0 { write!(text, "{group}") } else { write!(text, "{group:09}") };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_python_printed_them() {
        assert_eq!(date(20_455), "2026-01-02");
        assert_eq!(date(i64::from(i32::MAX)), "infinity");
        assert_eq!(time(86_400_000_000_000), "24:00:00");
        assert_eq!(time(1_500_000), "00:00:00.001500");
        assert_eq!(moment(-1, 1_000, false), "1969-12-31 23:59:59.999999");
        assert_eq!(moment(0, 1_000, true), "1970-01-01 00:00:00+00:00");
        assert_eq!(interval(0, 1, 0), "1 day, 0:00:00");
        assert_eq!(interval(1, 0, -1_000_000), "29 days, 23:59:59");
        assert_eq!(interval(0, 0, -1), "-1 day, 23:59:59.999999");
        assert_eq!(interval(0, 0, 3_600_000_000), "1:00:00");
        assert_eq!(bits(&[5, 0b1110_0101]), "101");
        assert_eq!(bignum(&[0x80, 0, 2, 1, 0]), "256");
    }
}
