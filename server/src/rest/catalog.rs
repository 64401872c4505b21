//! What data there is, for those who may read it.

use agnes_contract::{
    catalog::{Catalog, CatalogV2, TableDetail, TableSample, TableSchema},
    error::ErrorBody,
    lenient,
};
use agnes_service::Service;
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    errors::ApiError,
    extract::{Caller, PathOf, QueryOf},
};

/// How much of a sample.
#[derive(Debug, Deserialize, IntoParams)]
pub struct SampleSize {
    /// Rows, 1 to 100.
    #[serde(default = "five", deserialize_with = "lenient::int")]
    n: i64,
}

fn five() -> i64 {
    5
}

/// Readable tables, by name.
#[utoipa::path(get, path = "/api/catalog/tables", tag = "catalog",
    responses((status = 200, body = Catalog), (status = "4XX", body = ErrorBody)))]
pub async fn list(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<Catalog>, ApiError> {
    Ok(Json(service.catalog(&actor).await?))
}

/// Columns, a few rows and freshness of one table.
#[utoipa::path(get, path = "/api/catalog/tables/{id}", tag = "catalog", params(("id" = String, Path)),
    responses((status = 200, body = TableDetail), (status = "4XX", body = ErrorBody)))]
pub async fn detail(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<TableDetail>, ApiError> {
    Ok(Json(service.table_detail(&actor, &id).await?))
}

/// Readable tables with how to get at their data.
#[utoipa::path(get, path = "/api/v2/catalog", tag = "catalog",
    responses((status = 200, body = CatalogV2), (status = "4XX", body = ErrorBody)))]
pub async fn list_v2(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<CatalogV2>, ApiError> {
    Ok(Json(service.catalog_v2(&actor).await?))
}

/// Columns of a table.
#[utoipa::path(get, path = "/api/v2/schema/{table_id}", tag = "catalog", params(("table_id" = String, Path)),
    responses((status = 200, body = TableSchema), (status = "4XX", body = ErrorBody)))]
pub async fn schema(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<TableSchema>, ApiError> {
    Ok(Json(service.table_schema(&actor, &id).await?))
}

/// A few rows of a table.
#[utoipa::path(get, path = "/api/v2/sample/{table_id}", tag = "catalog",
    params(("table_id" = String, Path), SampleSize),
    responses((status = 200, body = TableSample), (status = "4XX", body = ErrorBody)))]
pub async fn sample(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
    QueryOf(size): QueryOf<SampleSize>,
) -> Result<Json<TableSample>, ApiError> {
    Ok(Json(service.table_sample(&actor, &id, size.n).await?))
}
