//! SQL over what the caller may read.

use agnes_contract::{
    error::ErrorBody,
    query::{QueryRequest, QueryResult},
};
use agnes_service::Service;
use axum::{Json, extract::State};

use crate::{
    errors::ApiError,
    extract::{Caller, JsonBody},
};

/// Run one SELECT over tables the caller may read.
#[utoipa::path(post, path = "/api/query", tag = "query", request_body = QueryRequest,
    responses((status = 200, body = QueryResult), (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn run(
    State(service): State<Service>,
    Caller(actor): Caller,
    JsonBody(request): JsonBody<QueryRequest>,
) -> Result<Json<QueryResult>, ApiError> {
    Ok(Json(service.query(&actor, request).await?))
}
