//! The type of a column, from all of its values.

/// What a column becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Bigint,
    Double,
    Boolean,
    Date,
    Timestamp,
    Varchar,
}

impl Type {
    /// Its name in SQL.
    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Bigint => "BIGINT",
            Self::Double => "DOUBLE",
            Self::Boolean => "BOOLEAN",
            Self::Date => "DATE",
            Self::Timestamp => "TIMESTAMP",
            Self::Varchar => "VARCHAR",
        }
    }
}

const INTEGER: u8 = 1;
const FLOAT: u8 = 1 << 1;
const BOOLEAN: u8 = 1 << 2;
const DATE: u8 = 1 << 3;
const TIME: u8 = 1 << 4;
/// A time with `Z`: also a TIMESTAMP, but not beside times that do not say their zone.
const UTC_TIME: u8 = 1 << 5;

/// The types every value so far fits.
#[derive(Clone, Debug)]
pub(super) struct Inference {
    fits: u8,
    any: bool,
    /// An integer came by that a DOUBLE would round.
    wide: bool,
}

impl Default for Inference {
    fn default() -> Self {
        Self { fits: u8::MAX, any: false, wide: false }
    }
}

impl Inference {
    /// Takes a field of a delimited file into account; it is not empty.
    pub(super) fn observe(&mut self, text: &str) {
        self.narrow(|| {
            let number = number(text.trim_matches(' '), Exponent::WithSignOrPoint);
            if number.0 != 0 { number } else { (calendar(text.trim_matches(' ')) | boolean(text), false) }
        });
    }

    /// Takes a number of a JSON document into account.
    pub(super) fn observe_number(&mut self, text: &str) {
        self.narrow(|| number(text, Exponent::Any));
    }

    /// Takes a string of a JSON document into account. JSON has numbers of its own, so digits
    /// in quotes are text on purpose.
    pub(super) fn observe_string(&mut self, text: &str) {
        self.narrow(|| (calendar(text), false));
    }

    /// Takes `true` or `false` of a JSON document into account.
    pub(super) fn observe_boolean(&mut self) {
        self.narrow(|| (BOOLEAN, false));
    }

    /// Takes a list or an object into account.
    pub(super) fn observe_nested(&mut self) {
        self.narrow(|| (0, false));
    }

    /// The narrowest type all values fit; VARCHAR without any.
    pub(super) fn data_type(&self) -> Type {
        let fits = |kind| self.any && self.fits & kind != 0;
        if fits(INTEGER) {
            Type::Bigint
        } else if fits(FLOAT) && !self.wide {
            Type::Double
        } else if fits(BOOLEAN) {
            Type::Boolean
        } else if fits(DATE) {
            Type::Date
        } else if fits(TIME | UTC_TIME) {
            Type::Timestamp
        } else {
            Type::Varchar
        }
    }

    fn narrow(&mut self, classify: impl FnOnce() -> (u8, bool)) {
        self.any = true;
        if self.fits != 0 {
            let (fits, wide) = classify();
            self.fits &= fits;
            self.wide |= wide;
        }
    }
}

/// Which numbers may have an exponent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exponent {
    Any,
    /// `1e5` without sign or point is more often a code than a number.
    WithSignOrPoint,
}

/// The number types a text fits, and whether a DOUBLE would round it. Leading zeros and a
/// leading `+` are text: codes and telephone numbers would lose them. Integers beyond BIGINT
/// are text too, because ids would be rounded.
fn number(text: &str, exponent: Exponent) -> (u8, bool) {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = leading_digits(digits);
    let rest = &digits[whole..];
    if whole > 1 && digits.starts_with('0') {
        return (0, false);
    }
    if rest.is_empty() {
        return match text.parse::<i64>() {
            // An integer has no negative zero.
            Ok(0) if text.starts_with('-') => (FLOAT, false),
            Ok(value) => (INTEGER | FLOAT, value.unsigned_abs() > 1 << 53),
            Err(_) => (0, false),
        };
    }
    if is_fraction(rest, whole > 0, exponent) && text.parse::<f64>().is_ok_and(f64::is_finite) {
        (FLOAT, false)
    } else {
        (0, false)
    }
}

/// Whether this can follow the digits before the point.
fn is_fraction(text: &str, has_whole: bool, exponent: Exponent) -> bool {
    let (mut rest, mut pointed) = (text, false);
    if let Some(after) = rest.strip_prefix('.') {
        let digits = leading_digits(after);
        if digits == 0 {
            return false;
        }
        (rest, pointed) = (&after[digits..], true);
    }
    if rest.is_empty() {
        return true;
    }
    let Some(power) = rest.strip_prefix(['e', 'E']) else { return false };
    let signed = power.starts_with(['+', '-']);
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    (has_whole || pointed)
        && (exponent == Exponent::Any || signed || pointed)
        && !power.is_empty()
        && leading_digits(power) == power.len()
}

fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn boolean(text: &str) -> u8 {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") { BOOLEAN } else { 0 }
}

