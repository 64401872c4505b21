//! Arrow to JSON, cell by cell, as old clients know it (`docs/queries.md`).
//!
//! Workers send lossless Arrow: types Arrow lacks (HUGEINT, BIT, UUID, TIME WITH TIME ZONE) arrive
//! as bytes whose field says what they are, at any depth.

use std::io::Cursor;

use arrow::{array::RecordBatch, datatypes::SchemaRef, error::ArrowError, ipc::reader::StreamReader};
use serde_json::{Map, Value};

use crate::engine::TextRows;

mod read;
mod text;
mod write;

/// Column names, and rows in column order.
pub(crate) fn rows(stream: &[u8]) -> Result<(Vec<String>, Vec<Vec<Value>>), ArrowError> {
    let (schema, rows) = convert(stream, |cell| write::query(&cell))?;
    Ok((names(&schema), rows))
}

/// Rows as objects of natural JSON values.
pub(crate) fn objects(stream: &[u8]) -> Result<Vec<Map<String, Value>>, ArrowError> {
    let (schema, rows) = convert(stream, |cell| write::natural(&cell))?;
    let names = names(&schema);
    Ok(rows.into_iter().map(|row| names.iter().cloned().zip(row).collect()).collect())
}

/// Column names, and rows as text.
pub(crate) fn texts(stream: &[u8]) -> Result<TextRows, ArrowError> {
    let (schema, rows) = convert(stream, |cell| {
        Ok(match write::query(&cell)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        })
    })?;
    Ok((names(&schema), rows))
}

fn names(schema: &SchemaRef) -> Vec<String> {
    schema.fields().iter().map(|field| field.name().clone()).collect()
}

fn convert<Out>(
    stream: &[u8],
    mut cell: impl FnMut(read::Cell<'_>) -> Result<Out, ArrowError>,
) -> Result<(SchemaRef, Vec<Vec<Out>>), ArrowError> {
    let reader = StreamReader::try_new(Cursor::new(stream), None)?;
    let schema = reader.schema();
    let mut rows = Vec::new();
    for batch in reader {
        let batch: RecordBatch = batch?;
        for row in 0..batch.num_rows() {
            let cells = schema.fields().iter().zip(batch.columns());
            rows.push(cells.map(|(field, column)| cell(read::cell(column, field, row)?)).collect::<Result<_, _>>()?);
        }
    }
    Ok((schema, rows))
}
