//! What this API is, for programs and for people.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Redirect, Response},
};

use crate::{errors::ApiError, router, state::AppState};

/// The OpenAPI document, made from the handlers themselves.
#[utoipa::path(get, path = "/openapi.json", tag = "docs", responses((status = 200, content_type = "application/json")))]
pub async fn openapi(State(_): State<AppState>) -> Result<Response, ApiError> {
    let document = tokio::task::spawn_blocking(router::document_text).await;
    let text = document.map_err(|error| ApiError::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// The browsable form is at `/docs`.
#[utoipa::path(get, path = "/redoc", tag = "docs", responses((status = 303)))]
pub async fn redoc() -> Redirect {
    Redirect::to("/docs")
}
