//! Every route on one page: who may call it, with what kind of token, and what answers.
//!
//! The router, the OpenAPI document and the access matrix test are made from this one table.

use std::{sync::LazyLock, time::Duration};

use agnes_contract::token::Scope;
use axum::{
    Router,
    extract::{Request, State},
    http::Method,
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, get, on},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, CompressionLevel},
    timeout::RequestBodyTimeoutLayer,
};
use utoipa::openapi::{
    HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, Paths, RefOr, ResponseBuilder, Schema,
    path::{OperationBuilder, PathItem},
};
use utoipa_axum::{router::UtoipaMethodRouter, routes};
use utoipa_swagger_ui::{Config as DocsConfig, SwaggerUi};

use crate::{
    console, errors,
    gate::{self, Rule, Who},
    rest, session,
    shell::{client, compression, cors, headers, pages, panics, request_id, slash},
    state::AppState,
};

/// One method of one path.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, variable parts in braces.
    pub path: String,
    /// What it asks of its callers.
    pub rule: Rule,
    handler: MethodRouter<AppState>,
    docs: Docs,
}

struct Docs {
    paths: Paths,
    schemas: Vec<(String, RefOr<Schema>)>,
}

/// JSON and forms; the largest honest one is a long SQL statement.
const BODY: usize = 1 << 20;

/// How long an answer may take to begin. Queries, uploads and streams have bounds of their own.
const DEADLINE: Duration = Duration::from_secs(60);

/// How long a client may pause while it sends a body.
const BODY_PAUSE: Duration = Duration::from_secs(30);

fn route(who: Who, scope: Option<Scope>, handler: UtoipaMethodRouter<AppState>) -> Route {
    let (schemas, paths, handler) = handler;
    let (path, method) =
        paths.paths.iter().next().map(|(path, item)| (path.clone(), method_of(item))).unwrap_or_default();
    let rule = Rule { who, scope, body_limit: BODY, deadline: Some(DEADLINE) };
    Route { method, path, rule, handler, docs: Docs { paths, schemas } }
}

/// The one method a handler is annotated with.
fn method_of(item: &PathItem) -> Method {
    let methods = [
        (&item.get, Method::GET),
        (&item.post, Method::POST),
        (&item.put, Method::PUT),
        (&item.patch, Method::PATCH),
        (&item.delete, Method::DELETE),
    ];
    methods.into_iter().find(|(operation, _)| operation.is_some()).map(|(_, method)| method).unwrap_or_default()
}

fn public(handler: UtoipaMethodRouter<AppState>) -> Route {
    route(Who::Public, None, handler)
}

fn user(scope: Option<Scope>, handler: UtoipaMethodRouter<AppState>) -> Route {
    route(Who::User, scope, handler)
}

fn admin(handler: UtoipaMethodRouter<AppState>) -> Route {
    route(Who::Admin, Some(Scope::Admin), handler)
}

impl Route {
    fn unhurried(mut self) -> Self {
        self.rule.deadline = None;
        self
    }

    fn taking(mut self, body_limit: usize) -> Self {
        self.rule.body_limit = body_limit;
        self
    }
}

/// The table.
#[must_use]
pub fn table(upload_limit: usize) -> Vec<Route> {
    let (sync, query, of_admin) = (Some(Scope::Sync), Some(Scope::Query), Some(Scope::Admin));
    let mut table = vec![
        public(routes!(rest::health::health)),
        public(routes!(rest::health::version)),
        user(None, routes!(rest::health::detailed)),
        public(routes!(rest::metrics::metrics)),
        public(routes!(rest::docs::openapi)),
        public(routes!(rest::docs::redoc)),
        // Signing in and out.
        public(routes!(rest::auth::token)),
        public(routes!(rest::auth::password_login)),
        public(routes!(rest::auth::password_login_web)),
        public(routes!(rest::auth::bootstrap)),
        public(routes!(rest::auth::logout)),
        public(routes!(rest::links::open)),
        public(routes!(rest::links::sign_in)),
        // Oneself.
        user(None, routes!(rest::me::me)),
        user(None, routes!(rest::me::effective_access)),
        route(Who::Session, None, routes!(rest::tokens::create)),
        user(of_admin, routes!(rest::tokens::list)),
        user(of_admin, routes!(rest::tokens::find)),
        user(of_admin, routes!(rest::tokens::revoke)),
        // Data.
        user(sync, routes!(rest::sync::manifest)),
        user(sync, routes!(rest::data::download)).unhurried(),
        user(sync, routes!(rest::data::object)).unhurried(),
        user(sync, routes!(rest::catalog::list)),
        user(sync, routes!(rest::catalog::detail)),
        user(sync, routes!(rest::catalog::list_v2)),
        user(query, routes!(rest::catalog::schema)),
        user(query, routes!(rest::catalog::sample)),
        user(query, routes!(rest::query::run)).unhurried(),
        // The registry and its jobs.
        admin(routes!(rest::tables::list)),
        admin(routes!(rest::tables::register)),
        admin(routes!(rest::tables::update)),
        admin(routes!(rest::tables::remove)),
        admin(routes!(rest::tables::readers)),
        admin(routes!(rest::uploads::create)).taking(upload_limit).unhurried(),
        admin(routes!(rest::sync::trigger)),
        admin(routes!(rest::jobs::list)),
        admin(routes!(rest::jobs::stream)).unhurried(),
        admin(routes!(rest::jobs::find)),
        // People and their rights.
        admin(routes!(rest::users::list)),
        admin(routes!(rest::users::create)),
        admin(routes!(rest::users::find)),
        admin(routes!(rest::users::update)),
        admin(routes!(rest::users::remove)),
        admin(routes!(rest::users::set_password)),
        admin(routes!(rest::users::activate)),
        admin(routes!(rest::users::deactivate)),
        admin(routes!(rest::memberships::list)),
        admin(routes!(rest::memberships::add)),
        admin(routes!(rest::memberships::remove)),
        admin(routes!(rest::memberships::effective_access)),
        admin(routes!(rest::groups::list)),
        admin(routes!(rest::groups::create)),
        admin(routes!(rest::groups::find)),
        admin(routes!(rest::groups::update)),
        admin(routes!(rest::groups::remove)),
        admin(routes!(rest::groups::members)),
        admin(routes!(rest::groups::member_add)),
        admin(routes!(rest::groups::member_remove)),
        admin(routes!(rest::grants::list)),
        admin(routes!(rest::grants::create)),
        admin(routes!(rest::grants::remove)),
        admin(routes!(rest::access::resource_types)),
        admin(routes!(rest::access::overview)),
        admin(routes!(rest::tokens::list_all)),
        admin(routes!(rest::tokens::revoke_any)),
        // The command line's files.
        public(routes!(rest::cli::latest)),
        public(routes!(rest::cli::download)).unhurried(),
        public(routes!(rest::cli::file)).unhurried(),
        public(routes!(rest::cli::wheel)).unhurried(),
        public(routes!(rest::cli::install_script)),
        // The console.
        route(Who::Optional, of_admin, routes!(console::home)),
        public(routes!(console::login_email)),
        public(routes!(console::grants)),
    ];
    table.extend(agnes_app::page_paths().into_iter().filter(|path| !known(&table, path)).map(page).collect::<Vec<_>>());
    table.extend(agnes_app::server_functions().into_iter().map(|(method, path)| server_function(method, path)));
    table
}

