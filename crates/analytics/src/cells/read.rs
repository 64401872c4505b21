//! One cell of an Arrow array, as what it is in DuckDB.

use arrow::{
    array::{Array, ArrayRef, AsArray, StructArray},
    datatypes::{
        DataType, Date32Type, Date64Type, Decimal128Type, Decimal256Type, DecimalType, Field, Float32Type, Float64Type,
        Int8Type, Int16Type, Int32Type, Int64Type, IntervalMonthDayNanoType, IntervalUnit, Time32MillisecondType,
        Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimeUnit, TimestampMicrosecondType,
        TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
        UInt64Type,
    },
    error::ArrowError,
};

use super::text;

/// A cell.
pub(super) enum Cell<'a> {
    Null,
    Bool(bool),
    Int(i128),
    /// Beyond what [`Cell::Int`] holds.
    BigInt(u128),
    Single(f32),
    Double(f64),
    /// With as many decimals as the column has.
    Decimal(String),
    Text(String),
    /// Date and time of day with a blank between.
    Moment(String),
    Interval {
        months: i32,
        days: i32,
        micros: i64,
    },
    Bytes(&'a [u8]),
    List {
        items: ArrayRef,
        item: &'a Field,
    },
    Struct {
        fields: &'a StructArray,
        row: usize,
    },
    /// Keys and values.
    Map {
        entries: StructArray,
    },
}

