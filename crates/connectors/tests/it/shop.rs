//! The sample shop: the same for the same seed, and without contradictions.

use std::fs;
use std::path::Path;

use agnes_connectors::shop::{Format, Manifest, Options, Size, generate, table_descriptions};
use duckdb::Connection;

use crate::support::{query, rows};

fn shop(output: &Path, seed: u64, format: Format) -> Manifest {
    generate(&Options { size: Size::Xs, seed, output, format }).unwrap()
}

fn tables() -> impl Iterator<Item = &'static str> {
    table_descriptions().iter().map(|(name, _)| *name)
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let [one, again, other] = [42, 42, 43].map(|seed| {
        let directory = tempfile::tempdir().unwrap();
        shop(directory.path(), seed, Format::Both);
        directory
    });
    for table in tables() {
        for file in [format!("{table}.csv"), format!("parquet/{table}.parquet")] {
            let read = |directory: &tempfile::TempDir| fs::read(directory.path().join(&file)).unwrap();
            assert!(read(&one) == read(&again), "{file} differs for the same seed");
            assert!(read(&one) != read(&other), "{file} is the same for another seed");
        }
    }
}

#[test]
fn every_format_leaves_its_files_and_the_manifest() {
    let csv: Vec<String> = tables().map(|table| format!("{table}.csv")).collect();
    let parquet: Vec<String> = tables().map(|table| format!("{table}.parquet")).collect();
    let sorted = |lists: &[&[String]], more: &[&str]| {
        let mut names: Vec<String> = lists.concat();
        names.extend(more.iter().map(|name| (*name).to_owned()));
        names.sort();
        names
    };
    let cases = [
        (Format::Csv, sorted(&[&csv], &["_manifest.json"])),
        (Format::Parquet, sorted(&[&parquet], &["_manifest.json"])),
        (Format::Both, sorted(&[&csv], &["_manifest.json", "parquet"])),
        (Format::Extract, sorted(&[], &[".lock", "_manifest.json", "data", "extract.duckdb", "tmp"])),
    ];
    for (format, expected) in cases {
        let directory = tempfile::tempdir().unwrap();
        let output = directory.path().join("new/folder");
        let manifest = shop(&output, 7, format);
        assert_eq!(files(&output), expected, "{format}");
        let written: Manifest = serde_json::from_slice(&fs::read(output.join("_manifest.json")).unwrap()).unwrap();
        assert_eq!(written, manifest);
        assert_eq!((manifest.seed, manifest.size, manifest.format), (7, Size::Xs, format));
        assert_eq!(manifest.date_range.start.to_string(), "2025-12-01");
        assert_eq!(manifest.date_range.end.to_string(), "2026-03-01");
        assert_eq!(manifest.total_rows, manifest.tables.values().sum::<u64>());
        assert_eq!(manifest.tables.len(), tables().count());
        let folder = match format {
            Format::Csv | Format::Parquet => continue,
            Format::Both => output.join("parquet"),
            Format::Extract => output.join("data"),
        };
        assert_eq!(files(&folder), sorted(&[&parquet], &[]), "{format}");
    }
}

#[test]
fn the_extract_is_a_source_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let manifest = shop(directory.path(), 42, Format::Extract);
    let file = directory.path().join("extract.duckdb");
    for (table, count) in &manifest.tables {
        assert_eq!(query(&file, &format!("SELECT count(*) FROM {table}")), [format!("({count})")]);
    }
    assert_eq!(
        query(&file, "SELECT count(*), sum(rows) FROM _meta WHERE description <> ''"),
        [format!("(9, {})", manifest.total_rows)]
    );
    // Writing it again is the same shop again.
    shop(directory.path(), 42, Format::Extract);
    assert_eq!(query(&file, "SELECT count(*) FROM orders"), ["(100)"]);
}

