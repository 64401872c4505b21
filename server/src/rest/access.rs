//! What can be granted, and what is.

use agnes_contract::{
    access::{AccessOverview, ResourceTypeInfo},
    error::ErrorBody,
};
use agnes_service::Service;
use axum::{Json, extract::State};

use crate::{errors::ApiError, extract::Caller};

/// The kinds of resources grants are about.
#[utoipa::path(get, path = "/api/admin/resource-types", tag = "access",
    responses((status = 200, body = Vec<ResourceTypeInfo>), (status = "4XX", body = ErrorBody)))]
pub async fn resource_types(
    State(service): State<Service>,
    Caller(actor): Caller,
) -> Result<Json<Vec<ResourceTypeInfo>>, ApiError> {
    Ok(Json(service.resource_types(&actor).await?))
}

/// Groups, grants and resources in one answer.
#[utoipa::path(get, path = "/api/admin/access-overview", tag = "access",
    responses((status = 200, body = AccessOverview), (status = "4XX", body = ErrorBody)))]
pub async fn overview(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<AccessOverview>, ApiError> {
    Ok(Json(service.access_overview(&actor).await?))
}
