//! Accounts.

use agnes_contract::{
    error::ErrorBody,
    user::{NewPassword, NewUser, User, UserChanges},
};
use agnes_service::{Actor, Service};
use axum::{Json, extract::State, http::StatusCode};

use crate::{
    errors::ApiError,
    extract::{Caller, JsonBody, PathOf},
};

/// Every account, by address.
#[utoipa::path(get, path = "/api/users", tag = "users",
    responses((status = 200, body = Vec<User>), (status = "4XX", body = ErrorBody)))]
pub async fn list(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<Vec<User>>, ApiError> {
    Ok(Json(service.user_list(&actor).await?))
}

/// One account.
#[utoipa::path(get, path = "/api/users/{id}", tag = "users", params(("id" = String, Path)),
    responses((status = 200, body = User), (status = "4XX", body = ErrorBody)))]
pub async fn find(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<User>, ApiError> {
    Ok(Json(service.user_find(&actor, &id).await?))
}

/// Make an account.
#[utoipa::path(post, path = "/api/users", tag = "users", request_body = NewUser,
    responses((status = 201, body = User), (status = "4XX", body = ErrorBody)))]
pub async fn create(
    State(service): State<Service>,
    Caller(actor): Caller,
    JsonBody(new): JsonBody<NewUser>,
) -> Result<(StatusCode, Json<User>), ApiError> {
    Ok((StatusCode::CREATED, Json(service.user_create(&actor, new).await?)))
}

/// Change an account. Null and absent leave a field as it is.
#[utoipa::path(patch, path = "/api/users/{id}", tag = "users", params(("id" = String, Path)),
    request_body = UserChanges, responses((status = 200, body = User), (status = "4XX", body = ErrorBody)))]
pub async fn update(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
    JsonBody(changes): JsonBody<UserChanges>,
) -> Result<Json<User>, ApiError> {
    Ok(Json(service.user_update(&actor, &id, changes).await?))
}

/// Remove an account, its memberships and its tokens.
#[utoipa::path(delete, path = "/api/users/{id}", tag = "users", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub async fn remove(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<StatusCode, ApiError> {
    service.user_remove(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set somebody's password. What they were signed in with before ends.
#[utoipa::path(post, path = "/api/users/{id}/set-password", tag = "users", params(("id" = String, Path)),
    request_body = NewPassword, responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub async fn set_password(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
    JsonBody(new): JsonBody<NewPassword>,
) -> Result<StatusCode, ApiError> {
    service.user_set_password(&actor, &id, new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Switch an account off. Every credential of it is refused from now on.
#[utoipa::path(post, path = "/api/users/{id}/deactivate", tag = "users", params(("id" = String, Path)),
    responses((status = 200, body = User), (status = "4XX", body = ErrorBody)))]
pub async fn deactivate(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<User>, ApiError> {
    switch(&service, &actor, &id, false).await
}

/// Switch an account on again.
#[utoipa::path(post, path = "/api/users/{id}/activate", tag = "users", params(("id" = String, Path)),
    responses((status = 200, body = User), (status = "4XX", body = ErrorBody)))]
pub async fn activate(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<User>, ApiError> {
    switch(&service, &actor, &id, true).await
}

async fn switch(service: &Service, actor: &Actor, id: &str, active: bool) -> Result<Json<User>, ApiError> {
    let changes = UserChanges { active: Some(active), ..UserChanges::default() };
    Ok(Json(service.user_update(actor, id, changes).await?))
}
