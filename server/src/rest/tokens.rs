//! Personal access tokens: one's own, and for admins everybody's.

use agnes_contract::{
    error::ErrorBody,
    token::{CreatedToken, NewToken, Token},
};
use agnes_service::{AdminToken, Service};
use axum::{Json, extract::State, http::StatusCode};

use crate::{
    errors::ApiError,
    extract::{Caller, JsonBody, PathOf},
};

/// Make a token. The answer is the only place its secret is ever shown.
#[utoipa::path(post, path = "/auth/tokens", tag = "tokens", request_body = NewToken,
    responses((status = 201, body = CreatedToken), (status = "4XX", body = ErrorBody)))]
pub async fn create(
    State(service): State<Service>,
    Caller(actor): Caller,
    JsonBody(new): JsonBody<NewToken>,
) -> Result<(StatusCode, Json<CreatedToken>), ApiError> {
    Ok((StatusCode::CREATED, Json(service.token_create(&actor, new).await?)))
}

/// One's own tokens, newest first.
#[utoipa::path(get, path = "/auth/tokens", tag = "tokens",
    responses((status = 200, body = Vec<Token>), (status = "4XX", body = ErrorBody)))]
pub async fn list(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<Vec<Token>>, ApiError> {
    Ok(Json(service.token_list(&actor).await?))
}

/// One of one's own tokens.
#[utoipa::path(get, path = "/auth/tokens/{id}", tag = "tokens", params(("id" = String, Path)),
    responses((status = 200, body = Token), (status = "4XX", body = ErrorBody)))]
pub async fn find(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<Token>, ApiError> {
    Ok(Json(service.token_find(&actor, &id).await?))
}

/// Revoke one of one's own tokens.
#[utoipa::path(delete, path = "/auth/tokens/{id}", tag = "tokens", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub async fn revoke(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<StatusCode, ApiError> {
    service.token_revoke(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Everybody's tokens, newest first; also `user_id`, `user_email` and `last_used_ip`.
#[utoipa::path(get, path = "/auth/admin/tokens", tag = "tokens",
    responses((status = 200, body = Vec<Token>), (status = "4XX", body = ErrorBody)))]
pub async fn list_all(
    State(service): State<Service>,
    Caller(actor): Caller,
) -> Result<Json<Vec<AdminToken>>, ApiError> {
    Ok(Json(service.token_list_all(&actor).await?))
}

/// Revoke anybody's token.
#[utoipa::path(delete, path = "/auth/admin/tokens/{id}", tag = "tokens", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub async fn revoke_any(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<StatusCode, ApiError> {
    service.token_revoke_any(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
