//! DuckDB's values as `da` prints them.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use duckdb::types::{TimeUnit, Value};

use crate::output::cells::Cell;

const MICROS_PER_DAY: i128 = 86_400_000_000;

/// A value; `zoned` when its column is a timestamp with time zone.
pub fn cell(value: Value, zoned: bool) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Boolean(value) => Cell::Bool(value),
        Value::TinyInt(value) => Cell::Number(value.to_string()),
        Value::SmallInt(value) => Cell::Number(value.to_string()),
        Value::Int(value) => Cell::Number(value.to_string()),
        Value::BigInt(value) => Cell::Number(value.to_string()),
        Value::HugeInt(value) => Cell::Number(value.to_string()),
        Value::UHugeInt(value) => Cell::Number(value.to_string()),
        Value::UTinyInt(value) => Cell::Number(value.to_string()),
        Value::USmallInt(value) => Cell::Number(value.to_string()),
        Value::UInt(value) => Cell::Number(value.to_string()),
        Value::UBigInt(value) => Cell::Number(value.to_string()),
        Value::Float(value) if value.is_finite() => Cell::Number(format!("{value:?}")),
        Value::Float(value) => Cell::NotFinite(f64::from(value)),
        Value::Double(value) if value.is_finite() => Cell::Number(format!("{value:?}")),
        Value::Double(value) => Cell::NotFinite(value),
        Value::Decimal(value) => Cell::Text(value.to_string()),
        Value::Timestamp(unit, value) => Cell::Text(timestamp(&unit, value, zoned)),
        Value::Date32(days) => Cell::Text(date(days)),
        Value::Time64(unit, value) => Cell::Text(time(&unit, value)),
        Value::Interval { months, days, nanos } => Cell::Text(interval(months, days, nanos)),
        Value::Text(text) | Value::Enum(text) => Cell::Text(text),
        Value::Blob(bytes) | Value::Geometry(bytes) => Cell::Text(hex::encode(bytes)),
        Value::List(values) | Value::Array(values) => {
            Cell::List(values.into_iter().map(|value| cell(value, zoned)).collect())
        }
        Value::Struct(fields) => {
            Cell::Object(fields.iter().map(|(name, value)| (name.clone(), cell(value.clone(), zoned))).collect())
        }
        Value::Map(entries) => {
            let text = |key: &Value| cell(key.clone(), zoned).text();
            Cell::Object(entries.iter().map(|(key, value)| (text(key), cell(value.clone(), zoned))).collect())
        }
        Value::Union(value) => cell(*value, zoned),
        other => Cell::Text(format!("{other:?}")),
    }
}

fn nanoseconds(unit: &TimeUnit, value: i64) -> i128 {
    let value = i128::from(value);
    match unit {
        TimeUnit::Second => value * 1_000_000_000,
        TimeUnit::Millisecond => value * 1_000_000,
        TimeUnit::Microsecond => value * 1000,
        TimeUnit::Nanosecond => value,
    }
}

fn fraction(nanos: u32) -> String {
    match nanos {
        0 => String::new(),
        nanos if nanos.is_multiple_of(1000) => format!(".{:06}", nanos / 1000),
        nanos => format!(".{nanos:09}"),
    }
}

fn timestamp(unit: &TimeUnit, value: i64, zoned: bool) -> String {
    match value {
        i64::MAX => return "infinity".to_owned(),
        value if value == -i64::MAX => return "-infinity".to_owned(),
        _ => {}
    }
    let nanos = nanoseconds(unit, value);
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok();
    let rest = u32::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or_default();
    let Some(time) = seconds.and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds, rest)) else {
        return value.to_string();
    };
    let zone = if zoned { "+00:00" } else { "" };
    format!("{}{}{zone}", time.format("%Y-%m-%d %H:%M:%S"), fraction(rest))
}

fn date(days: i32) -> String {
    match days {
        i32::MAX => "infinity".to_owned(),
        days if days == -i32::MAX => "-infinity".to_owned(),
        days => TimeDelta::try_days(i64::from(days))
            .and_then(|days| DateTime::<Utc>::UNIX_EPOCH.date_naive().checked_add_signed(days))
            .map_or_else(|| days.to_string(), |date| date.format("%Y-%m-%d").to_string()),
    }
}

fn time(unit: &TimeUnit, value: i64) -> String {
    let nanos = nanoseconds(unit, value);
    let seconds = u32::try_from(nanos / 1_000_000_000).unwrap_or_default();
    let rest = u32::try_from(nanos % 1_000_000_000).unwrap_or_default();
    match NaiveTime::from_num_seconds_from_midnight_opt(seconds, rest) {
        Some(time) => format!("{}{}", time.format("%H:%M:%S"), fraction(rest)),
        None => "24:00:00".to_owned(),
    }
}

/// `1 day, 0:00:00`, a month as 30 days: as the server writes them.
fn interval(months: i32, days: i32, nanos: i64) -> String {
    let whole = i128::from(months) * 30 + i128::from(days);
    let micros = whole * MICROS_PER_DAY + i128::from(nanos) / 1000;
    let (days, rest) = (micros.div_euclid(MICROS_PER_DAY), micros.rem_euclid(MICROS_PER_DAY));
    let (seconds, micros) = (rest / 1_000_000, rest % 1_000_000);
    let clock = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let clock = if micros == 0 { clock } else { format!("{clock}.{micros:06}") };
    match days {
        0 => clock,
        1 | -1 => format!("{days} day, {clock}"),
        days => format!("{days} days, {clock}"),
    }
}
