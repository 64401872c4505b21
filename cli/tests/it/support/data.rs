//! Real parquet, and tokens that say something.

use base64::Engine as _;

/// The bytes of a parquet file with the rows of a SELECT.
pub fn parquet(select: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.parquet");
    let connection = duckdb::Connection::open_in_memory().unwrap();
    connection.execute_batch(&format!("COPY ({select}) TO '{}' (FORMAT parquet)", path.display())).unwrap();
    std::fs::read(path).unwrap()
}

/// A few orders.
pub fn orders() -> Vec<u8> {
    parquet(
        "SELECT range::INTEGER AS id, 'c' || range % 3 AS customer, (range * 1.5)::DECIMAL(10,2) AS price FROM range(10)",
    )
}

/// A token with these claims; nobody checks its signature here.
pub fn jwt(claims: &serde_json::Value) -> String {
    let part = |json: &serde_json::Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.c2ln", part(&serde_json::json!({"alg": "HS256", "typ": "JWT"})), part(claims))
}
