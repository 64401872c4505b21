//! What a laptop asks for, and how a sync of the sources is started.

use std::{collections::HashMap, io::Write, sync::Arc};

use agnes_contract::{
    error::ErrorBody,
    sync::{Manifest, SyncTriggered},
};
use agnes_service::{ManifestAnswer, Service};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;

use crate::{
    errors::ApiError,
    extract::{Caller, OptionalJsonBody},
    files::none_match,
    state::AppState,
};

/// Manifests kept as bytes; with 5,000 tables one is about 3 MB.
const KEPT: usize = 32;

/// Below this, compressing costs more than sending.
const SMALLEST: usize = 1024;

/// Manifests as they are sent, by ETag: equal rights share the same bytes.
#[derive(Default)]
pub struct ManifestBodies(Mutex<HashMap<String, Arc<ManifestBody>>>);

struct ManifestBody {
    plain: Bytes,
    gzip: Option<Bytes>,
}

impl ManifestBodies {
    async fn of(&self, answer: ManifestAnswer) -> Result<Arc<ManifestBody>, ApiError> {
        if let Some(body) = self.0.lock().get(&answer.etag) {
            return Ok(Arc::clone(body));
        }
        let manifest = answer.manifest;
        let made = tokio::task::spawn_blocking(move || make(&manifest));
        let body = made.await.map_err(|error| ApiError::internal(&error))?;
        let body = Arc::new(body.map_err(|error| ApiError::internal(&error))?);
        let mut kept = self.0.lock();
        // Everything older belongs to rights or publications that are past.
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(answer.etag, Arc::clone(&body));
        Ok(body)
    }
}

fn make(manifest: &Manifest) -> std::io::Result<ManifestBody> {
    let plain = serde_json::to_vec(manifest)?;
    let gzip = if plain.len() < SMALLEST {
        None
    } else {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&plain)?;
        Some(Bytes::from(encoder.finish()?))
    };
    Ok(ManifestBody { plain: Bytes::from(plain), gzip })
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|list| list.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip") && parts.all(|part| part.replace(' ', "") != "q=0")
    })
}

/// The tables the caller may hold locally, with the digests of their files.
#[utoipa::path(get, path = "/api/sync/manifest", tag = "sync",
    responses((status = 200, body = Manifest), (status = 304), (status = "4XX", body = ErrorBody)))]
pub async fn manifest(
    State(state): State<AppState>,
    Caller(actor): Caller,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let answer = state.service.manifest(&actor).await?;
    let etag = HeaderValue::from_str(&answer.etag).map_err(|error| ApiError::internal(&error))?;
    let mut response = if none_match(&headers, &answer.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = state.manifests.of(answer).await?;
        let gzip = body.gzip.clone().filter(|_| takes_gzip(&headers));
        let encoded = gzip.is_some();
        let mut response = Response::new(Body::from(gzip.unwrap_or_else(|| body.plain.clone())));
        if encoded {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    };
    response.headers_mut().insert(header::ETAG, etag);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    Ok(response)
}

/// Ask the sources anew: all registered tables, or those of the list.
#[utoipa::path(post, path = "/api/sync/trigger", tag = "sync",
    request_body(content = Option<Vec<String>>, description = "Table ids; absent or empty: all"),
    responses((status = 200, body = SyncTriggered), (status = "4XX", body = ErrorBody)))]
pub async fn trigger(
    State(service): State<Service>,
    Caller(actor): Caller,
    OptionalJsonBody(ids): OptionalJsonBody<Vec<String>>,
) -> Result<Json<SyncTriggered>, ApiError> {
    Ok(Json(service.sync_trigger(&actor, ids).await?))
}