/// The date and time types a text fits: `2026-03-01`, `2026-03-01 10:00[:00[.000000]]`, with
/// `T` for the blank, with `Z` behind seconds. Other offsets stay text, for a TIMESTAMP would
/// lose them.
fn calendar(text: &str) -> u8 {
    let Some((date, rest)) = text.split_at_checked(10) else { return 0 };
    if !is_date(date.as_bytes()) {
        return 0;
    }
    if rest.is_empty() {
        return DATE | TIME;
    }
    let Some(clock) = rest.strip_prefix(['T', ' ']) else { return 0 };
    match clock.strip_suffix('Z') {
        Some(clock) if clock.len() > 5 && is_clock(clock) => UTC_TIME,
        None if is_clock(clock) => TIME,
        _ => 0,
    }
}

fn is_date(text: &[u8]) -> bool {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text else { return false };
    let digits = [y0, y1, y2, y3, m0, m1, d0, d1];
    if !digits.iter().all(|digit| digit.is_ascii_digit()) {
        return false;
    }
    let value = |digits: &[&u8]| digits.iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(**digit - b'0'));
    let year = value(&[y0, y1, y2, y3]);
    year > 0
        && i32::try_from(year)
            .ok()
            .and_then(|year| chrono::NaiveDate::from_ymd_opt(year, value(&[m0, m1]), value(&[d0, d1])))
            .is_some()
}

/// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f` with up to six digits: more would be cut off.
fn is_clock(text: &str) -> bool {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let mut parts = clock.split(':');
    let part = |part: Option<&str>, below: u8| {
        part.is_some_and(|text| {
            text.len() == 2 && leading_digits(text) == 2 && text.parse::<u8>().is_ok_and(|value| value < below)
        })
    };
    let hours_and_minutes = part(parts.next(), 24) && part(parts.next(), 60);
    let seconds = parts.next();
    hours_and_minutes
        && parts.next().is_none()
        && (seconds.is_none() || part(seconds, 60))
        && fraction.is_none_or(|digits| {
            seconds.is_some() && (1..=6).contains(&digits.len()) && leading_digits(digits) == digits.len()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[&str], expected: Type) {
        let mut inference = Inference::default();
        for value in values {
            inference.observe(value);
        }
        assert_eq!(inference.data_type(), expected, "{values:?}");
    }

    #[test]
    fn a_column_is_as_narrow_as_all_its_values() {
        check(&[], Type::Varchar);
        check(&["1", "-20", "0", " 7 ", "9223372036854775807"], Type::Bigint);
        check(&["1", "2.5"], Type::Double);
        check(&["-0", "1.0", ".5", "-.5", "1.5e10", "1e-05", "2e+3"], Type::Double);
        check(&["true", "FALSE", "True"], Type::Boolean);
        check(&["2026-02-28", "2024-02-29"], Type::Date);
        check(&["2026-02-28", "2026-02-28 10:00", "2026-02-28T10:00:01.5"], Type::Timestamp);
        check(&["2026-02-28T10:00:01Z", "2026-02-28 10:00:01.25Z"], Type::Timestamp);
    }

    #[test]
    fn what_would_lose_something_stays_text() {
        for value in [
            "00123",
            "-007",
            "00.5",
            "+420123456",
            "1e5",
            "12E3",
            "9223372036854775808",
            "1e999",
            "NaN",
            "inf",
            "1.",
            ".",
            "-",
            "e5",
            "1,5",
            "1 000",
            "0x1f",
            "2026-02-30",
            "2026-13-01",
            "0000-01-01",
            "26-01-01",
            "2026-1-1",
            "2026-02-28 24:00",
            "2026-02-28 10:60",
            "2026-02-28 10:00Z",
            "2026-02-28 10:00:00+02:00",
            "2026-02-28 10:00:00.1234567",
            "2026-02-28 10:00.5",
            "2026-02-28x10:00",
            "yes",
            " true",
            "t",
            "äöü",
            "٣",
        ] {
            check(&[value], Type::Varchar);
        }
        check(&["9007199254740993", "0.5"], Type::Varchar);
        check(&["0.5", "9007199254740993"], Type::Varchar);
        check(&["2026-02-28 10:00:00", "2026-02-28T10:00:00Z"], Type::Varchar);
        check(&["1", "true"], Type::Varchar);
        check(&["1", "x", "2"], Type::Varchar);
    }

    #[test]
    fn json_says_itself_what_a_number_is() {
        let mut string = Inference::default();
        string.observe_string("12");
        assert_eq!(string.data_type(), Type::Varchar);
        let mut number = Inference::default();
        number.observe_number("1e5");
        assert_eq!(number.data_type(), Type::Double);
        let mut date = Inference::default();
        date.observe_string("2026-01-01");
        assert_eq!(date.data_type(), Type::Date);
        date.observe_nested();
        assert_eq!(date.data_type(), Type::Varchar);
    }
}
