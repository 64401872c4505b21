//! Walks the whole parse tree of a statement: which tables, and nothing that is not known.

use serde_json::{Map, Value};

use super::{StatementError, TableRef, deny};

type Object = Map<String, Value>;

/// Classes of expressions, as `json_serialize_sql` names them, that need no more than a look at
/// what is inside.
const EXPRESSIONS: &[&str] = &[
    "BETWEEN",
    "CASE",
    "CAST",
    "COLLATE",
    "COLUMN_REF",
    "COMPARISON",
    "CONJUNCTION",
    "CONSTANT",
    "DEFAULT",
    "FUNCTION",
    "LAMBDA",
    "LAMBDA_REF",
    "OPERATOR",
    "POSITIONAL_REFERENCE",
    "STAR",
    "SUBQUERY",
    "TYPE",
    "WINDOW",
];
const QUERY_NODES: &[&str] = &["CTE_NODE", "RECURSIVE_CTE_NODE", "SELECT_NODE", "SET_OPERATION_NODE"];
/// Everything else that names its type: references to tables, modifiers of a query, types.
const OTHERS: &[&str] = &[
    "COLUMN_DATA",
    "DISTINCT_MODIFIER",
    "EMPTY",
    "EXPRESSION_LIST",
    "JOIN",
    "LIMIT_MODIFIER",
    "LIMIT_PERCENT_MODIFIER",
    "ORDER_MODIFIER",
    "ORDER_DEFAULT",
    "ASCENDING",
    "DESCENDING",
    "SUBQUERY",
    "INVALID",
];

/// The tables a statement reads, each once, by name.
pub(super) fn tables(tree: &Value) -> Result<Vec<TableRef>, StatementError> {
    let mut walk = Walk { tables: Vec::new(), scope: Vec::new() };
    walk.any(tree)?;
    walk.tables.sort();
    Ok(walk.tables)
}

struct Walk {
    tables: Vec<TableRef>,
    /// Names of common table expressions that can be seen from here, lower case.
    scope: Vec<String>,
}

impl Walk {
    fn any(&mut self, value: &Value) -> Result<(), StatementError> {
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.any(item)),
            Value::Object(object) => self.object(object),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    fn children(&mut self, object: &Object) -> Result<(), StatementError> {
        object.values().try_for_each(|child| self.any(child))
    }

    fn object(&mut self, object: &Object) -> Result<(), StatementError> {
        let Some(kind) = object.get("type").and_then(Value::as_str) else {
            return self.children(object);
        };
        match object.get("class").and_then(Value::as_str) {
            Some("CONSTANT") => Ok(()),
            Some("PARAMETER") => Err(not_allowed("Parameters cannot be used in queries; write the value")),
            Some("FUNCTION" | "WINDOW") => self.function(object),
            Some(class) if EXPRESSIONS.contains(&class) => self.children(object),
            Some(class) => Err(unknown(class)),
            None => self.node(kind, object),
        }
    }

    fn node(&mut self, kind: &str, object: &Object) -> Result<(), StatementError> {
        match kind {
            "BASE_TABLE" => self.table(object),
            "TABLE_FUNCTION" => self.table_function(object),
            "SHOW_REF" => Err(not_allowed("DESCRIBE, SHOW and SUMMARIZE cannot be used in queries")),
            "PIVOT" if object.get("pivots").is_some_and(names_an_enum) => {
                Err(not_allowed("PIVOT needs its values listed"))
            }
            "PIVOT" => self.children(object),
            _ if QUERY_NODES.contains(&kind) => self.query(object),
            _ if OTHERS.contains(&kind) || kind.ends_with("_TYPE_INFO") => self.children(object),
            _ => Err(unknown(kind)),
        }
    }

    /// A query: its common table expressions see those before them, the rest sees them all.
    fn query(&mut self, object: &Object) -> Result<(), StatementError> {
        let outside = self.scope.len();
        let expressions = object.get("cte_map").and_then(|map| map.get("map")).and_then(Value::as_array);
        for expression in expressions.into_iter().flatten() {
            self.any(expression.get("value").unwrap_or(&Value::Null))?;
            if let Some(name) = expression.get("key").and_then(Value::as_str) {
                self.scope.push(name.to_lowercase());
            }
        }
        // A recursive expression sees itself. What `CTE_NODE` defines is only for its child.
        let defined = object.get("query");
        if let Some(query) = defined {
            self.any(query)?;
        }
        if let Some(name) = object.get("cte_name").and_then(Value::as_str) {
            self.scope.push(name.to_lowercase());
        }
        for (key, child) in object {
            if key != "cte_map" && key != "query" {
                self.any(child)?;
            }
        }
        self.scope.truncate(outside);
        Ok(())
    }

    fn table(&mut self, object: &Object) -> Result<(), StatementError> {
        if object.get("at_clause").is_some_and(|clause| !clause.is_null()) {
            return Err(not_allowed("AT (...) cannot be used in queries"));
        }
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, schema, catalog) = (text("table_name"), text("schema_name"), text("catalog_name"));
        let local = catalog.is_empty() && (schema.is_empty() || schema.eq_ignore_ascii_case("recurring"));
        if local && self.scope.contains(&name.to_lowercase()) {
            return Ok(());
        }
        if deny::is_catalog_schema(schema) || deny::is_catalog_schema(catalog) || deny::is_catalog_table(name) {
            return Err(StatementError::OnlySelect);
        }
        // `FROM 'x.parquet'` arrives here as a table of that name.
        if schema.is_empty() && name.contains(['/', '\\', '.', ':', '*', '?']) {
            return Err(not_allowed("Only tables can be queried, by their name; files cannot"));
        }
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let table = TableRef { name: name.to_owned(), schema: some(schema), catalog: some(catalog) };
        if !self.tables.contains(&table) {
            self.tables.push(table);
        }
        Ok(())
    }

    fn table_function(&mut self, object: &Object) -> Result<(), StatementError> {
        let function = object.get("function").and_then(Value::as_object);
        let name = function.and_then(|function| function.get("function_name")).and_then(Value::as_str);
        let name = name.unwrap_or_default();
        if !deny::table_function_allowed(name) {
            return Err(refused_function(name));
        }
        self.children(object)
    }

    fn function(&mut self, object: &Object) -> Result<(), StatementError> {
        let name = object.get("function_name").and_then(Value::as_str).unwrap_or_default();
        if !deny::function_allowed(name) {
            return Err(refused_function(name));
        }
        self.children(object)
    }
}

fn names_an_enum(pivots: &Value) -> bool {
    let named = |pivot: &Value| pivot.get("pivot_enum").and_then(Value::as_str).is_some_and(|name| !name.is_empty());
    pivots.as_array().is_some_and(|pivots| pivots.iter().any(named))
}

fn refused_function(name: &str) -> StatementError {
    if deny::reads_files_or_catalog(name) {
        StatementError::OnlySelect
    } else {
        StatementError::NotAllowed(format!("The function '{name}' cannot be used in queries"))
    }
}

fn not_allowed(sentence: &str) -> StatementError {
    StatementError::NotAllowed(sentence.into())
}

fn unknown(kind: &str) -> StatementError {
    StatementError::NotAllowed(format!("{kind} cannot be used in queries"))
}
