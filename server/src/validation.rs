//! What a client is told of a field that could not be taken: kind, place, sentence, input.

use agnes_contract::error::FieldError;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::errors::ApiError;

/// Reads a `T` out of a value that came as `place`: `body` or `query`.
///
/// # Errors
/// `validation_failed` with the field that could not be taken.
pub fn read<T: DeserializeOwned>(place: &'static str, value: Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(value.clone())
        .map_err(|error| ApiError::fields(&[describe(place, &value, error.path(), &error.inner().to_string())]))
}

/// A field error at a known place.
#[must_use]
pub fn field(kind: &str, loc: &[&str], message: &str, input: Value) -> FieldError {
    FieldError {
        kind: kind.to_owned(),
        loc: loc.iter().map(|part| Value::from(*part)).collect(),
        msg: message.to_owned(),
        input,
    }
}

fn describe(place: &str, value: &Value, path: &Path, message: &str) -> FieldError {
    let mut loc = vec![Value::from(place)];
    let mut input = value;
    for segment in path {
        match segment {
            Segment::Map { key } => {
                loc.push(Value::from(key.as_str()));
                input = input.get(key).unwrap_or(&Value::Null);
            }
            Segment::Seq { index } => {
                loc.push(Value::from(*index));
                input = input.get(index).unwrap_or(&Value::Null);
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    if let Some(name) = quoted(message, "missing field `") {
        loc.push(Value::from(name));
        return FieldError { kind: "missing".into(), loc, msg: "Field required".into(), input: input.clone() };
    }
    let (kind, msg) = sentence(message);
    FieldError { kind, loc, msg, input: shown(input) }
}

/// A rejected value is shown back, unless it is long: an answer is no place to keep a body in.
fn shown(input: &Value) -> Value {
    match input {
        Value::String(text) if text.len() > 200 => Value::Null,
        Value::Array(_) | Value::Object(_) if input.to_string().len() > 200 => Value::Null,
        other => other.clone(),
    }
}

fn quoted<'a>(message: &'a str, prefix: &str) -> Option<&'a str> {
    message.strip_prefix(prefix)?.split('`').next()
}

fn sentence(message: &str) -> (String, String) {
    // Readers of the contract name the kind themselves: `int_parsing: Input should be …`.
    if let Some((kind, rest)) = message.split_once(": ")
        && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && kind.contains('_')
    {
        return (kind.to_owned(), rest.to_owned());
    }
    let expected = message.rsplit_once("expected ").map(|(_, expected)| expected);
    let (kind, noun) = match expected {
        Some("a string" | "a borrowed string") => ("string_type", "string"),
        Some("a boolean") => ("bool_type", "boolean"),
        Some("a sequence") => ("list_type", "list"),
        Some("i64" | "u64" | "i32" | "u32" | "u16" | "usize") => ("int_type", "integer"),
        Some("f64" | "f32") => ("float_type", "number"),
        Some(what) if what == "a map" || what.starts_with("struct ") => {
            return (
                "model_attributes_type".to_owned(),
                "Input should be a valid dictionary or object to extract fields from".to_owned(),
            );
        }
        _ if message.contains("untagged enum Texts") => ("list_type", "list"),
        _ => return ("value_error".to_owned(), "Input is not a valid value here".to_owned()),
    };
    (kind.to_owned(), format!("Input should be a valid {noun}"))
}

#[cfg(test)]
mod tests {
    use agnes_contract::{query::QueryRequest, table::NewTable, token::NewToken};
    use serde_json::json;

    use super::*;

    fn check<T: DeserializeOwned>(value: Value, kind: &str, loc: Value) {
        let path = &mut serde_path_to_error::Track::new();
        let deserializer = serde_path_to_error::Deserializer::new(value.clone(), path);
        let message = T::deserialize(deserializer).err().map(|error| error.to_string());
        let message = message.unwrap_or_else(|| panic!("{value} was taken"));
        let found =
            describe("body", &value, &std::mem::replace(path, serde_path_to_error::Track::new()).path(), &message);
        assert_eq!((found.kind.as_str(), Value::Array(found.loc)), (kind, loc), "{value}");
    }

    #[test]
    fn a_field_that_cannot_be_taken_is_named_with_its_kind() {
        check::<NewToken>(json!({}), "missing", json!(["body", "name"]));
        check::<NewToken>(json!({"name": 5}), "string_type", json!(["body", "name"]));
        check::<NewToken>(json!({"name": null}), "string_type", json!(["body", "name"]));
        check::<NewToken>(
            json!({"name": "a", "expires_in_days": 1.5}),
            "int_from_float",
            json!(["body", "expires_in_days"]),
        );
        check::<NewToken>(
            json!({"name": "a", "expires_in_days": "x"}),
            "int_parsing",
            json!(["body", "expires_in_days"]),
        );
        check::<QueryRequest>(json!({"sql": "x", "limit": null}), "int_type", json!(["body", "limit"]));
        check::<NewTable>(json!({"name": "a", "is_public": "maybe"}), "bool_parsing", json!(["body", "is_public"]));
        check::<NewTable>(json!({"name": "a", "primary_key": 3}), "list_type", json!(["body", "primary_key"]));
        check::<NewTable>(json!("text"), "model_attributes_type", json!(["body"]));
        check::<Vec<String>>(json!({"a": 1}), "list_type", json!(["body"]));
        check::<Vec<String>>(json!(["a", 2]), "string_type", json!(["body", 1]));
    }
}