#[test]
fn tables_have_the_rows_of_their_size() {
    let directory = tempfile::tempdir().unwrap();
    let tables = shop(directory.path(), 42, Format::Csv).tables;
    let counts = Size::Xs.counts();
    for (table, expected) in [
        ("customers", counts.customers),
        ("products", counts.products),
        ("campaigns", counts.campaigns),
        ("web_sessions", counts.web_sessions),
        ("web_leads", counts.web_leads),
        ("orders", counts.orders),
        ("support_tickets", counts.support_tickets),
    ] {
        assert_eq!(tables[table], u64::from(expected), "{table}");
    }
    assert!(tables["order_items"] > tables["orders"] * 2 && tables["payments"] >= tables["orders"]);
    let text = fs::read(directory.path().join("orders.csv")).unwrap();
    assert!(text.starts_with(b"order_id,customer_id,created_at,status,") && text.ends_with(b"\r\n"));
}

/// A DuckDB with a view for each table of a shop.
fn open(seed: u64) -> (tempfile::TempDir, Connection) {
    let directory = tempfile::tempdir().unwrap();
    shop(directory.path(), seed, Format::Parquet);
    let connection = Connection::open_in_memory().unwrap();
    for table in tables() {
        let path = directory.path().join(format!("{table}.parquet"));
        connection.execute_batch(&format!("CREATE VIEW {table} AS FROM '{}'", path.display())).unwrap();
    }
    (directory, connection)
}

