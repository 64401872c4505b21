//! Is it up, what is it, how is it.

use agnes_contract::{
    error::ErrorBody,
    health::{DetailedHealth, Health, Version},
};
use agnes_service::Service;
use axum::{Json, extract::State};

use crate::{errors::ApiError, extract::Caller};

/// That the process answers. Touches nothing else.
#[utoipa::path(get, path = "/api/health", tag = "health", responses((status = 200, body = Health)))]
pub async fn health(State(service): State<Service>) -> Json<Health> {
    Json(service.health())
}

/// What is running.
#[utoipa::path(get, path = "/api/version", tag = "health", responses((status = 200, body = Version)))]
pub async fn version(State(service): State<Service>) -> Json<Version> {
    Json(service.version())
}

/// How its parts are.
#[utoipa::path(get, path = "/api/health/detailed", tag = "health",
    responses((status = 200, body = DetailedHealth), (status = "4XX", body = ErrorBody)))]
pub async fn detailed(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<DetailedHealth>, ApiError> {
    Ok(Json(service.health_detailed(&actor).await?))
}
