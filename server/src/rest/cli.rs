//! How the command line is handed out, to anybody: it holds no secrets.

use std::{fs::File, sync::Arc};

use agnes_contract::{
    cli::CliLatest,
    error::{Code, ErrorBody},
};
use axum::{
    Json,
    extract::{Extension, State},
    http::{HeaderMap, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    dist::{self, Artifact, Kind},
    errors::ApiError,
    extract::{PathOf, QueryOf},
    files::OpenFile,
    install,
    shell::client::Client,
    state::AppState,
};

/// Who is asking.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Platform {
    /// As `uname` has it: `linux-x86_64`, `darwin-arm64`. Without it the newest wheel is sent.
    #[serde(default)]
    platform: Option<String>,
}

async fn artifacts(state: &AppState) -> Result<Arc<Vec<Artifact>>, ApiError> {
    let state = state.clone();
    let listed = tokio::task::spawn_blocking(move || state.dist.artifacts()).await;
    listed.map_err(|error| ApiError::internal(&error))?.map_err(|error| ApiError::internal(&error))
}

async fn send(artifact: Option<Artifact>, missing: &'static str, request: &HeaderMap) -> Result<Response, ApiError> {
    let artifact = artifact.ok_or_else(|| ApiError::new(Code::CliNotFound, missing))?;
    let path = artifact.path.clone();
    let opened = tokio::task::spawn_blocking(move || File::open(path)).await;
    let file = opened.map_err(|error| ApiError::internal(&error))?.map_err(|error| ApiError::internal(&error))?;
    let file = OpenFile {
        file: Arc::new(file),
        size: artifact.wire.size,
        etag: format!("\"{}\"", artifact.wire.sha256),
        modified: None,
        filename: artifact.wire.filename,
        cache_control: "public, no-cache",
    };
    Ok(file.answer(request))
}

/// The newest build there is, and every file of it.
#[utoipa::path(get, path = "/cli/latest", tag = "cli", responses((status = 200, body = CliLatest)))]
pub async fn latest(State(state): State<AppState>) -> Result<Json<CliLatest>, ApiError> {
    Ok(Json(dist::latest(&artifacts(&state).await?)))
}

/// The newest wheel, or the newest file for a platform.
#[utoipa::path(get, path = "/cli/download", tag = "cli", params(Platform),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = ErrorBody)))]
pub async fn download(
    State(state): State<AppState>,
    QueryOf(query): QueryOf<Platform>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let artifacts = artifacts(&state).await?;
    let found = match &query.platform {
        Some(platform) => dist::for_platform(&artifacts, platform),
        None => dist::current_wheel(&artifacts),
    };
    send(found.cloned(), "No command line for this platform here", &headers).await
}

/// A file by its exact name.
#[utoipa::path(get, path = "/cli/download/{name}", tag = "cli", params(("name" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = ErrorBody)))]
pub async fn file(
    State(state): State<AppState>,
    PathOf(name): PathOf<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // Compared with the listing, never joined to a path.
    let found = artifacts(&state).await?.iter().find(|artifact| artifact.wire.filename == name).cloned();
    send(found, "File not found", &headers).await
}

/// A wheel by its exact name.
#[utoipa::path(get, path = "/cli/wheel/{name}", tag = "cli", params(("name" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = ErrorBody)))]
pub async fn wheel(
    State(state): State<AppState>,
    PathOf(name): PathOf<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let artifacts = artifacts(&state).await?;
    let mut wheels = artifacts.iter().filter(|artifact| artifact.kind == Kind::Wheel);
    send(wheels.find(|wheel| wheel.wire.filename == name).cloned(), "Wheel not found", &headers).await
}

/// A script that installs the command line and points it at this server.
#[utoipa::path(get, path = "/cli/install.sh", tag = "cli",
    responses((status = 200, content_type = "text/plain"), (status = 400, body = ErrorBody)))]
pub async fn install_script(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, ApiError> {
    let base = install::base_url(state.config.server_url.as_deref(), &headers, &uri, client.https)
        .ok_or_else(|| ApiError::new(Code::InvalidHost, "The Host header cannot be part of an address"))?;
    let script = install::script(&base, &state.config.release, &artifacts(&state).await?);
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, script).into_response())
}