#[test]
fn nothing_contradicts_anything_else() {
    let mut never: Vec<(String, String)> = Vec::new();
    let mut broken = |name: &str, sql: &str| never.push((name.to_owned(), sql.to_owned()));
    for (table, column, other) in [
        ("web_sessions", "customer_id", "customers"),
        ("web_sessions", "campaign_id", "campaigns"),
        ("web_leads", "customer_id", "customers"),
        ("web_leads", "campaign_id", "campaigns"),
        ("orders", "customer_id", "customers"),
        ("order_items", "order_id", "orders"),
        ("order_items", "product_id", "products"),
        ("payments", "order_id", "orders"),
        ("payments", "customer_id", "customers"),
        ("support_tickets", "customer_id", "customers"),
        ("support_tickets", "order_id", "orders"),
    ] {
        let sql = format!("FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT {column} FROM {other})");
        broken(&format!("{table}.{column} points nowhere"), &sql);
    }
    for (table, key) in [
        ("customers", "customer_id"),
        ("customers", "email"),
        ("products", "product_id"),
        ("products", "sku"),
        ("campaigns", "campaign_id"),
        ("web_sessions", "session_id"),
        ("web_leads", "lead_id"),
        ("orders", "order_id"),
        ("order_items", "order_item_id"),
        ("payments", "payment_id"),
        ("support_tickets", "ticket_id"),
    ] {
        broken(&format!("{table}.{key} twice"), &format!("FROM {table} GROUP BY {key} HAVING count(*) > 1"));
    }
    broken("response before ticket", "FROM support_tickets WHERE first_response_at < created_at");
    broken("resolved before response", "FROM support_tickets WHERE resolved_at < first_response_at");
    broken(
        "resolved, never answered",
        "FROM support_tickets WHERE resolved_at IS NOT NULL AND first_response_at IS NULL",
    );
    broken(
        "score of an unresolved ticket",
        "FROM support_tickets WHERE (satisfaction_score IS NULL) <> (resolved_at IS NULL)",
    );
    broken("score", "FROM support_tickets WHERE satisfaction_score NOT BETWEEN 1 AND 5");
    broken("paid before the attempt", "FROM payments WHERE completed_at < created_at");
    broken("paid before the order", "FROM payments p JOIN orders o USING (order_id) WHERE p.created_at < o.created_at");
    broken("another's payment", "FROM payments p JOIN orders o USING (order_id) WHERE p.customer_id <> o.customer_id");
    broken("failed and completed", "FROM payments WHERE (completed_at IS NULL) <> (status IN ('failed', 'cancelled'))");
    broken(
        "order without a final payment",
        "FROM orders ANTI JOIN (FROM payments WHERE status <> 'failed') USING (order_id)",
    );
    broken(
        "order before registration",
        "FROM orders JOIN customers USING (customer_id) WHERE created_at < registration_date",
    );
    broken(
        "ticket before registration",
        "FROM support_tickets JOIN customers USING (customer_id) WHERE created_at < registration_date",
    );
    broken(
        "ticket before its order",
        "FROM support_tickets t JOIN orders o USING (order_id) WHERE t.created_at < o.created_at",
    );
    broken(
        "ticket of another's order",
        "FROM support_tickets t JOIN orders o USING (order_id) WHERE t.customer_id <> o.customer_id",
    );
    broken(
        "sold before it was there",
        "FROM order_items JOIN orders o USING (order_id) JOIN products p USING (product_id) WHERE o.created_at < p.created_at",
    );
    broken(
        "lead converted before it came",
        "FROM web_leads WHERE converted_at < created_at OR (converted_at IS NULL) <> (status <> 'converted')",
    );
    broken(
        "visit by a campaign that did not run",
        "FROM web_sessions JOIN campaigns USING (campaign_id) WHERE started_at::DATE NOT BETWEEN start_date AND end_date",
    );
    broken(
        "items do not add up",
        "FROM orders JOIN (SELECT order_id, sum(line_total) AS lines FROM order_items GROUP BY order_id) USING (order_id) WHERE abs(lines - items_total) > 0.001",
    );
    broken(
        "amounts do not add up",
        "FROM orders WHERE abs(items_total - discount_amount + shipping_amount - total_amount) > 0.001",
    );
    broken(
        "line total",
        "FROM order_items WHERE abs(line_total - unit_price * quantity * (1 - discount_percent / 100)) > 0.00501",
    );
    broken("company of a consumer", "FROM customers WHERE (company IS NULL) <> (segment = 'b2c')");
    broken("sold below cost", "FROM products WHERE cost >= price");
    broken(
        "after the period",
        "FROM (SELECT max(greatest(created_at, completed_at)) AS moment FROM payments UNION ALL SELECT max(resolved_at) FROM support_tickets UNION ALL SELECT max(started_at) FROM web_sessions) WHERE moment >= '2026-03-01'",
    );
    for seed in [1, 2, 42] {
        let (_directory, connection) = open(seed);
        for (name, sql) in &never {
            let found = rows(&connection, &format!("SELECT count(*) FROM (SELECT 1 {sql})"));
            assert_eq!(found, ["(0)"], "{name}, seed {seed}");
        }
    }
}

#[test]
fn columns_have_the_types_of_the_shop() {
    let (_directory, connection) = open(42);
    let types = |table: &str| {
        let sql = format!("SELECT string_agg(column_name || ' ' || column_type, ', ') FROM (DESCRIBE {table})");
        rows(&connection, &sql).remove(0)
    };
    assert!(
        types("orders").contains("created_at TIMESTAMP, status VARCHAR, items_total DOUBLE"),
        "{}",
        types("orders")
    );
    assert!(types("customers").contains("registration_date DATE, is_active BIGINT"), "{}", types("customers"));
    assert!(types("support_tickets").contains("satisfaction_score BIGINT"), "{}", types("support_tickets"));
    let foreign = rows(
        &connection,
        "SELECT count(*) > 0 FROM customers WHERE last_name || city <> strip_accents(last_name || city)",
    );
    assert_eq!(foreign, ["(true)"]);
}

#[test]
fn words_are_read_and_written() {
    for size in Size::ALL {
        assert_eq!(size.to_string().parse(), Ok(size));
    }
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    assert_eq!("xl".parse::<Size>().unwrap_err().to_string(), "expected one of xs, s, m, l");
}
