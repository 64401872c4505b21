//! One-time sign-in links.

use agnes_contract::error::{Code, ErrorBody};
use axum::{
    extract::{Request, State},
    http::HeaderMap,
    response::Response,
};
use serde::Deserialize;
use tower_sessions::Session;
use utoipa::{IntoParams, ToSchema};

use super::auth::{begin, found};
use crate::{
    console,
    errors::ApiError,
    extract::{FormBody, From, QueryOf},
    shell::pages,
    state::AppState,
};

/// What a link carries.
#[derive(Deserialize, ToSchema, IntoParams)]
pub struct Link {
    /// The secret.
    #[serde(default)]
    token: String,
    /// Where to go on to.
    #[serde(default)]
    next: String,
}

/// The page behind a link, with a button: opening it must not use it up, mail scanners open every
/// link. The links a demo prints in the terminal sign in at once.
#[utoipa::path(get, path = "/auth/link", tag = "auth", params(Link),
    responses((status = 200, content_type = "text/html"), (status = 302)))]
pub async fn open(
    State(state): State<AppState>,
    session: Session,
    From(origin): From,
    QueryOf(link): QueryOf<Link>,
    request: Request,
) -> Result<Response, ApiError> {
    if !state.config.links_sign_in_at_once {
        return Ok(console::render(&state, request).await);
    }
    let headers = request.headers().clone();
    consume(&state, &session, &origin, &link, &headers).await
}

/// Uses a link up and signs in.
#[utoipa::path(post, path = "/auth/link", tag = "auth",
    request_body(content = Link, content_type = "application/x-www-form-urlencoded"),
    responses((status = 302), (status = "4XX", body = ErrorBody)))]
pub async fn sign_in(
    State(state): State<AppState>,
    session: Session,
    From(origin): From,
    headers: HeaderMap,
    FormBody(link): FormBody<Link>,
) -> Result<Response, ApiError> {
    consume(&state, &session, &origin, &link, &headers).await
}

async fn consume(
    state: &AppState,
    session: &Session,
    origin: &agnes_service::Origin,
    link: &Link,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let taken = state.throttling.take(origin, None)?;
    match state.service.link_consume(&link.token, origin).await {
        Ok(user) => {
            taken.give_back();
            begin(state, session, &user, "link", origin).await?;
            Ok(found(agnes_identity::next::safe(&link.next).unwrap_or("/dashboard")))
        }
        Err(error) if error.code() == Code::InvalidLink => {
            // A used link opened again by who is signed in already leads where it led before.
            if pages::is_navigation(headers) {
                let signed_in = crate::session::owner(session).await.ok().flatten().is_some();
                return Ok(found(if signed_in { "/dashboard" } else { "/login?error=invalid_link" }));
            }
            Err(error.into())
        }
        Err(error) => Err(error.into()),
    }
}
