//! Which group may use which resource.

use agnes_contract::{
    access::{Grant, NewGrant},
    error::ErrorBody,
};
use agnes_service::Service;
use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    errors::ApiError,
    extract::{Caller, JsonBody, PathOf, QueryOf},
};

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Filter {
    /// A resource type's key.
    #[serde(default)]
    resource_type: Option<String>,
    /// A group's id.
    #[serde(default)]
    group_id: Option<String>,
}

/// Grants, by group, type and resource.
#[utoipa::path(get, path = "/api/admin/grants", tag = "access", params(Filter),
    responses((status = 200, body = Vec<Grant>), (status = "4XX", body = ErrorBody)))]
pub async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Vec<Grant>>, ApiError> {
    Ok(Json(service.grant_list(&actor, filter.resource_type, filter.group_id).await?))
}

/// Give a group a right. It counts from the next request.
#[utoipa::path(post, path = "/api/admin/grants", tag = "access", request_body = NewGrant,
    responses((status = 201, body = Grant), (status = "4XX", body = ErrorBody)))]
pub async fn create(
    State(service): State<Service>,
    Caller(actor): Caller,
    JsonBody(new): JsonBody<NewGrant>,
) -> Result<(StatusCode, Json<Grant>), ApiError> {
    Ok((StatusCode::CREATED, Json(service.grant_create(&actor, new).await?)))
}

/// Take a right away. It is gone with the next request.
#[utoipa::path(delete, path = "/api/admin/grants/{id}", tag = "access", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub async fn remove(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<StatusCode, ApiError> {
    service.grant_remove(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