fn known(table: &[Route], path: &str) -> bool {
    table.iter().any(|route| route.path == path)
}

fn page(path: String) -> Route {
    let operation = OperationBuilder::new()
        .tag("console")
        .summary(Some("A page of the console"))
        .response("200", ResponseBuilder::new().description("HTML"));
    let mut paths = Paths::new();
    paths.paths.insert(path.clone(), PathItem::new(HttpMethod::Get, operation));
    let rule = console_rule(console::who(&path));
    Route { method: Method::GET, path, rule, handler: get(console::page), docs: Docs { paths, schemas: Vec::new() } }
}

/// The console can do whatever its user can: a limited token opens none of it.
fn console_rule(who: Who) -> Rule {
    Rule { who, scope: Some(Scope::Admin), body_limit: BODY, deadline: Some(DEADLINE) }
}

/// The console's own calls: not part of the documented API.
fn server_function(method: Method, path: &str) -> Route {
    let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::POST);
    let rule = console_rule(console::who_calls(path));
    let docs = Docs { paths: Paths::new(), schemas: Vec::new() };
    Route { method, path: path.to_owned(), rule, handler: on(filter, console::server_function), docs }
}

/// The server: the table's routes behind the gate, in the shell.
pub fn build(state: AppState) -> Router {
    let table = table(state.config.upload_limit);
    let patterns = slash::Patterns::new(table.iter().map(|route| route.path.as_str()));
    let mut router = Router::new();
    for Route { path, rule, handler, .. } in table {
        let gate = middleware::from_fn_with_state((state.clone(), rule), gate::layer);
        router = router.route(&path, handler.route_layer(gate));
    }
    let session_layer = session::layer(state.service.clone(), state.config.secure_cookies);
    let strict = headers::Strict(state.config.secure_cookies);
    let compress = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(compression::Worthwhile);
    router
        .route("/pkg/{*path}", get(asset))
        .route("/static/{*path}", get(asset))
        .merge(Router::from(SwaggerUi::new("/docs").config(DocsConfig::from("/openapi.json"))))
        .method_not_allowed_fallback(errors::method_not_allowed)
        .fallback(move |request: Request| {
            let https = request.extensions().get::<client::Client>().is_some_and(|client| client.https);
            let response = slash::fallback(&patterns, request.uri(), request.headers(), https);
            async move { response }
        })
        .layer(session_layer)
        .layer(middleware::from_fn(session::secure_over_https))
        .layer(CatchPanicLayer::custom(panics::answer))
        .layer(middleware::from_fn_with_state(state.clone(), pages::layer))
        .layer(middleware::from_fn_with_state(strict, headers::layer))
        .layer(middleware::from_fn(compression::mark))
        .layer(compress)
        .layer(middleware::from_fn_with_state(state.cors.clone(), cors::layer))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
        .layer(middleware::from_fn_with_state(state.config.proxies.clone(), client::layer))
        .layer(middleware::from_fn(request_id::layer))
        .with_state(state)
}

async fn asset(State(state): State<AppState>, request: Request) -> Response {
    state.site.answer(request.uri().path().trim_start_matches('/'), request.headers()).into_response()
}

/// The API as OpenAPI describes it.
#[must_use]
pub fn document() -> OpenApi {
    let info = InfoBuilder::new()
        .title("AI Data Analyst")
        .description(Some("Data distribution platform for AI analytical systems"))
        .version(agnes_contract::VERSION);
    let mut document = OpenApiBuilder::new().info(info.build()).build();
    let components = document.components.get_or_insert_default();
    for route in table(BODY) {
        components.schemas.extend(route.docs.schemas);
        for (path, item) in route.docs.paths.paths {
            match document.paths.paths.get_mut(&path) {
                Some(existing) => existing.merge_operations(item),
                None => {
                    document.paths.paths.insert(path, item);
                }
            }
        }
    }
    document
}

static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_json().unwrap_or_default());

/// [`document`] as text, made once.
#[must_use]
pub fn document_text() -> &'static str {
    &DOCUMENT
}
