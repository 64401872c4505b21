//! Cells as JSON: as the answers of queries, as natural values, and as JSON text within a cell.

use arrow::{array::Array, error::ArrowError};
use serde_json::{Map, Number, Value};

use super::{
    read::{self, Cell},
    text,
};

/// As `/api/query` answers: flat, nested values as JSON text.
pub(super) fn query(cell: &Cell<'_>) -> Result<Value, ArrowError> {
    Ok(match cell {
        Cell::Null => Value::Null,
        Cell::Bool(value) => Value::Bool(*value),
        Cell::Int(value) => integer(*value),
        Cell::BigInt(value) => Value::String(value.to_string()),
        Cell::Single(value) => single(*value),
        Cell::Double(value) => double(*value),
        Cell::Decimal(text) | Cell::Text(text) | Cell::Moment(text) => Value::String(text.clone()),
        Cell::Interval { months, days, micros } => Value::String(text::interval(*months, *days, *micros)),
        Cell::Bytes(bytes) => Value::String(hex::encode(bytes)),
        Cell::List { .. } | Cell::Struct { .. } | Cell::Map { .. } => {
            let mut text = String::new();
            json(cell, &mut text)?;
            Value::String(text)
        }
    })
}

/// As `/api/v2/sample` answers: what JSON has a value for is that value.
pub(super) fn natural(cell: &Cell<'_>) -> Result<Value, ArrowError> {
    Ok(match cell {
        Cell::Decimal(text) => text.parse().map_or(Value::Null, double),
        Cell::Moment(text) => Value::String(text.replacen(' ', "T", 1)),
        Cell::Interval { months, days, micros } => seconds(text::interval_micros(*months, *days, *micros)),
        Cell::List { items, item } => {
            let values = (0..items.len()).map(|row| natural(&read::cell(items, item, row)?));
            Value::Array(values.collect::<Result<_, ArrowError>>()?)
        }
        Cell::Struct { fields, row } => {
            let cells = fields.fields().iter().zip(fields.columns());
            let values =
                cells.map(|(field, column)| Ok((field.name().clone(), natural(&read::cell(column, field, *row)?)?)));
            Value::Object(values.collect::<Result<Map<_, _>, ArrowError>>()?)
        }
        Cell::Map { entries } => {
            let values = (0..entries.len()).map(|row| {
                let (key, value) = entry(entries, row)?;
                Ok((key_text(&key)?, natural(&value)?))
            });
            Value::Object(values.collect::<Result<Map<_, _>, ArrowError>>()?)
        }
        other => query(other)?,
    })
}

/// As JSON text, in which numbers of any size are exact.
fn json(cell: &Cell<'_>, out: &mut String) -> Result<(), ArrowError> {
    match cell {
        Cell::Int(value) => out.push_str(&value.to_string()),
        Cell::BigInt(value) => out.push_str(&value.to_string()),
        Cell::Decimal(text) => out.push_str(text),
        Cell::List { items, item } => {
            out.push('[');
            for row in 0..items.len() {
                out.push_str(if row == 0 { "" } else { ", " });
                json(&read::cell(items, item, row)?, out)?;
            }
            out.push(']');
        }
        Cell::Struct { fields, row } => {
            out.push('{');
            for (at, (field, column)) in fields.fields().iter().zip(fields.columns()).enumerate() {
                key_to(at, field.name(), out);
                json(&read::cell(column, field, *row)?, out)?;
            }
            out.push('}');
        }
        Cell::Map { entries } => {
            out.push('{');
            for row in 0..entries.len() {
                let (key, value) = entry(entries, row)?;
                key_to(row, &key_text(&key)?, out);
                json(&value, out)?;
            }
            out.push('}');
        }
        other => out.push_str(&query(other)?.to_string()),
    }
    Ok(())
}

fn key_to(at: usize, key: &str, out: &mut String) {
    out.push_str(if at == 0 { "" } else { ", " });
    out.push_str(&Value::from(key).to_string());
    out.push_str(": ");
}

fn entry(entries: &arrow::array::StructArray, row: usize) -> Result<(Cell<'_>, Cell<'_>), ArrowError> {
    match (entries.columns(), entries.fields().as_ref()) {
        ([keys, values], [key, value]) => Ok((read::cell(keys, key, row)?, read::cell(values, value, row)?)),
        _ => Err(ArrowError::InvalidArgumentError("a map has keys and values".into())),
    }
}

fn key_text(key: &Cell<'_>) -> Result<String, ArrowError> {
    Ok(match query(key)? {
        Value::String(text) => text,
        other => other.to_string(),
    })
}

/// A number; beyond 64 bits its exact digits as text, because the JSON library would round it.
fn integer(value: i128) -> Value {
    if let Ok(value) = i64::try_from(value) {
        Value::from(value)
    } else if let Ok(value) = u64::try_from(value) {
        Value::from(value)
    } else {
        Value::String(value.to_string())
    }
}

fn double(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// The shortest digits that are this value: 0.1 and not 0.10000000149011612.
fn single(value: f32) -> Value {
    if value.is_finite() { value.to_string().parse().map_or(Value::Null, double) } else { Value::Null }
}

fn seconds(micros: i128) -> Value {
    if micros % 1_000_000 == 0 {
        return integer(micros / 1_000_000);
    }
    #[expect(clippy::cast_precision_loss, reason = "a length of time; microseconds are exact for 285 years")]
    double(micros as f64 / 1e6)
}
