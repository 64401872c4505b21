//! The console's pages and server functions, at our door.

use std::sync::Arc;

use agnes_app::{ConsoleContext, Site as ConsoleSite};
use agnes_service::Actor;
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    auth,
    extract::{BodyLimit, MaybeCaller},
    gate::Who,
    install, rest,
    state::AppState,
};

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
        _ => render(&state, request).await,
    }
}

/// A server function.
pub async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    let context = context(&state, &request);
    let limit = request.extensions().get::<BodyLimit>().map_or(0, |limit| limit.0);
    // The framework reads the whole body; past the limit it reads an error.
    let request = request.map(|body| axum::body::Body::new(http_body_util::Limited::new(body, limit)));
    agnes_app::answer_server_function(context, request).await
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
