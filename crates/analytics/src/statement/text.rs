//! The little that is decided from a statement's text.

/// What the reference looked for anywhere in a statement. Only asked of what DuckDB could not
/// parse as one SELECT, so that a literal or a column with such a name does no harm.
const BLOCKED: &[&str] = &[
    "drop ",
    "delete ",
    "insert ",
    "update ",
    "alter ",
    "create ",
    "copy ",
    "attach ",
    "detach ",
    "load ",
    "install ",
    "export ",
    "import ",
    "pragma ",
    "call ",
    "read_csv",
    "read_json",
    "read_parquet",
    "read_text",
    "write_csv",
    "write_parquet",
    "read_blob",
    "read_ndjson",
    "parquet_scan",
    "parquet_metadata",
    "parquet_schema",
    "json_scan",
    "csv_scan",
    "query_table",
    "iceberg_scan",
    "delta_scan",
    "glob(",
    "list_files",
    "'/",
    "\"/",
    "http://",
    "https://",
    "s3://",
    "gcs://",
    "information_schema",
    "duckdb_tables",
    "duckdb_columns",
    "duckdb_databases",
    "duckdb_settings",
    "duckdb_functions",
    "duckdb_views",
    "duckdb_indexes",
    "duckdb_schemas",
    "pragma_table_info",
    "pragma_storage_info",
    "'../",
    "\"../",
];

/// Whether the reference would have called this "not a single SELECT".
pub(super) fn has_blocked_fragment(sql: &str) -> bool {
    let sql = sql.trim().to_lowercase();
    // A blank belongs to a word of the list; a line break after it is the same thing.
    let sql: String = sql.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    BLOCKED.iter().any(|fragment| sql.contains(fragment)) || sql.trim_end_matches([';', ' ']).contains(';')
}

/// Whether the statement begins with `SELECT` or `WITH` and a blank, after blanks and comments.
pub(super) fn starts_with_select(sql: &str) -> bool {
    let sql = skip_comments(sql);
    ["select", "with"].iter().any(|word| {
        sql.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && sql[word.len()..].starts_with(char::is_whitespace)
    })
}

fn skip_comments(mut sql: &str) -> &str {
    loop {
        sql = sql.trim_start();
        if let Some(rest) = sql.strip_prefix("--") {
            sql = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if sql.starts_with("/*") {
            sql = skip_block(sql);
        } else {
            return sql;
        }
    }
}

/// What follows a block comment. They nest.
fn skip_block(sql: &str) -> &str {
    let (mut level, mut at) = (0_usize, 0);
    while let Some(found) = sql[at..].find(['/', '*']) {
        at += found;
        let rest = &sql[at..];
        if rest.starts_with("/*") {
            (level, at) = (level + 1, at + 2);
        } else if rest.starts_with("*/") {
            (level, at) = (level - 1, at + 2);
            if level == 0 {
                return &sql[at..];
            }
        } else {
            at += 1;
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_begins_with_its_first_word() {
        for sql in
            ["SELECT 1", " select\n1", "WITH a AS (SELECT 1) SELECT 1", "-- x\nselect 1", "/* a /* b */ */ SELECT 1"]
        {
            assert!(starts_with_select(sql), "{sql}");
        }
        for sql in
            ["", "SELECT(1)", "FROM t", "VALUES (1)", "selected", "-- SELECT 1", "/* SELECT 1", "é", "EXPLAIN SELECT 1"]
        {
            assert!(!starts_with_select(sql), "{sql}");
        }
    }
}
