//! Values that go into statements, and rows that come out, by column name.

use chrono::{DateTime, Utc};
use duckdb::{
    Connection, Row, ToSql,
    types::{ToSqlOutput, Value as Raw},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::Error;

/// A bound value. Owned and plain, so that a statement can be written down together with its values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Time(DateTime<Utc>),
}

impl From<Value> for Raw {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Raw::Null,
            Value::Bool(value) => Raw::Boolean(value),
            Value::Int(value) => Raw::BigInt(value),
            Value::Text(value) => Raw::Text(value),
            Value::Time(at) => Raw::Timestamp(duckdb::types::TimeUnit::Microsecond, at.timestamp_micros()),
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> duckdb::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(self.clone().into()))
    }
}

macro_rules! values_from {
    ($($source:ty => |$value:ident| $made:expr;)*) => {
        $(impl From<$source> for Value {
            fn from($value: $source) -> Self {
                $made
            }
        })*
    };
}

values_from! {
    bool => |value| Value::Bool(value);
    i64 => |value| Value::Int(value);
    u32 => |value| Value::Int(i64::from(value));
    // A count past i64 does not exist; saturating keeps the statement valid.
    u64 => |value| Value::Int(i64::try_from(value).unwrap_or(i64::MAX));
    &str => |value| Value::Text(value.to_owned());
    &String => |value| Value::Text(value.clone());
    String => |value| Value::Text(value);
    DateTime<Utc> => |value| Value::Time(value);
    &serde_json::Value => |value| Value::Text(value.to_string());
    &Option<String> => |value| value.as_deref().into();
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// The values of a statement, each converted.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::sql::Value::from($value)),*] };
}
pub(crate) use values;

/// Many keys as one value, for `IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))`.
pub(crate) fn keys<'k>(keys: impl IntoIterator<Item = &'k String>) -> Value {
    let keys = keys.into_iter().map(|key| serde_json::Value::from(key.as_str())).collect();
    Value::Text(serde_json::Value::Array(keys).to_string())
}

/// A value as JSON text.
pub(crate) fn json<T: Serialize>(value: &T) -> Value {
    // Only rows of this crate come here; none has a map with keys that are not text.
    Value::Text(serde_json::to_string(value).unwrap_or_default())
}

/// One row, while it is read.
pub(crate) struct Fields<'r> {
    row: &'r Row<'r>,
    doing: &'static str,
}

impl Fields<'_> {
    fn raw(&self, column: &'static str) -> Result<Raw, Error> {
        self.row.get(column).map_err(Error::during(self.doing))
    }

    pub(crate) fn unreadable(&self, column: &'static str) -> Error {
        Error::Unreadable { doing: self.doing, column }
    }

    fn required<T>(&self, column: &'static str, value: Option<T>) -> Result<T, Error> {
        value.ok_or_else(|| self.unreadable(column))
    }

    pub(crate) fn text_option(&self, column: &'static str) -> Result<Option<String>, Error> {
        match self.raw(column)? {
            Raw::Null => Ok(None),
            Raw::Text(text) => Ok(Some(text)),
            _ => Err(self.unreadable(column)),
        }
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, Error> {
        self.text_option(column).and_then(|value| self.required(column, value))
    }

    pub(crate) fn int_option(&self, column: &'static str) -> Result<Option<i64>, Error> {
        match self.raw(column)? {
            Raw::Null => Ok(None),
            Raw::BigInt(value) => Ok(Some(value)),
            Raw::Int(value) => Ok(Some(value.into())),
            _ => Err(self.unreadable(column)),
        }
    }

    pub(crate) fn int(&self, column: &'static str) -> Result<i64, Error> {
        self.int_option(column).and_then(|value| self.required(column, value))
    }

    /// A count: NULL and anything below zero are unreadable.
    pub(crate) fn count(&self, column: &'static str) -> Result<u64, Error> {
        u64::try_from(self.int(column)?).map_err(|_| self.unreadable(column))
    }

    pub(crate) fn count_option(&self, column: &'static str) -> Result<Option<u64>, Error> {
        let value = self.int_option(column)?;
        value.map(|value| u64::try_from(value).map_err(|_| self.unreadable(column))).transpose()
    }

    /// A flag; NULL is false, so that an unknown `active` or `is_public` opens nothing.
    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, Error> {
        match self.raw(column)? {
            Raw::Null => Ok(false),
            Raw::Boolean(value) => Ok(value),
            _ => Err(self.unreadable(column)),
        }
    }

    pub(crate) fn time_option(&self, column: &'static str) -> Result<Option<DateTime<Utc>>, Error> {
        match self.raw(column)? {
            Raw::Null => Ok(None),
            Raw::Timestamp(unit, value) => {
                let time = DateTime::from_timestamp_micros(unit.to_micros(value));
                self.required(column, time).map(Some)
            }
            _ => Err(self.unreadable(column)),
        }
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<DateTime<Utc>, Error> {
        self.time_option(column).and_then(|value| self.required(column, value))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, Error> {
        serde_json::from_str(&self.text(column)?).map_err(|_| self.unreadable(column))
    }

    pub(crate) fn json_option<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, Error> {
        let text = self.text_option(column)?;
        text.map(|text| serde_json::from_str(&text).map_err(|_| self.unreadable(column))).transpose()
    }
}

/// The rows of a query.
pub(crate) fn list<T>(
    connection: &Connection,
    doing: &'static str,
    sql: &'static str,
    values: &[Value],
    read: fn(&Fields<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let during = Error::during(doing);
    let mut statement = connection.prepare(sql).map_err(&during)?;
    let mut rows = statement.query(duckdb::params_from_iter(values)).map_err(&during)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(&during)? {
        found.push(read(&Fields { row, doing })?);
    }
    Ok(found)
}

/// The first row of a query.
pub(crate) fn find<T>(
    connection: &Connection,
    doing: &'static str,
    sql: &'static str,
    values: &[Value],
    read: fn(&Fields<'_>) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    Ok(list(connection, doing, sql, values, read)?.into_iter().next())
}

/// The number a query counts, in a column called `n`.
pub(crate) fn count(
    connection: &Connection,
    doing: &'static str,
    sql: &'static str,
    values: &[Value],
) -> Result<u64, Error> {
    Ok(find(connection, doing, sql, values, |row| row.count("n"))?.unwrap_or(0))
}
