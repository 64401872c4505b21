//! Where tables come from: files, uploads, and extracts other programs wrote.

use reqwest::{Method, multipart};
use serde_json::json;

use crate::support::{TestApp, send};

#[tokio::test(flavor = "multi_thread")]
async fn an_extract_written_by_plain_duckdb_is_picked_up() {
    let app = TestApp::start().await;
    let source = app.folder.path().join("extracts").join("erp");
    std::fs::create_dir_all(source.join("data")).unwrap();
    let parquet = source.join("data").join("invoices.parquet");
    let database = duckdb::Connection::open(source.join("extract.duckdb")).unwrap();
    database
        .execute_batch(&format!(
            "COPY (SELECT range AS id, 'no ' || range AS label FROM range(500)) TO '{0}' (FORMAT parquet);
             CREATE VIEW invoices AS SELECT * FROM read_parquet('{0}');
             CREATE TABLE _meta (table_name VARCHAR NOT NULL, description VARCHAR, rows BIGINT, size_bytes BIGINT,
                                 extracted_at TIMESTAMP, query_mode VARCHAR DEFAULT 'local');
             INSERT INTO _meta VALUES ('invoices', 'From the ERP', 500, 0, now(), 'local');
             CHECKPOINT;",
            parquet.display()
        ))
        .unwrap();
    drop(database);

    let job = app.sync().await;
    assert_eq!(job["state"], "done", "{job}");
    let manifest = app.admin().get("/api/sync/manifest").await.json;
    assert_eq!(manifest["tables"]["invoices"]["rows"], 500, "{manifest}");
    let counted = app.admin().query("SELECT count(*), max(label) FROM invoices").await;
    assert_eq!(counted.json["rows"], json!([[500, "no 99"]]), "{}", counted.text());
    // Without a registry row it is for admins alone.
    assert_eq!(app.analyst().query("SELECT * FROM invoices").await.status, 403);
    let register = json!({"name": "invoices", "is_public": true});
    assert_eq!(app.admin().post("/api/admin/register-table", &register).await.status, 201);
    assert_eq!(app.analyst().query("SELECT count(*) FROM invoices").await.json["rows"], json!([[500]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_file_is_in_catalog_manifest_and_download_without_a_restart() {
    let app = TestApp::start().await;
    let file =
        multipart::Part::bytes(b"city,people\nBrno,400000\nOslo,700000\n".to_vec()).file_name("Cities of 2026.csv");
    let form =
        multipart::Form::new().text("description", "Where people live").text("is_public", "on").part("file", file);
    let uploaded = send(app.admin().request(Method::POST, "/api/admin/uploads").multipart(form)).await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.text());
    let job = app.job(uploaded.json["job_id"].as_str().unwrap()).await;
    assert_eq!(job["state"], "done", "{job}");
    let name = uploaded.json["table_name"].as_str().unwrap();

    let catalog = app.analyst().get("/api/catalog/tables").await.json;
    assert_eq!((&catalog["tables"][0]["name"], &catalog["tables"][0]["rows"]), (&json!(name), &json!(2)));
    let manifest = app.analyst().get("/api/sync/manifest").await.json;
    assert_eq!(manifest["tables"][name]["rows"], 2, "{manifest}");
    let download = app.analyst().get(&format!("/api/data/{name}/download")).await;
    assert!(download.bytes.starts_with(b"PAR1") && download.bytes.ends_with(b"PAR1"));
    let largest = app.analyst().query(&format!("SELECT city FROM {name} ORDER BY people DESC LIMIT 1")).await;
    assert_eq!(largest.json["rows"], json!([["Oslo"]]));
    let detail = app.analyst().get(&format!("/api/catalog/tables/{name}")).await;
    assert_eq!(detail.json["columns"][1]["type"], "BIGINT", "{}", detail.text());
    // Nothing is left behind of what was received.
    let left: Vec<_> = std::fs::read_dir(app.folder.path().join("uploads")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_cannot_be_taken_leaves_nothing_behind() {
    let app = crate::support::Setup::new().with("AGNES_UPLOAD_MAX_BYTES", "1000").start().await;
    let upload = |name: &'static str, size: usize| {
        let form = multipart::Form::new().part("file", multipart::Part::bytes(vec![b'a'; size]).file_name(name));
        send(app.admin().request(Method::POST, "/api/admin/uploads").multipart(form))
    };
    let large = upload("large.csv", 2000).await;
    assert_eq!((large.status, large.code()), (413, "body_too_large"));
    let odd = upload("program.exe", 10).await;
    assert_eq!((odd.status, odd.code()), (422, "validation_failed"), "{}", odd.text());
    let form = multipart::Form::new().text("name", "no file");
    let none = send(app.admin().request(Method::POST, "/api/admin/uploads").multipart(form)).await;
    assert_eq!((none.status, none.json["detail"][0]["loc"].clone()), (422, json!(["body", "file"])));
    let json = app.admin().post("/api/admin/uploads", &json!({})).await;
    assert_eq!((json.status, json.code()), (422, "validation_failed"));
    let left = std::fs::read_dir(app.folder.path().join("uploads")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
    assert_eq!(app.admin().get("/api/admin/registry").await.json["count"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_fails_keeps_what_it_published() {
    let app = TestApp::start().await;
    app.csv_table("orders", "id\n1\n2\n", true).await;
    app.sync().await;
    std::fs::remove_file(app.folder.path().join("csv/orders.csv")).unwrap();
    let job = app.sync().await;
    assert_eq!(job["state"], "partial", "{job}");
    let table = &app.analyst().get("/api/catalog/tables").await.json["tables"][0];
    assert_eq!((&table["status"], &table["rows"]), (&json!("error"), &json!(2)));
    assert_eq!(app.analyst().query("SELECT count(*) FROM orders").await.json["rows"], json!([[2]]));
}
