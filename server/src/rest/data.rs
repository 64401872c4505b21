//! The bytes of published tables.

use std::sync::Arc;

use agnes_contract::error::ErrorBody;
use agnes_service::{DataFile, Service};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::Response,
};

use crate::{
    errors::ApiError,
    extract::{Caller, PathOf},
    files::OpenFile,
};

const MD5: HeaderName = HeaderName::from_static("x-content-md5");

/// A table's content may change, so a copy is asked for again; a digest's never does.
const REVALIDATE: &str = "private, no-cache";
const IMMUTABLE: &str = "private, max-age=31536000, immutable";

fn answer(data: DataFile, cache_control: &'static str, request: &HeaderMap) -> Response {
    let md5 = HeaderValue::from_str(&data.md5);
    let file = OpenFile {
        file: Arc::new(data.file),
        size: data.size_bytes,
        etag: data.etag,
        modified: Some(data.published_at),
        filename: data.filename,
        cache_control,
    };
    let mut response = file.answer(request);
    if let Ok(md5) = md5
        && response.status().is_success()
    {
        response.headers_mut().insert(MD5, md5);
    }
    response
}

/// A table as one parquet file. Ranges, conditions and HEAD as HTTP has them.
#[utoipa::path(get, path = "/api/data/{table_id}/download", tag = "data", params(("table_id" = String, Path)),
    responses(
        (status = 200, content_type = "application/octet-stream"), (status = 206), (status = 304),
        (status = "4XX", body = ErrorBody)))]
pub async fn download(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(key): PathOf<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(answer(service.data_open(&actor, &key).await?, REVALIDATE, &headers))
}

/// One published part by its digest, for anyone who may read a table that refers to it.
#[utoipa::path(get, path = "/api/objects/{digest}", tag = "data", params(("digest" = String, Path)),
    responses(
        (status = 200, content_type = "application/octet-stream"), (status = 206), (status = 304),
        (status = "4XX", body = ErrorBody)))]
pub async fn object(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(digest): PathOf<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(answer(service.object_open(&actor, &digest).await?, IMMUTABLE, &headers))
}
