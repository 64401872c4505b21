//! The caller themselves.

use agnes_contract::{access::EffectiveAccess, auth::Me, error::ErrorBody};
use agnes_service::Service;
use axum::{Json, extract::State};

use crate::{errors::ApiError, extract::Caller};

/// Who is calling.
#[utoipa::path(get, path = "/api/me", tag = "me",
    responses((status = 200, body = Me), (status = "4XX", body = ErrorBody)))]
pub async fn me(State(service): State<Service>, Caller(actor): Caller) -> Json<Me> {
    Json(service.me(&actor))
}

/// What the caller may use through grants.
#[utoipa::path(get, path = "/api/me/effective-access", tag = "me",
    responses((status = 200, body = EffectiveAccess), (status = "4XX", body = ErrorBody)))]
pub async fn effective_access(
    State(service): State<Service>,
    Caller(actor): Caller,
) -> Result<Json<EffectiveAccess>, ApiError> {
    Ok(Json(service.my_effective_access(&actor).await?))
}
