//! Manifest, download and objects: what `da sync` lives on.

use md5::{Digest as _, Md5};
use reqwest::Method;
use serde_json::json;
use sha2::Sha256;

use crate::support::{Answer, TestApp, send};

async fn with_orders() -> (TestApp, Vec<u8>) {
    let app = TestApp::start().await;
    let rows: String = (0..5000).map(|id| format!("{id},order number {id}\n")).collect();
    app.csv_table("orders", &format!("id,label\n{rows}"), true).await;
    assert_eq!(app.sync().await["state"], "done");
    let whole = app.analyst().get("/api/data/orders/download").await;
    assert_eq!(whole.status, 200, "{}", whole.text());
    (app, whole.bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manifest_promises_the_bytes_that_are_sent() {
    let (app, bytes) = with_orders().await;
    let manifest = app.analyst().get("/api/sync/manifest").await;
    let table = &manifest.json["tables"]["orders"];
    assert_eq!(table["hash"], hex::encode(Md5::digest(&bytes)));
    assert_eq!(table["digest"], format!("sha256:{}", hex::encode(Sha256::digest(&bytes))));
    assert_eq!((&table["size_bytes"], &table["rows"]), (&json!(bytes.len()), &json!(5000)));
    insta::assert_json_snapshot!(manifest.json, {
        ".server_time" => "[time]", ".generation" => "[number]", ".tables.*.updated" => "[time]",
        ".tables.*.published_at" => "[time]", ".tables.*.hash" => "[md5]", ".tables.*.digest" => "[digest]",
        ".tables.*.size_bytes" => "[size]", ".tables.*.parts[].digest" => "[digest]",
        ".tables.*.parts[].md5" => "[md5]", ".tables.*.parts[].size_bytes" => "[size]",
    }, @r#"
    {
      "assets": {},
      "generation": "[number]",
      "server_time": "[time]",
      "tables": {
        "orders": {
          "digest": "[digest]",
          "hash": "[md5]",
          "parts": [
            {
              "digest": "[digest]",
              "md5": "[md5]",
              "rows": 5000,
              "size_bytes": "[size]"
            }
          ],
          "published_at": "[time]",
          "query_mode": "local",
          "rows": 5000,
          "size_bytes": "[size]",
          "source_type": "csv",
          "updated": "[time]"
        }
      }
    }
    "#);
    let object = app.analyst().get(&format!("/api/objects/{}", table["digest"].as_str().unwrap())).await;
    assert!(object.bytes == bytes && object.header("cache-control").contains("immutable"), "{:?}", object.headers);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_did_not_change_is_not_sent_again() {
    let (app, _) = with_orders().await;
    let first = app.analyst().get("/api/sync/manifest").await;
    let etag = first.header("etag").to_owned();
    for (condition, status) in [
        (etag.clone(), 304),
        (format!("W/{etag}"), 304),
        (format!("\"other\", {etag}"), 304),
        ("*".to_owned(), 304),
        ("\"other\"".to_owned(), 200),
    ] {
        let answer = app.analyst().with("if-none-match", &condition).get("/api/sync/manifest").await;
        assert_eq!((answer.status, answer.header("etag")), (status, etag.as_str()), "{condition}");
        assert_eq!(answer.bytes.is_empty(), status == 304);
    }
    let compressed = app.analyst().with("accept-encoding", "gzip").get("/api/sync/manifest").await;
    assert!(compressed.header("vary").to_lowercase().contains("accept-encoding"));
    app.csv_table("more", "a\n1\n", true).await;
    app.sync().await;
    let changed = app.analyst().with("if-none-match", &etag).get("/api/sync/manifest").await;
    assert_eq!((changed.status, changed.json["tables"].as_object().map(serde_json::Map::len)), (200, Some(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_a_file_are_sent_as_http_says() {
    let (app, bytes) = with_orders().await;
    let size = bytes.len();
    let etag = app.analyst().get("/api/data/orders/download").await.header("etag").to_owned();
    let check = |headers: Vec<(&'static str, String)>, status: u16, range: String, expected: Option<Vec<u8>>| {
        let app = &app;
        async move {
            let mut caller = app.analyst();
            for (name, value) in &headers {
                caller = caller.with(name, value);
            }
            let answer = caller.get("/api/data/orders/download").await;
            assert_eq!((answer.status, answer.header("content-range")), (status, range.as_str()), "{headers:?}");
            if let Some(expected) = expected {
                assert!(answer.bytes == expected, "{headers:?}");
                assert_eq!(answer.header("content-length"), expected.len().to_string(), "{headers:?}");
            }
            answer
        }
    };
    let range = |value: &str| vec![("range", value.to_owned())];
    let whole = Some(bytes.clone());
    check(range("bytes=0-9"), 206, format!("bytes 0-9/{size}"), Some(bytes[..10].to_vec())).await;
    check(range("bytes=10-"), 206, format!("bytes 10-{}/{size}", size - 1), Some(bytes[10..].to_vec())).await;
    check(range("bytes=-4"), 206, format!("bytes {}-{}/{size}", size - 4, size - 1), Some(b"PAR1".to_vec())).await;
    check(range("bytes=0-999999999"), 206, format!("bytes 0-{}/{size}", size - 1), whole.clone()).await;
    check(range("items=0-9"), 200, String::new(), whole.clone()).await;
    let beyond = check(range(&format!("bytes={size}-")), 416, format!("bytes */{size}"), None).await;
    assert_eq!(beyond.code(), "range_not_satisfiable");
    assert_eq!(check(range("bytes=9-0"), 400, String::new(), None).await.code(), "invalid_range");
    assert_eq!(check(range("bytes=x"), 400, String::new(), None).await.code(), "invalid_range");

    let conditional = |condition: &str| vec![("range", "bytes=0-9".to_owned()), ("if-range", condition.to_owned())];
    check(conditional(&etag), 206, format!("bytes 0-9/{size}"), Some(bytes[..10].to_vec())).await;
    check(conditional("\"other\""), 200, String::new(), whole.clone()).await;
    check(conditional(&format!("W/{etag}")), 200, String::new(), whole.clone()).await;
    let modified = app.analyst().get("/api/data/orders/download").await.header("last-modified").to_owned();
    check(conditional(&modified), 206, format!("bytes 0-9/{size}"), Some(bytes[..10].to_vec())).await;

    let several = check(range("bytes=0-3,10-13"), 206, String::new(), None).await;
    assert_several(&several, &bytes);
    let not_modified = app.analyst().with("if-none-match", &etag).get("/api/data/orders/download").await;
    assert_eq!((not_modified.status, not_modified.header("etag"), not_modified.bytes.len()), (304, etag.as_str(), 0));
    let head = send(app.analyst().request(Method::HEAD, "/api/data/orders/download")).await;
    assert_eq!((head.status, head.header("content-length"), head.bytes.len()), (200, size.to_string().as_str(), 0));
    assert_eq!(head.header("accept-ranges"), "bytes");
    assert_eq!(head.header("content-disposition"), "attachment; filename=\"orders.parquet\"");
    assert_eq!(head.header("content-type"), "application/octet-stream");
    let gzip = app.analyst().with("accept-encoding", "gzip").get("/api/data/orders/download").await;
    assert_eq!(gzip.header("content-encoding"), "");
}

fn assert_several(answer: &Answer, bytes: &[u8]) {
    let kind = answer.header("content-type").to_owned();
    let boundary = kind.strip_prefix("multipart/byteranges; boundary=").unwrap();
    let text = answer.text();
    let parts: Vec<&str> = text.split(&format!("--{boundary}")).collect();
    assert_eq!(parts.len(), 4, "{text}");
    assert!(parts[1].ends_with("\r\n\r\nPAR1\r\n"), "{text}");
    assert!(parts[2].contains(&format!("Content-Range: bytes 10-13/{}", bytes.len())), "{text}");
    assert_eq!(parts[3], "--\r\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_found_by_id_and_by_name() {
    let app = TestApp::start().await;
    app.write_csv("big", "a\n1\n");
    let body = json!({"name": "Big Orders", "source_type": "csv", "source_table": "big.csv", "is_public": true});
    let registered = app.admin().post("/api/admin/register-table", &body).await;
    assert_eq!((registered.status, &registered.json["id"]), (201, &json!("big_orders")), "{}", registered.text());
    app.csv_table("Plain", "a\n1\n", true).await;
    app.sync().await;
    for key in ["plain", "Plain", "PLAIN"] {
        assert_eq!(app.analyst().get(&format!("/api/data/{key}/download")).await.status, 200, "{key}");
        assert_eq!(app.analyst().get(&format!("/api/v2/schema/{key}")).await.status, 200, "{key}");
        assert_eq!(app.analyst().query(&format!("SELECT * FROM {key}")).await.status, 200, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_table_is_not_found_and_nothing_else() {
    let (app, _) = with_orders().await;
    for (key, admin, analyst) in [
        ("nothing", 404, 403),
        ("..%2f..%2fstate%2fsystem.duckdb", 404, 404),
        ("%00", 404, 404),
        ("%ff", 404, 404),
        ("a%20b", 404, 404),
        (&"x".repeat(129), 404, 404),
    ] {
        let path = format!("/api/data/{key}/download");
        assert_eq!(app.admin().get(&path).await.status, admin, "{key}");
        assert_eq!(app.analyst().get(&path).await.status, analyst, "{key}");
    }
    for digest in ["sha256:00", "nothing", &"0".repeat(64), "..%2f"] {
        let answer = app.admin().get(&format!("/api/objects/{digest}")).await;
        assert_eq!(answer.status, 404, "{digest}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_began_ends_on_what_it_began_with() {
    let (app, bytes) = with_orders().await;
    let response = app.analyst().request(Method::GET, "/api/data/orders/download").send().await.unwrap();
    app.write_csv("orders", "id,label\n1,changed\n");
    assert_eq!(app.sync().await["state"], "done");
    assert!(response.bytes().await.unwrap() == bytes);
    assert!(app.analyst().get("/api/data/orders/download").await.bytes != bytes);
}
