//! What statements may not call. None of this is the boundary, which is the worker's sandbox; it
//! gives clear answers, and keeps what a worker knows of itself from being asked.

/// The only functions that may stand in place of a table.
const TABLE_FUNCTIONS: &[&str] = &["generate_series", "json_each", "json_tree", "range", "unnest"];

/// Functions that read settings, the environment, the catalog or statements, or only wait.
const SCALARS: &[&str] = &[
    "col_description",
    "current_connection_id",
    "current_query",
    "current_query_id",
    "current_setting",
    "currval",
    "getenv",
    "getvariable",
    "in_search_path",
    "json_deserialize_sql",
    "json_execute_serialized_sql",
    "json_serialize_plan",
    "json_serialize_sql",
    "nextval",
    "obj_description",
    "parse_duckdb_log_message",
    "query",
    "query_table",
    "shobj_description",
    "sleep_ms",
    "which_secret",
    "write_log",
];

/// Beginnings of names of such functions.
const PREFIXES: &[&str] = &["duckdb_", "has_", "inet_", "pg_", "pragma_", "read_", "write_", "__internal_"];

/// Beginnings of names the reference refused by their words: files and the catalog.
const FILES_AND_CATALOG: &[&str] = &[
    "csv_scan",
    "delta_scan",
    "duckdb_",
    "glob",
    "iceberg_scan",
    "json_scan",
    "list_files",
    "parquet_",
    "pragma_",
    "query_table",
    "read_",
    "sniff_csv",
    "write_",
];

/// Tables every DuckDB has, which tell of it and not of data.
const CATALOG_TABLES: &[&str] = &[
    "pg_am",
    "pg_attrdef",
    "pg_attribute",
    "pg_class",
    "pg_collation",
    "pg_constraint",
    "pg_database",
    "pg_depend",
    "pg_description",
    "pg_enum",
    "pg_index",
    "pg_indexes",
    "pg_namespace",
    "pg_prepared_statements",
    "pg_proc",
    "pg_sequence",
    "pg_sequences",
    "pg_settings",
    "pg_tables",
    "pg_tablespace",
    "pg_type",
    "pg_views",
    "sqlite_master",
    "sqlite_schema",
    "sqlite_temp_master",
    "sqlite_temp_schema",
];

pub(super) fn table_function_allowed(name: &str) -> bool {
    TABLE_FUNCTIONS.contains(&name.to_ascii_lowercase().as_str())
}

pub(super) fn function_allowed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "pg_typeof" | "pg_size_pretty")
        || !(SCALARS.contains(&name.as_str()) || PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
}

/// Whether a function is one the reference answered "not a single SELECT" to.
pub(super) fn reads_files_or_catalog(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    FILES_AND_CATALOG.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a table is one of DuckDB's own.
pub(super) fn is_catalog_table(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("duckdb_") || name.starts_with("pragma_") || CATALOG_TABLES.contains(&name.as_str())
}

/// Whether a schema is one of DuckDB's own.
pub(super) fn is_catalog_schema(name: &str) -> bool {
    name.eq_ignore_ascii_case("information_schema") || name.eq_ignore_ascii_case("pg_catalog")
}
