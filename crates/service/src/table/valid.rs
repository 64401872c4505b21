//! What a registry row may say, and what it may say but will not work.

use agnes_contract::id::{SqlIdent, TableKey};
use agnes_store::TableRow;

use crate::error::Error;

/// Trimmed; 1 to 128 characters; nothing a path, a quote or a terminal could read differently.
pub(super) fn valid_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let invalid = |message: &str| Err(Error::Invalid { field: "name", message: message.to_owned() });
    if name.is_empty() {
        return invalid("Table name cannot be empty");
    }
    if name.chars().count() > 128 {
        return invalid("Table name must be at most 128 characters");
    }
    if name.chars().any(|character| character.is_control() || matches!(character, '\'' | '"' | '`' | '/' | '\\')) {
        return invalid("Table name must not contain quotes, slashes or control characters");
    }
    Ok(name.to_owned())
}

pub(super) fn valid_mode(mode: &str) -> Result<String, Error> {
    match mode {
        "local" | "remote" => Ok(mode.to_owned()),
        _ => Err(Error::Invalid { field: "query_mode", message: "query_mode must be 'local' or 'remote'".to_owned() }),
    }
}

/// What is stored as asked, and will not work as it stands.
pub(super) fn warnings(row: &TableRow) -> Vec<String> {
    let mut warnings = Vec::new();
    if SqlIdent::new(row.name.clone()).is_err() {
        warnings.push(format!(
            "'{}' cannot be the name of a view: use letters, digits and '_', not beginning with a digit, at most 64",
            row.name
        ));
    }
    // A csv source names files, with blanks and patterns.
    if row.source_type.as_deref() != Some("csv") {
        for (field, value) in [("bucket", &row.bucket), ("source_table", &row.source_table)] {
            if value.as_ref().is_some_and(|value| TableKey::new(value.clone()).is_err()) {
                warnings.push(format!("{field} is not a plain identifier; the extraction will refuse it"));
            }
        }
    }
    if row.sync_schedule.as_deref().is_some_and(|schedule| !is_schedule(schedule)) {
        warnings.push("sync_schedule is not understood: use 'every 15m', 'every 6h' or 'daily 07:00,13:00'".to_owned());
    }
    warnings
}

/// The schedule grammar shared with the scheduler: `every <n>m|h`, `daily HH:MM[,HH:MM…]`.
fn is_schedule(text: &str) -> bool {
    let is_time = |text: &str| {
        text.len() == 5
            && text.split_once(':').is_some_and(|(hours, minutes)| {
                hours.parse::<u8>().is_ok_and(|hours| hours < 24)
                    && minutes.parse::<u8>().is_ok_and(|minutes| minutes < 60)
            })
    };
    if let Some(interval) = text.strip_prefix("every ") {
        return interval.strip_suffix(['m', 'h']).and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| n > 0);
    }
    text.strip_prefix("daily ").is_some_and(|times| times.split(',').map(str::trim).all(is_time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_cannot_carry_quotes_or_paths() {
        assert_eq!(valid_name(" Orders 2026 ").unwrap(), "Orders 2026");
        for name in ["", "  ", "a/b", "a\\b", "a'b", "a\"b", "a\nb", "a\u{0}b", &"x".repeat(129)] {
            assert!(valid_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn schedules_of_the_grammar_are_understood() {
        for schedule in ["every 15m", "every 6h", "daily 07:00", "daily 07:00,13:30"] {
            assert!(is_schedule(schedule), "{schedule}");
        }
        for schedule in ["0 6 * * *", "every 0m", "every m", "daily 24:00", "daily 7:00", "hourly", ""] {
            assert!(!is_schedule(schedule), "{schedule}");
        }
    }
}
