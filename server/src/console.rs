//! The console's pages and server functions, at our door.

use std::sync::Arc;

use agnes_app::{ConsoleContext, Site as ConsoleSite};
use agnes_contract::error::{Code, ErrorBody};
use agnes_service::Actor;
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    auth,
    errors::ApiError,
    extract::{BodyLimit, MaybeCaller},
    gate::Who,
    install, rest,
    shell::pages,
    state::AppState,
};

/// Longer than any error we send.
const MOST_OF_AN_ERROR: usize = 64 * 1024;

/// What is the same on every page.
pub fn site(config: &crate::config::Config, site: &crate::site::Site) -> ConsoleSite {
    ConsoleSite {
        instance_name: config.instance.name.clone(),
        assets: agnes_app::Assets::from_manifest(site.manifest()),
        theme: config.instance.theme(),
        is_demo: config.is_demo,
    }
}

/// Who may open a page.
#[must_use]
pub fn who(path: &str) -> Who {
    match path {
        "/login" | "/login/password" | "/setup" | "/install" => Who::Optional,
        path if path.starts_with("/admin/") => Who::Admin,
        _ => Who::User,
    }
}

/// Who may call a server function, before its arguments are read; the use cases ask again.
#[must_use]
pub fn who_calls(path: &str) -> Who {
    let name = path.trim_start_matches("/console/");
    let area = name.split('/').next().unwrap_or_default();
    match area {
        // The frame of every page, and the first page of a fresh instance.
        "frame" | "setup" => Who::Optional,
        "access" | "grants" | "groups" | "members" | "tables" | "users" => Who::Admin,
        _ => Who::User,
    }
}

fn context(state: &AppState, request: &Request) -> ConsoleContext {
    let extensions = request.extensions();
    let https = extensions.get::<crate::shell::client::Client>().is_some_and(|client| client.https);
    let base_url = install::base_url(state.config.server_url.as_deref(), request.headers(), request.uri(), https);
    ConsoleContext {
        service: state.service.clone(),
        actor: extensions.get::<Actor>().cloned(),
        origin: auth::origin_of(request.headers(), extensions),
        now: state.service.settings().clock.now(),
        base_url: base_url.unwrap_or_default(),
        site: Arc::clone(&state.console),
    }
}

/// Renders the page a request asks for, as whoever the gate let through.
pub async fn render(state: &AppState, request: Request) -> Response {
    agnes_app::render_page(context(state, &request), request).await
}

/// A page.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    let signed_in = request.extensions().get::<Actor>().is_some();
    match request.uri().path() {
        "/setup" if !state.service.needs_setup() => rest::auth::found("/login"),
        "/login" if signed_in && request.uri().query().is_none_or(|query| !query.contains("err")) => {
            let pairs = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
            let next = pairs.into_iter().find(|(name, _)| name == "next").map(|(_, next)| next.into_owned());
            let next = next.as_deref().and_then(agnes_identity::next::safe).unwrap_or("/dashboard");
            rest::auth::found(next)
        }
        _ => {
            let (path, people) = (request.uri().path().to_owned(), pages::is_navigation(request.headers()));
            let response = render(&state, request).await;
            if people { response } else { for_a_program(&path, response) }
        }
    }
}

/// A page that could not be shown, to a client that cannot read it.
fn for_a_program(path: &str, response: Response) -> Response {
    let of_table = path.starts_with("/catalog/tables/");
    let (code, detail) = match response.status().as_u16() {
        403 if of_table => (Code::TableForbidden, "Access denied to this table"),
        404 if of_table => (Code::TableNotFound, "Table not found"),
        404 if path.starts_with("/admin/groups/") => (Code::GroupNotFound, "Group not found"),
        404 => (Code::NotFound, "Not Found"),
        _ => return response,
    };
    ApiError::new(code, detail).into_response()
}

/// A server function.
pub async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    let context = context(&state, &request);
    let limit = request.extensions().get::<BodyLimit>().map_or(0, |limit| limit.0);
    // The framework reads the whole body; past the limit it reads an error.
    let request = request.map(|body| axum::body::Body::new(http_body_util::Limited::new(body, limit)));
    proper(agnes_app::answer_server_function(context, request).await).await
}

/// Gives an error the status of its code, where the framework answered before our code could.
async fn proper(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, MOST_OF_AN_ERROR).await.unwrap_or_default();
    let told: Option<ErrorBody> = serde_json::from_slice(&bytes).ok();
    if let Some(code) = told.and_then(|told| Code::find(&told.code)) {
        parts.status = StatusCode::from_u16(code.status()).unwrap_or(parts.status);
    }
    Response::from_parts(parts, bytes.into())
}

/// The front door.
#[utoipa::path(get, path = "/", tag = "console", responses((status = 302)))]
pub async fn home(MaybeCaller(actor): MaybeCaller) -> Response {
    rest::auth::found(if actor.is_some() { "/dashboard" } else { "/login" })
}

/// An address of the reference.
#[utoipa::path(get, path = "/login/email", tag = "console", responses((status = 302)))]
pub async fn login_email(request: Request) -> Response {
    rest::auth::found(&format!("/login{}", query_of(&request)))
}

/// An address of the reference.
#[utoipa::path(get, path = "/admin/grants", tag = "console", responses((status = 308)))]
pub async fn grants(request: Request) -> Response {
    Redirect::permanent(&format!("/admin/access{}", query_of(&request))).into_response()
}

fn query_of(request: &Request) -> String {
    request.uri().query().map(|query| format!("?{query}")).unwrap_or_default()
}
