//! Signing in and out.

use agnes_contract::{
    auth::{Bootstrap, Credentials, SignedIn},
    error::{Code, ErrorBody},
};
use agnes_service::{Error, Origin};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use tower_sessions::Session;
use utoipa::ToSchema;

use crate::{
    errors::ApiError,
    extract::{FormBody, From, JsonBody},
    session,
    shell::pages,
    state::AppState,
};

/// Where a signed-in person lands.
const HOME: &str = "/dashboard";

/// Credentials of `POST /auth/password/login`, where the password must be sent.
#[derive(Deserialize, ToSchema)]
pub struct FullCredentials {
    email: String,
    password: String,
}

/// The sign-in form.
#[derive(Deserialize, ToSchema)]
pub struct LoginForm {
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// What a failed attempt looks like to the counter.
fn is_attempt(error: &Error) -> bool {
    matches!(error.code(), Code::WrongPassword | Code::AccountDeactivated | Code::InvalidLink | Code::BootstrapClosed)
}

/// Runs an attempt to sign in under the limits for this client and account.
async fn attempt<T>(
    state: &AppState,
    origin: &Origin,
    account: Option<&str>,
    outcome: impl Future<Output = Result<T, Error>>,
) -> Result<T, ApiError> {
    let taken = state.throttling.take(origin, account)?;
    let outcome = outcome.await;
    if !outcome.as_ref().is_err_and(is_attempt) {
        taken.give_back();
    }
    Ok(outcome?)
}

/// Sign in with address and password.
#[utoipa::path(post, path = "/auth/token", tag = "auth", request_body = Credentials,
    responses((status = 200, body = SignedIn), (status = "4XX", body = ErrorBody)))]
pub async fn token(
    State(state): State<AppState>,
    From(origin): From,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<Json<SignedIn>, ApiError> {
    let account = credentials.email.clone();
    attempt(&state, &origin, Some(&account), state.service.auth_token(credentials, &origin)).await.map(Json)
}

/// Sign in with address and password.
#[utoipa::path(post, path = "/auth/password/login", tag = "auth", request_body = FullCredentials,
    responses((status = 200, body = SignedIn), (status = "4XX", body = ErrorBody)))]
pub async fn password_login(
    State(state): State<AppState>,
    From(origin): From,
    JsonBody(body): JsonBody<FullCredentials>,
) -> Result<Json<SignedIn>, ApiError> {
    let account = body.email.clone();
    let credentials = Credentials { email: body.email, password: body.password };
    attempt(&state, &origin, Some(&account), state.service.auth_password_login(credentials, &origin)).await.map(Json)
}

/// Make the first admin of an empty instance.
#[utoipa::path(post, path = "/auth/bootstrap", tag = "auth", request_body = Bootstrap,
    responses((status = 200, body = SignedIn), (status = "4XX", body = ErrorBody)))]
pub async fn bootstrap(
    State(state): State<AppState>,
    From(origin): From,
    JsonBody(request): JsonBody<Bootstrap>,
) -> Result<Json<SignedIn>, ApiError> {
    attempt(&state, &origin, None, state.service.auth_bootstrap(request, &origin)).await.map(Json)
}

/// The console's sign-in form.
#[utoipa::path(post, path = "/auth/password/login/web", tag = "auth",
    request_body(content = LoginForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 302), (status = "4XX", body = ErrorBody)))]
pub async fn password_login_web(
    State(state): State<AppState>,
    session: Session,
    From(origin): From,
    headers: HeaderMap,
    FormBody(form): FormBody<LoginForm>,
) -> Result<Response, ApiError> {
    let next = agnes_identity::next::safe(&form.next).map(str::to_owned);
    let credentials = Credentials { email: form.email.clone(), password: form.password };
    let signed_in =
        attempt(&state, &origin, Some(&form.email), state.service.auth_password_web(credentials, &origin)).await;
    let user = match signed_in {
        Ok(user) => user,
        Err(error) => return refused(error, next.as_deref(), &headers),
    };
    begin(&state, &session, &user, "password", &origin).await?;
    Ok(found(next.as_deref().unwrap_or(HOME)))
}

/// Back to the form, with what to say there.
fn refused(error: ApiError, next: Option<&str>, headers: &HeaderMap) -> Result<Response, ApiError> {
    let query = match error.code {
        Code::WrongPassword | Code::ExternalAuthentication => "error=invalid",
        Code::AccountDeactivated => "error=deactivated",
        Code::RateLimited if pages::is_navigation(headers) => "error=rate_limited",
        Code::Internal => "err=auth_internal",
        _ => return Err(error),
    };
    let next = next.map(|next| format!("&next={}", utf8_percent_encode(next, NON_ALPHANUMERIC))).unwrap_or_default();
    Ok(found(&format!("/login/password?{query}{next}")))
}

/// End the session this was sent with.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", responses((status = 204), (status = 302)))]
pub async fn logout(session: Session, headers: HeaderMap) -> Result<Response, ApiError> {
    session.flush().await.map_err(|error| ApiError::internal(&error))?;
    let mut response = if pages::is_navigation(&headers) {
        found("/login?msg=signed_out")
    } else {
        StatusCode::NO_CONTENT.into_response()
    };
    // The cookie of the reference goes too.
    let clear = "access_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax";
    response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static(clear));
    Ok(response)
}

/// Begins the console's session of somebody who proved who they are.
pub(crate) async fn begin(
    state: &AppState,
    session: &Session,
    user: &str,
    method: &str,
    origin: &Origin,
) -> Result<(), ApiError> {
    let now = state.service.settings().clock.now();
    session::begin(session, user, method, origin, now).await.map_err(|error| ApiError::internal(&error))
}

/// 302: what the reference answers forms with.
pub(crate) fn found(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location.to_owned())]).into_response()
}
