//! JSON lines: one object a line; every key is a column.

use std::fmt;
use std::io::Read;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::infer::Inference;
use super::spool::Spool;
use super::table::Reading;
use super::window::Window;
use crate::error::Error;

/// Reads all rows of a file into the spool.
pub(super) fn read(content: impl Read, spool: &mut Spool<'_>, reading: &mut Reading<'_>) -> Result<(), Error> {
    let mut window = Window::new(content);
    let start = window.peek(3).map_err(|error| reading.failed(error))?;
    if start.starts_with("\u{feff}".as_bytes()) {
        window.consume(3);
    }
    let limit = reading.limits().record_bytes;
    let (mut line, mut lines) = (0, 0_u64);
    while window.byte(0).map_err(|error| reading.failed(error))?.is_some() {
        line += 1;
        let Some(length) = line_length(&mut window, limit).map_err(|error| reading.failed(error))? else {
            window.skip_line().map_err(|error| reading.failed(error))?;
            lines += 1;
            reading.bad(line, "longer than a record may be");
            continue;
        };
        let text = window.seen(length).trim_ascii();
        if !text.is_empty() {
            if lines == 0 && text.starts_with(b"[") {
                return Err(reading.json_list());
            }
            lines += 1;
            match row(text, spool)? {
                Ok(()) => reading.tick(spool.rows()),
                Err(cause) => reading.bad(line, cause),
            }
        }
        let ending = usize::from(window.byte(length).map_err(|error| reading.failed(error))?.is_some());
        window.consume(length + ending);
    }
    if lines == 0 { Err(reading.empty()) } else { Ok(()) }
}

/// Bytes before the next LF or the end; `None` when they are too many.
fn line_length(window: &mut Window<impl Read>, limit: usize) -> std::io::Result<Option<usize>> {
    let mut at = 0;
    loop {
        let rest = window.rest(at)?;
        match rest.iter().position(|byte| *byte == b'\n') {
            Some(length) if at + length <= limit => return Ok(Some(at + length)),
            None if rest.is_empty() => return Ok(Some(at)),
            None if at + rest.len() <= limit => at += rest.len(),
            _ => return Ok(None),
        }
    }
}

/// Puts one object into the spool, or says why it is a bad row.
fn row(text: &[u8], spool: &mut Spool<'_>) -> Result<Result<(), &'static str>, Error> {
    let Ok(text) = std::str::from_utf8(text) else { return Ok(Err("not UTF-8")) };
    if !text.starts_with('{') {
        return Ok(Err("not a JSON object"));
    }
    let Ok(object) = serde_json::from_str::<Object<'_>>(text) else { return Ok(Err("not valid JSON")) };
    let fields: Option<Vec<_>> =
        object.0.into_iter().map(|(key, value)| Some((column_name(key), scalar(value)?))).collect();
    let Some(fields) = fields else { return Ok(Err("not valid JSON")) };
    let mut names: Vec<String> = fields.iter().map(|(key, _)| key.to_lowercase()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Ok(Err("a key stands there twice"));
    }
    spool.begin();
    for (key, value) in fields {
        let column = spool.column(&key)?;
        if let Some((text, observe)) = value {
            spool.set(column, &text, observe);
        }
    }
    spool.end()?;
    Ok(Ok(()))
}

/// A key as a column name; DuckDB has none that is empty.
fn column_name(key: String) -> String {
    if key.is_empty() { "column".to_owned() } else { key }
}

type Observe = fn(&mut Inference, &str);

/// The text of a value and how it tells of the column's type; `None` within when it is null.
/// The outer `None`: not a value after all, such as half a character in a string.
fn scalar(value: &RawValue) -> Option<Option<(String, Observe)>> {
    let text = value.get();
    let observe: Observe = match text.as_bytes().first() {
        Some(b'n') => return Some(None),
        Some(b'"') => {
            let string: String = serde_json::from_str(text).ok()?;
            return Some(Some((string, Inference::observe_string)));
        }
        Some(b't' | b'f') => |inference, _| inference.observe_boolean(),
        Some(b'{' | b'[') => |inference, _| inference.observe_nested(),
        _ => Inference::observe_number,
    };
    Some(Some((text.to_owned(), observe)))
}

/// An object's fields in the order they stand there, values as they are written.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}
