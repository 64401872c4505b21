//! A result as `da` prints it, wherever it came from.

use agnes_contract::query::QueryResult;
use serde_json::Value;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// `True` or `False` as text, as the reference prints them.
    Bool(bool),
    /// Digits that are a JSON number.
    Number(String),
    /// A float without a JSON number: NaN and the infinities.
    NotFinite(f64),
    /// Anything JSON writes as a string.
    Text(String),
    /// A list.
    List(Vec<Cell>),
    /// A struct or map, in order.
    Object(Vec<(String, Cell)>),
}

/// Rows in column order.
#[derive(Clone, Debug, Default)]
pub struct ResultSet {
    /// Names; may repeat.
    pub columns: Vec<String>,
    /// Cells in column order.
    pub rows: Vec<Vec<Cell>>,
    /// Whether there were more.
    pub truncated: bool,
}

impl Cell {
    /// The value as text, for tables and CSV; nothing for null.
    pub fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Number(text) | Self::Text(text) => text.clone(),
            Self::NotFinite(value) if value.is_nan() => "nan".to_owned(),
            Self::NotFinite(value) if *value < 0.0 => "-inf".to_owned(),
            Self::NotFinite(_) => "inf".to_owned(),
            Self::List(_) | Self::Object(_) => self.json(),
        }
    }

    /// The value as JSON on one line.
    pub fn json(&self) -> String {
        match self {
            Self::Null | Self::NotFinite(_) => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(digits) => digits.clone(),
            Self::Text(text) => Value::from(text.as_str()).to_string(),
            Self::List(cells) => {
                let cells: Vec<String> = cells.iter().map(Self::json).collect();
                format!("[{}]", cells.join(", "))
            }
            Self::Object(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(name, cell)| format!("{}: {}", Value::from(name.as_str()), cell.json()))
                    .collect();
                format!("{{{}}}", fields.join(", "))
            }
        }
    }
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::String(text) => Self::Text(text),
            Value::Array(values) => Self::List(values.into_iter().map(Self::from).collect()),
            Value::Object(fields) => {
                Self::Object(fields.into_iter().map(|(name, value)| (name, Self::from(value))).collect())
            }
        }
    }
}

impl From<QueryResult> for ResultSet {
    fn from(result: QueryResult) -> Self {
        Self {
            columns: result.columns,
            rows: result.rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect()).collect(),
            truncated: result.truncated,
        }
    }
}

impl ResultSet {
    /// An array of objects, indented by two. Names that repeat get `_2`, `_3`, …
    pub fn json(&self) -> String {
        if self.rows.is_empty() {
            return "[]".to_owned();
        }
        let names: Vec<String> = unique(&self.columns).into_iter().map(|name| Value::from(name).to_string()).collect();
        let rows: Vec<String> = self.rows.iter().map(|row| object(&names, row)).collect();
        // Strings hold what the data holds: escape what a terminal could act on.
        let text = format!("[\n{}\n]", rows.join(",\n"));
        super::json::verbatim(&text).unwrap_or(text)
    }
}

fn object(names: &[String], row: &[Cell]) -> String {
    let fields: Vec<String> = names.iter().zip(row).map(|(name, cell)| format!("{name}: {}", cell.json())).collect();
    format!("{{{}}}", fields.join(","))
}

fn unique(names: &[String]) -> Vec<String> {
    let mut taken: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let mut candidate = name.clone();
        let mut number = 2;
        while taken.contains(&candidate) || (number > 2 && names.contains(&candidate)) {
            candidate = format!("{name}_{number}");
            number += 1;
        }
        taken.push(candidate);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_survives_json_though_names_repeat() {
        let names = ["a", "a", "a_2", "a"].map(String::from);
        assert_eq!(unique(&names), ["a", "a_3", "a_2", "a_4"]);
        let result = ResultSet {
            columns: vec!["a".into(), "a".into()],
            rows: vec![vec![Cell::Number("1".into()), Cell::NotFinite(f64::NAN)]],
            truncated: false,
        };
        assert_eq!(result.json(), "[\n  {\n    \"a\": 1,\n    \"a_2\": null\n  }\n]");
    }

    #[test]
    fn nested_values_are_json_text() {
        let cell = Cell::Object(vec![("k".into(), Cell::List(vec![Cell::Number("1".into()), Cell::Null]))]);
        assert_eq!(cell.text(), "{\"k\": [1, null]}");
    }
}
