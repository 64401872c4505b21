//! What JSON from old clients may look like: numbers in strings, booleans in strings.

use serde::{Deserialize, Deserializer, de::Error};

#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Integer(i64),
    Float(f64),
    Text(String),
    Other(serde::de::IgnoredAny),
}

fn integer<E: Error>(number: Number) -> Result<i64, E> {
    match number {
        Number::Integer(value) => Ok(value),
        // An integral float is an integer; beyond 2^53 it is not exact and refused.
        Number::Float(value) if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 => {
            #[expect(clippy::cast_possible_truncation, reason = "checked to be integral and in range")]
            let integer = value as i64;
            Ok(integer)
        }
        Number::Float(_) => {
            Err(E::custom("int_from_float: Input should be a valid integer, got a number with a fractional part"))
        }
        Number::Text(text) => text.trim().parse().map_err(|_| {
            E::custom("int_parsing: Input should be a valid integer, unable to parse string as an integer")
        }),
        Number::Other(_) => Err(E::custom("int_type: Input should be a valid integer")),
    }
}

/// An integer, also as `"2"` or `2.0`; for `#[serde(deserialize_with)]`.
///
/// # Errors
/// For anything else; the message begins with the kind of mismatch and a colon.
pub fn int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    integer(Number::deserialize(deserializer)?)
}

/// The same where null means absent.
///
/// # Errors
/// As [`int`].
pub fn int_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Option::<Number>::deserialize(deserializer)?.map(integer).transpose()
}

/// A boolean, also as `"true"` or `"false"`.
///
/// # Errors
/// For anything else; the message begins with the kind of mismatch and a colon.
pub fn bool<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    boolean(serde_json::Value::deserialize(deserializer)?)
}

/// The same where null means absent.
///
/// # Errors
/// As [`bool`](fn@bool).
pub fn bool_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Option::<serde_json::Value>::deserialize(deserializer)?.map(boolean).transpose()
}

fn boolean<E: Error>(value: serde_json::Value) -> Result<bool, E> {
    match value {
        serde_json::Value::Bool(value) => Ok(value),
        serde_json::Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        serde_json::Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        serde_json::Value::String(_) => {
            Err(E::custom("bool_parsing: Input should be a valid boolean, unable to interpret input"))
        }
        _ => Err(E::custom("bool_type: Input should be a valid boolean")),
    }
}

/// A list of texts, or one text that stands for a list of one.
///
/// # Errors
/// When it is neither.
pub fn texts_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Texts {
        One(String),
        Many(Vec<String>),
    }
    Ok(Option::<Texts>::deserialize(deserializer)?.map(|texts| match texts {
        Texts::One(text) => vec![text],
        Texts::Many(texts) => texts,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn integers_in_strings_and_integral_floats_are_taken() {
        let check = |value: serde_json::Value, expected: Option<i64>| {
            assert_eq!(super::int(value.clone()).ok(), expected, "{value}");
        };
        check(json!(2), Some(2));
        check(json!("2"), Some(2));
        check(json!(2.0), Some(2));
        check(json!(2.5), None);
        check(json!("x"), None);
        check(json!(null), None);
        check(json!(true), None);
    }
}
