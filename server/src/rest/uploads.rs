//! Files somebody hands over.

use std::path::Path;

use agnes_contract::{
    error::{Code, ErrorBody, FieldError},
    table::UploadedFile,
};
use agnes_service::{Actor, Upload};
use axum::{
    Json,
    extract::{FromRequest, Multipart, Request, State, multipart::Field},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tempfile::TempPath;
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;

use crate::{
    errors::ApiError,
    extract::{Caller, too_large},
    shell::pages,
    state::AppState,
    validation,
};

/// A text field of the form is at most this long.
const TEXT_LIMIT: usize = 64 * 1024;

/// The form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form for the API's documentation")]
pub struct UploadForm {
    /// CSV, TSV, JSON lines or Parquet; also compressed with gzip or zstd.
    #[schema(format = Binary)]
    file: String,
    /// What to call the table; made from the file's name when absent.
    name: Option<String>,
    /// What it holds.
    description: Option<String>,
    /// Readable by everyone who signs in. False when absent.
    is_public: Option<bool>,
}

#[derive(Default)]
struct Received {
    file: Option<(TempPath, String)>,
    name: Option<String>,
    description: Option<String>,
    is_public: bool,
}

/// Store a file, register a table for it, and start its sync.
#[utoipa::path(post, path = "/api/admin/uploads", tag = "tables",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = UploadedFile), (status = "4XX", body = ErrorBody)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, ApiError> {
    // A form sent without scripts goes back to the page it stood on, which has a sentence for what happened.
    let is_form = pages::is_navigation(&headers);
    match upload(&state, &actor, request).await {
        Ok(stored) if is_form => {
            let name = utf8_percent_encode(&stored.table_name, NON_ALPHANUMERIC);
            Ok(super::auth::found(&format!("/admin/tables?done=file_uploaded&subject={name}")))
        }
        Ok(stored) => Ok((StatusCode::CREATED, Json(stored)).into_response()),
        Err(error) if is_form => {
            Ok(super::auth::found(&format!("/admin/tables?add=file&upload={}", error.code.as_str())))
        }
        Err(error) => Err(error),
    }
}

async fn upload(state: &AppState, actor: &Actor, request: Request) -> Result<UploadedFile, ApiError> {
    let received = receive(state, request).await?;
    let Some((path, filename)) = received.file else {
        return Err(ApiError::fields(&[missing("file")]));
    };
    let upload = Upload {
        path,
        filename,
        table_name: received.name,
        description: received.description,
        is_public: received.is_public,
    };
    Ok(state.service.table_upload(actor, upload).await?)
}

fn missing(name: &str) -> FieldError {
    validation::field("missing", &["body", name], "Field required", Value::Null)
}

async fn receive(state: &AppState, request: Request) -> Result<Received, ApiError> {
    let is_form = request
        .headers()
        .get(axum::http::header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    if !is_form {
        return Err(ApiError::fields(&[missing("file")]));
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    let folder = state.config.data_dir.join("uploads");
    let mut received = Received::default();
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        match field.name().unwrap_or_default() {
            "file" => {
                let filename = field.file_name().unwrap_or_default().to_owned();
                let path = store(field, &folder, state.config.upload_limit).await?;
                received.file = Some((path, filename));
            }
            "name" => received.name = text(field).await?,
            "description" => received.description = text(field).await?,
            "is_public" => received.is_public = flag(text(field).await?.as_deref())?,
            _ => {}
        }
    }
    Ok(received)
}

fn unreadable() -> ApiError {
    ApiError::new(Code::InvalidRequest, "The form could not be read")
}

async fn text(mut field: Field<'_>) -> Result<Option<String>, ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| unreadable())? {
        if bytes.len() + chunk.len() > TEXT_LIMIT {
            return Err(too_large(TEXT_LIMIT));
        }
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8(bytes).map_err(|_| unreadable())?;
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// `on` is what a browser sends for a box that is ticked.
fn flag(text: Option<&str>) -> Result<bool, ApiError> {
    match text.map(str::to_ascii_lowercase).as_deref() {
        None | Some("false" | "0" | "off" | "no") => Ok(false),
        Some("true" | "1" | "on" | "yes") => Ok(true),
        Some(other) => Err(ApiError::fields(&[validation::field(
            "bool_parsing",
            &["body", "is_public"],
            "Input should be a valid boolean, unable to interpret input",
            Value::from(other),
        )])),
    }
}

/// Writes the field to a file of its own. What is dropped half way is removed.
async fn store(mut field: Field<'_>, folder: &Path, limit: usize) -> Result<TempPath, ApiError> {
    tokio::fs::create_dir_all(folder).await.map_err(failed)?;
    let folder = folder.to_owned();
    let made = tokio::task::spawn_blocking(move || tempfile::NamedTempFile::new_in(folder)).await;
    let (file, path) = made.map_err(|error| ApiError::internal(&error))?.map_err(failed)?.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let mut size = 0;
    while let Some(chunk) = field.chunk().await.map_err(|_| unreadable())? {
        size += chunk.len();
        if size > limit {
            return Err(too_large(limit));
        }
        file.write_all(&chunk).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    file.sync_all().await.map_err(failed)?;
    Ok(path)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: std::io::Error) -> ApiError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            ApiError::new(Code::DiskFull, "There is no room for this file on the server's disk")
        }
        _ => ApiError::internal(&error),
    }
}

/// Removes what a stopped server left half received.
pub fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if let Err(error) = std::fs::remove_file(entry.path()) {
            tracing::warn!(%error, "Could not remove an upload that was left behind");
        }
    }
}