/// The cell of a row.
pub(super) fn cell<'a>(array: &'a ArrayRef, field: &'a Field, row: usize) -> Result<Cell<'a>, ArrowError> {
    if array.is_null(row) {
        return Ok(Cell::Null);
    }
    Ok(match array.data_type() {
        DataType::Null => Cell::Null,
        DataType::Boolean => Cell::Bool(array.as_boolean().value(row)),
        DataType::Int8 => match array.as_primitive::<Int8Type>().value(row) {
            value if extension(field) == "arrow.bool8" => Cell::Bool(value != 0),
            value => Cell::Int(value.into()),
        },
        DataType::Int16 => Cell::Int(array.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Cell::Int(array.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Cell::Int(array.as_primitive::<Int64Type>().value(row).into()),
        DataType::UInt8 => Cell::Int(array.as_primitive::<UInt8Type>().value(row).into()),
        DataType::UInt16 => Cell::Int(array.as_primitive::<UInt16Type>().value(row).into()),
        DataType::UInt32 => Cell::Int(array.as_primitive::<UInt32Type>().value(row).into()),
        DataType::UInt64 => Cell::Int(array.as_primitive::<UInt64Type>().value(row).into()),
        DataType::Float32 => Cell::Single(array.as_primitive::<Float32Type>().value(row)),
        DataType::Float64 => Cell::Double(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(precision, scale) => Cell::Decimal(Decimal128Type::format_decimal(
            array.as_primitive::<Decimal128Type>().value(row),
            *precision,
            *scale,
        )),
        DataType::Decimal256(precision, scale) => Cell::Decimal(Decimal256Type::format_decimal(
            array.as_primitive::<Decimal256Type>().value(row),
            *precision,
            *scale,
        )),
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => Cell::Text(array.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => Cell::Text(array.as_string_view().value(row).to_owned()),
        DataType::Binary => bytes(field, array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytes(field, array.as_binary::<i64>().value(row)),
        DataType::BinaryView => bytes(field, array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => bytes(field, array.as_fixed_size_binary().value(row)),
        DataType::Date32 => Cell::Text(text::date(array.as_primitive::<Date32Type>().value(row).into())),
        DataType::Date64 => Cell::Text(text::date(array.as_primitive::<Date64Type>().value(row) / 86_400_000)),
        DataType::Time32(_) | DataType::Time64(_) | DataType::Timestamp(..) => clock(array, row)?,
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let value = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
            Cell::Interval { months: value.months, days: value.days, micros: value.nanoseconds / 1_000 }
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = dictionary.normalized_keys().get(row).copied().unwrap_or(usize::MAX);
            if key >= dictionary.values().len() {
                return Err(ArrowError::InvalidArgumentError("a dictionary has no such key".into()));
            }
            // An ENUM; its values are plain text.
            cell(dictionary.values(), field, key)?
        }
        DataType::List(item) => Cell::List { items: array.as_list::<i32>().value(row), item },
        DataType::LargeList(item) => Cell::List { items: array.as_list::<i64>().value(row), item },
        DataType::FixedSizeList(item, _) => Cell::List { items: array.as_fixed_size_list().value(row), item },
        DataType::Struct(_) => Cell::Struct { fields: array.as_struct(), row },
        DataType::Map(..) => Cell::Map { entries: array.as_map().value(row) },
        DataType::Union(fields, _) => {
            let union = array.as_union();
            let id = union.type_id(row);
            let member = fields.iter().find(|(other, _)| *other == id);
            let (_, field) = member.ok_or_else(|| unsupported(array.data_type()))?;
            cell(union.child(id), field, union.value_offset(row))?
        }
        other => return Err(unsupported(other)),
    })
}

fn unsupported(data_type: &DataType) -> ArrowError {
    ArrowError::NotYetImplemented(format!("a column of type {data_type} cannot be shown; cast it to VARCHAR"))
}

/// Times of day and points in time.
fn clock(array: &ArrayRef, row: usize) -> Result<Cell<'_>, ArrowError> {
    Ok(match array.data_type() {
        DataType::Time32(TimeUnit::Second) => {
            Cell::Text(text::time(i128::from(array.as_primitive::<Time32SecondType>().value(row)) * 1_000_000_000))
        }
        DataType::Time32(_) => {
            Cell::Text(text::time(i128::from(array.as_primitive::<Time32MillisecondType>().value(row)) * 1_000_000))
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            Cell::Text(text::time(array.as_primitive::<Time64NanosecondType>().value(row).into()))
        }
        DataType::Time64(_) => {
            Cell::Text(text::time(i128::from(array.as_primitive::<Time64MicrosecondType>().value(row)) * 1_000))
        }
        DataType::Timestamp(unit, zone) => {
            let (value, nanos) = match unit {
                TimeUnit::Second => (array.as_primitive::<TimestampSecondType>().value(row), 1_000_000_000),
                TimeUnit::Millisecond => (array.as_primitive::<TimestampMillisecondType>().value(row), 1_000_000),
                TimeUnit::Microsecond => (array.as_primitive::<TimestampMicrosecondType>().value(row), 1_000),
                TimeUnit::Nanosecond => (array.as_primitive::<TimestampNanosecondType>().value(row), 1),
            };
            Cell::Moment(text::moment(value, nanos, zone.is_some()))
        }
        other => return Err(unsupported(other)),
    })
}

/// Bytes, unless the field says they stand for something Arrow has no type for.
fn bytes<'a>(field: &Field, bytes: &'a [u8]) -> Cell<'a> {
    match (extension(field), opaque(field).as_deref(), <[u8; 16]>::try_from(bytes)) {
        ("arrow.uuid", _, Ok(bytes)) => Cell::Text(uuid::Uuid::from_bytes(bytes).to_string()),
        (_, Some("hugeint"), Ok(bytes)) => Cell::Int(i128::from_le_bytes(bytes)),
        (_, Some("uhugeint"), Ok(bytes)) => {
            let value = u128::from_le_bytes(bytes);
            i128::try_from(value).map_or(Cell::BigInt(value), Cell::Int)
        }
        (_, Some("bit"), _) => Cell::Text(text::bits(bytes)),
        (_, Some("bignum"), _) => Cell::Text(text::bignum(bytes)),
        (_, Some("time_tz"), _) => match <[u8; 8]>::try_from(bytes) {
            Ok(bytes) => Cell::Text(text::time_with_zone(u64::from_le_bytes(bytes))),
            Err(_) => Cell::Bytes(bytes),
        },
        _ => Cell::Bytes(bytes),
    }
}

fn extension(field: &Field) -> &str {
    field.metadata().get("ARROW:extension:name").map_or("", String::as_str)
}

/// DuckDB's name of a type Arrow does not know.
fn opaque(field: &Field) -> Option<String> {
    let metadata = field.metadata().get("ARROW:extension:metadata")?;
    let metadata: serde_json::Value = serde_json::from_str(metadata).ok()?;
    Some(metadata.get("type_name")?.as_str()?.to_owned())
}
