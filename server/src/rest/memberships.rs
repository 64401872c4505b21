//! Which groups a person is in.

use agnes_contract::{
    access::EffectiveAccess,
    error::ErrorBody,
    group::{Membership, NewMembership},
};
use agnes_service::Service;
use axum::{Json, extract::State, http::StatusCode};

use crate::{
    errors::ApiError,
    extract::{Caller, JsonBody, PathOf},
};

/// Somebody's groups, system groups first.
#[utoipa::path(get, path = "/api/admin/users/{id}/memberships", tag = "groups", params(("id" = String, Path)),
    responses((status = 200, body = Vec<Membership>), (status = "4XX", body = ErrorBody)))]
pub async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<Vec<Membership>>, ApiError> {
    Ok(Json(service.user_memberships(&actor, &id).await?))
}

/// Put somebody into a group.
#[utoipa::path(post, path = "/api/admin/users/{id}/memberships", tag = "groups", params(("id" = String, Path)),
    request_body = NewMembership, responses((status = 201, body = Membership), (status = "4XX", body = ErrorBody)))]
pub async fn add(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
    JsonBody(new): JsonBody<NewMembership>,
) -> Result<(StatusCode, Json<Membership>), ApiError> {
    Ok((StatusCode::CREATED, Json(service.user_membership_add(&actor, &id, new).await?)))
}

/// Take somebody out of a group.
#[utoipa::path(delete, path = "/api/admin/users/{id}/memberships/{group_id}", tag = "groups",
    params(("id" = String, Path), ("group_id" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody)))]
pub async fn remove(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf((id, group_id)): PathOf<(String, String)>,
) -> Result<StatusCode, ApiError> {
    service.user_membership_remove(&actor, &id, &group_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What somebody may use through grants, and through which groups.
#[utoipa::path(get, path = "/api/admin/users/{id}/effective-access", tag = "access", params(("id" = String, Path)),
    responses((status = 200, body = EffectiveAccess), (status = "4XX", body = ErrorBody)))]
pub async fn effective_access(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<EffectiveAccess>, ApiError> {
    Ok(Json(service.user_effective_access(&actor, &id).await?))
}
