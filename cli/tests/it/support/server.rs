//! The server: real sockets, ranges and tags, and every fault it is told to have.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use agnes_contract::{
    auth::SignedIn,
    catalog::{CatalogV2, CatalogV2Table, Column, TableSample, TableSchema},
    health::{DetailedHealth, Health, ServiceHealth, Version},
    query::QueryResult,
};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use chrono::DateTime;
use serde_json::json;

use super::{Canned, World, home::token};

type Shared = Arc<Mutex<World>>;

/// How much a piece of a download is.
const PIECE: usize = 4096;

/// A server of its own for one test.
pub struct TestServer {
    address: std::net::SocketAddr,
    world: Shared,
    runtime: Option<tokio::runtime::Runtime>,
}

impl TestServer {
    pub fn start() -> Self {
        let world = Shared::default();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(world.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { address, world, runtime: Some(runtime) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it knows and saw.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Forgets what it saw.
    pub fn forget(&self) {
        let mut world = self.world();
        world.requests.clear();
        world.sent = 0;
    }

    /// The network is unplugged.
    pub fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_millis(100));
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn answer(State(world): State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let path = uri.path().to_owned();
    let canned = {
        let mut world = world.lock().unwrap();
        world.requests.push(format!("{method} {path}"));
        if method == Method::POST {
            world.bodies.push(String::from_utf8_lossy(&body).into_owned());
        }
        world.agents.push(text(&headers, header::USER_AGENT).unwrap_or_default());
        world.next.get_mut(&path).and_then(std::collections::VecDeque::pop_front).or(world.always.get(&path).cloned())
    };
    if let Some(canned) = canned {
        tokio::time::sleep(Duration::from_millis(canned.delay_ms)).await;
        return canned.into_response();
    }
    let public =
        path.starts_with("/cli/") || matches!(path.as_str(), "/auth/token" | "/api/health" | "/login" | "/docs");
    if !public && text(&headers, header::AUTHORIZATION) != Some(format!("Bearer {}", token())) {
        return Canned::refusal(401, "unauthenticated", "Missing or invalid Authorization header").into_response();
    }
    route(&world, &method, &path, &headers)
}

fn route(world: &Shared, method: &Method, path: &str, headers: &HeaderMap) -> Response {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (method.as_str(), segments.as_slice()) {
        ("GET", ["api", "health"]) => {
            Json(Health { status: "ok".into(), instance_name: "Test".into() }).into_response()
        }
        ("GET", ["api", "health", "detailed"]) => Json(detailed()).into_response(),
        ("GET", ["login"] | ["docs"]) => "page".into_response(),
        ("GET", ["api", "users"]) => Canned::refusal(403, "admin_required", "Admin required").into_response(),
        ("GET", ["api", "catalog", "tables"]) => Json(json!({"tables": [], "count": 0})).into_response(),
        ("POST", ["auth", "token"]) => Json(signed_in()).into_response(),
        ("POST", ["api", "query"]) => Json(rows()).into_response(),
        ("GET", ["api", "sync", "manifest"]) => manifest(world, headers),
        ("GET", ["api", "v2", "catalog"]) => Json(catalog(world)).into_response(),
        ("GET", ["api", "v2", "schema", id]) => known(world, id, || Json(schema(id)).into_response()),
        ("GET", ["api", "v2", "sample", id]) => known(world, id, || Json(sample(id)).into_response()),
        ("GET", ["api", "data", name, "download"]) => download(world, headers, |known, _| known == *name),
        ("GET", ["api", "objects", digest]) => download(world, headers, |_, known| known == *digest),
        _ => Canned::refusal(404, "not_found", "Not Found").into_response(),
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}

impl IntoResponse for Canned {
    fn into_response(self) -> Response {
        let mut response = Response::builder().status(self.status).header(header::CONTENT_TYPE, self.kind);
        if let Some(location) = self.location {
            response = response.header(header::LOCATION, location);
        }
        response.body(Body::from(self.body)).unwrap()
    }
}

fn manifest(world: &Shared, headers: &HeaderMap) -> Response {
    let world = world.lock().unwrap();
    let etag = format!("\"g{}\"", world.generation);
    if text(headers, header::IF_NONE_MATCH).as_ref() == Some(&etag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    ([(header::ETAG, etag)], Json(world.manifest())).into_response()
}

/// Sends a table's bytes: all, or the range that was asked for; and stops in the middle when told to.
fn download(world: &Shared, headers: &HeaderMap, wanted: impl Fn(&str, String) -> bool) -> Response {
    let mut locked = world.lock().unwrap();
    if let Some((name, table)) = locked.soon.take() {
        locked.publish(&name, table);
    }
    let found = locked.tables.iter().find(|(name, table)| wanted(name, table.digest()));
    let Some((_, table)) = found else {
        return Canned::refusal(404, "table_not_found", "Table not found").into_response();
    };
    let (bytes, etag) = (table.bytes.clone(), format!("\"{}\"", table.md5()));
    let unchanged = text(headers, header::IF_RANGE).is_none_or(|tag| tag == etag);
    let start = text(headers, header::RANGE)
        .filter(|_| unchanged && !locked.no_ranges)
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let total = bytes.len();
    if start.is_some_and(|start| start >= total) {
        return Canned::refusal(416, "range_not_satisfiable", "Range not satisfiable").into_response();
    }
    let rest = bytes[start.unwrap_or(0)..].to_vec();
    let cut = locked.cuts.pop_front().unwrap_or(usize::MAX);
    let slow = locked.slow_ms;
    drop(locked);
    let response = Response::builder().header(header::ETAG, etag).header(header::CONTENT_LENGTH, rest.len());
    let response = match start {
        Some(start) => response
            .status(StatusCode::PARTIAL_CONTENT)
            .header(header::CONTENT_RANGE, format!("bytes {start}-{}/{total}", total - 1)),
        None => response,
    };
    response.body(stream(world.clone(), rest, cut, slow)).unwrap()
}

fn stream(world: Shared, bytes: Vec<u8>, cut: usize, slow: u64) -> Body {
    let pieces = futures::stream::unfold(0_usize, move |at| {
        let world = world.clone();
        let end = bytes.len().min(at + PIECE).min(cut);
        let piece = Bytes::copy_from_slice(&bytes[at.min(end)..end]);
        let finished = at >= bytes.len();
        async move {
            if finished {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(slow)).await;
            if piece.is_empty() {
                return Some((Err(std::io::Error::other("cut")), usize::MAX));
            }
            world.lock().unwrap().sent += piece.len() as u64;
            Some((Ok(piece), end))
        }
    });
    Body::from_stream(pieces)
}

fn known(world: &Shared, id: &str, answer: impl FnOnce() -> Response) -> Response {
    if world.lock().unwrap().tables.contains_key(id) {
        return answer();
    }
    Canned::refusal(404, "table_not_found", &format!("Table '{id}' not found")).into_response()
}

fn signed_in() -> SignedIn {
    SignedIn {
        access_token: token(),
        token_type: "bearer".into(),
        user_id: "u1".into(),
        email: "ana@example.com".into(),
        role: "user".into(),
    }
}

fn rows() -> QueryResult {
    QueryResult {
        columns: vec!["n".into(), "n".into(), "name".into()],
        rows: vec![
            vec![json!(1), json!(null), json!("a,\"b\"")],
            vec![json!(2), json!(0.5), json!("[red]x[/]\u{1b}[2J")],
        ],
        row_count: 2,
        truncated: true,
    }
}

fn catalog(world: &Shared) -> CatalogV2 {
    let world = world.lock().unwrap();
    let tables = world.tables.iter().map(|(name, table)| CatalogV2Table {
        id: name.to_lowercase(),
        name: name.clone(),
        description: String::new(),
        source_type: "csv".into(),
        query_mode: if table.remote { "remote" } else { "local" }.into(),
        sql_flavor: "duckdb".into(),
        where_examples: Vec::new(),
        fetch_via: "da sync".into(),
        rough_size_hint: None,
        published_at: None,
        rows: Some(table.rows),
    });
    CatalogV2 { tables: tables.collect(), server_time: DateTime::UNIX_EPOCH }
}

fn schema(id: &str) -> TableSchema {
    let column = |name: &str, data_type: &str, nullable| Column {
        name: name.into(),
        data_type: data_type.into(),
        nullable,
        description: format!("the {name}"),
    };
    TableSchema {
        table_id: id.into(),
        source_type: "csv".into(),
        sql_flavor: "duckdb".into(),
        columns: vec![column("id", "INTEGER", false), column("customer", "VARCHAR", true)],
        partition_by: None,
        clustered_by: vec!["id".into(), "customer".into()],
        where_dialect_hints: serde_json::Map::new(),
    }
}

fn sample(id: &str) -> TableSample {
    let row = |id: i64, customer: Option<&str>| json!({"id": id, "customer": customer}).as_object().cloned().unwrap();
    TableSample { table_id: id.into(), rows: vec![row(1, Some("c1")), row(2, None)], source: "csv".into() }
}

fn detailed() -> DetailedHealth {
    let ok = ServiceHealth { status: "ok".into(), ..ServiceHealth::default() };
    let data = ServiceHealth {
        status: "warning".into(),
        tables: Some(2),
        total_rows: Some(12_345),
        stale_tables: Some(vec!["orders".into()]),
        ..ServiceHealth::default()
    };
    DetailedHealth {
        version: Version {
            version: "0.15.0".into(),
            channel: "dev".into(),
            image_tag: "unknown".into(),
            commit_sha: "unknown".into(),
            schema_version: 14,
            deployed_at: DateTime::UNIX_EPOCH,
        },
        status: "degraded".into(),
        timestamp: DateTime::UNIX_EPOCH,
        services: [
            ("duckdb_state".to_owned(), ok.clone()),
            ("data".to_owned(), data),
            ("users".to_owned(), ServiceHealth { count: Some(3), ..ok }),
        ]
        .into(),
    }
}
