//! The registry: which tables there are and where they come from.

use agnes_contract::{
    access::TableReaders,
    error::ErrorBody,
    table::{NewTable, RegisteredTable, Registry, TableChanges, UpdatedTable},
};
use agnes_service::Service;
use axum::{Json, extract::State, http::StatusCode};

use crate::{
    errors::ApiError,
    extract::{Caller, JsonBody, PathOf},
};

/// Every registered table, by name.
#[utoipa::path(get, path = "/api/admin/registry", tag = "tables",
    responses((status = 200, body = Registry), (status = "4XX", body = ErrorBody)))]
pub async fn list(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<Registry>, ApiError> {
    Ok(Json(service.table_registry(&actor).await?))
}

/// Register a table. Its data comes with the next sync.
#[utoipa::path(post, path = "/api/admin/register-table", tag = "tables", request_body = NewTable,
    responses((status = 201, body = RegisteredTable), (status = "4XX", body = ErrorBody)))]
pub async fn register(
    State(service): State<Service>,
    Caller(actor): Caller,
    JsonBody(new): JsonBody<NewTable>,
) -> Result<(StatusCode, Json<RegisteredTable>), ApiError> {
    Ok((StatusCode::CREATED, Json(service.table_register(&actor, new).await?)))
}

/// Change a registered table. Its id stays.
#[utoipa::path(put, path = "/api/admin/registry/{id}", tag = "tables", params(("id" = String, Path)),
    request_body = TableChanges, responses((status = 200, body = UpdatedTable), (status = "4XX", body = ErrorBody)))]
pub async fn update(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
    JsonBody(changes): JsonBody<TableChanges>,
) -> Result<Json<UpdatedTable>, ApiError> {
    Ok(Json(service.table_update(&actor, &id, changes).await?))
}

/// Remove a table from the registry. Nobody sees it from the next request on.
#[utoipa::path(delete, path = "/api/admin/registry/{id}", tag = "tables", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub async fn remove(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<StatusCode, ApiError> {
    service.table_remove(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who may read a table, and why.
#[utoipa::path(get, path = "/api/admin/tables/{id}/readers", tag = "tables", params(("id" = String, Path)),
    responses((status = 200, body = TableReaders), (status = "4XX", body = ErrorBody)))]
pub async fn readers(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<TableReaders>, ApiError> {
    Ok(Json(service.table_readers(&actor, &id).await?))
}
