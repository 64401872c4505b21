//! Groups and who is in them.

use agnes_contract::{
    error::ErrorBody,
    group::{Group, GroupChanges, Member, NewGroup, NewMember},
};
use agnes_service::Service;
use axum::{Json, extract::State, http::StatusCode};

use crate::{
    errors::ApiError,
    extract::{Caller, JsonBody, PathOf},
};

/// Every group, by name.
#[utoipa::path(get, path = "/api/admin/groups", tag = "groups",
    responses((status = 200, body = Vec<Group>), (status = "4XX", body = ErrorBody)))]
pub async fn list(State(service): State<Service>, Caller(actor): Caller) -> Result<Json<Vec<Group>>, ApiError> {
    Ok(Json(service.group_list(&actor).await?))
}

/// One group.
#[utoipa::path(get, path = "/api/admin/groups/{id}", tag = "groups", params(("id" = String, Path)),
    responses((status = 200, body = Group), (status = "4XX", body = ErrorBody)))]
pub async fn find(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<Group>, ApiError> {
    Ok(Json(service.group_find(&actor, &id).await?))
}

/// Make a group.
#[utoipa::path(post, path = "/api/admin/groups", tag = "groups", request_body = NewGroup,
    responses((status = 201, body = Group), (status = "4XX", body = ErrorBody)))]
pub async fn create(
    State(service): State<Service>,
    Caller(actor): Caller,
    JsonBody(new): JsonBody<NewGroup>,
) -> Result<(StatusCode, Json<Group>), ApiError> {
    Ok((StatusCode::CREATED, Json(service.group_create(&actor, new).await?)))
}

/// Rename a group, or say anew what it is for.
#[utoipa::path(patch, path = "/api/admin/groups/{id}", tag = "groups", params(("id" = String, Path)),
    request_body = GroupChanges, responses((status = 200, body = Group), (status = "4XX", body = ErrorBody)))]
pub async fn update(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
    JsonBody(changes): JsonBody<GroupChanges>,
) -> Result<Json<Group>, ApiError> {
    Ok(Json(service.group_update(&actor, &id, changes).await?))
}

/// Remove a group with its memberships and grants.
#[utoipa::path(delete, path = "/api/admin/groups/{id}", tag = "groups", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub async fn remove(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<StatusCode, ApiError> {
    service.group_remove(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is in a group, by address.
#[utoipa::path(get, path = "/api/admin/groups/{id}/members", tag = "groups", params(("id" = String, Path)),
    responses((status = 200, body = Vec<Member>), (status = "4XX", body = ErrorBody)))]
pub async fn members(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<Vec<Member>>, ApiError> {
    Ok(Json(service.group_members(&actor, &id).await?))
}

/// Put somebody into a group.
#[utoipa::path(post, path = "/api/admin/groups/{id}/members", tag = "groups", params(("id" = String, Path)),
    request_body = NewMember, responses((status = 201, body = Member), (status = "4XX", body = ErrorBody)))]
pub async fn member_add(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
    JsonBody(new): JsonBody<NewMember>,
) -> Result<(StatusCode, Json<Member>), ApiError> {
    Ok((StatusCode::CREATED, Json(service.group_member_add(&actor, &id, new).await?)))
}

/// Take somebody out of a group.
#[utoipa::path(delete, path = "/api/admin/groups/{id}/members/{user_id}", tag = "groups",
    params(("id" = String, Path), ("user_id" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub async fn member_remove(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf((id, user_id)): PathOf<(String, String)>,
) -> Result<StatusCode, ApiError> {
    service.group_member_remove(&actor, &id, &user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
